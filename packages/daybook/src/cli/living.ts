// The processes of a session that live on, as its log knows them.

import type { ViewShapes } from '../client/client.ts'
import type { Backend } from './backend.ts'

/** Newest first. */
export async function livingIn(
  backend: Backend,
  session: string,
): Promise<readonly ViewShapes['processes']['processes'][number][]> {
  const { processes } = await backend.session(session).view('processes')
  return processes.filter(({ status, driver }) => status === 'running' && driver !== 'headless').toReversed()
}
