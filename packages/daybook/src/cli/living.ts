// The processes of a session that live on, as its log knows them.

import type { ViewShapes } from '../client/client.ts'
import type { Backend } from './backend.ts'

/** Newest first. */
export async function livingIn(
  backend: Backend,
  session: string,
): Promise<readonly ViewShapes['processes']['processes'][number][]> {
  const remote = backend.session(session)
  const [{ processes }, { parent }] = await Promise.all([remote.view('processes'), remote.get()])
  // What stands before is of the session that this one is a fork of.
  const own = processes.filter(({ seq }) => seq > (parent?.seq ?? 0))
  return own.filter(({ status, driver }) => status === 'running' && driver !== 'headless').toReversed()
}
