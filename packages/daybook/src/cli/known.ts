// What a preamble is made of, read through the backend.

import type { SessionShape } from '../schema/wire-shapes.ts'
import type { HistoryMessageShape } from '../schema/wire-views.ts'
import { isAsked, knownFrom, lastMessages } from '../session/preamble/known.ts'
import type { Known } from '../session/preamble/preamble.ts'
import type { BackendSession } from './backend.ts'
import { titleOf } from './format/session.ts'

export async function knownOf(remote: BackendSession, session: SessionShape, until: number): Promise<Known> {
  const [{ messages, current_agent: agent }, { notes }, { files }] = [
    await remote.view('history', { until, limit: lastMessages }),
    await remote.view('notes', { until }),
    await remote.view('files', { until }),
  ]
  const { session_id, branch, repository, metadata } = session
  return knownFrom({
    ...{ session: session_id, seq: until, title: titleOf(session), agent, branch, repository },
    folder: typeof metadata?.cwd === 'string' ? metadata.cwd : null,
    messages,
    first: await firstAsked(remote, until),
    notes,
    files,
  })
}

async function firstAsked(remote: BackendSession, until: number): Promise<string | undefined> {
  for await (const { data } of remote.stream({ kind: ['message'], until })) {
    const message = data as HistoryMessageShape | null
    if (message !== null && isAsked(message)) return message.content
  }
  return undefined
}
