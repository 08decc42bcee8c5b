// The preamble of a session that is at hand: for an agent that takes a turn in it without having been there.

import type { Session } from '../contract.ts'
import { dataOf } from '../decode.ts'
import { isAsked, knownFrom, lastMessages, type Said } from './known.ts'
import { type Preamble, preambleOf, standardBudget } from './preamble.ts'

/** Of everything up to an entry; null where nobody has said anything until then. */
export async function preambleUntil(
  session: Session,
  until: number,
  budget = standardBudget,
): Promise<Preamble | null> {
  const first = await firstAsked(session, until)
  if (first === undefined) return null
  const [history, { notes }, { files }, { metadata }, { title, branch, repository }] = await Promise.all([
    session.view('history', { until, limit: lastMessages }),
    session.view('notes', { until }),
    session.view('files', { until }),
    session.cell(),
    session.head(),
  ])
  const messages: Said[] = await Array.fromAsync(history.messages)
  const looked = {
    ...{ session: session.id, seq: until, title: title ?? '', agent: history.currentAgent, branch, repository },
    ...{ folder: typeof metadata.cwd === 'string' ? metadata.cwd : null, messages, first, notes, files },
  }
  return preambleOf(knownFrom(looked), budget)
}

async function firstAsked(session: Session, until: number): Promise<string | undefined> {
  for await (const entry of session.stream({ kinds: ['message'], until })) {
    const message = dataOf(entry, 'message')
    if (message && isAsked(message)) return message.content
  }
  return undefined
}
