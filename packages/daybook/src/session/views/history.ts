// The view `history`: the active messages, streamed, with what surrounds them.

import type { StoredEntry } from '../../schema/entries.ts'
import { dataOf } from '../decode.ts'
import { activeEntries, lastActive } from './active.ts'
import { handoffsOf } from './agents.ts'
import type { HistoryMessage, HistoryView, ViewOptions } from './contract.ts'
import type { Moment } from './views.ts'

export async function historyView(moment: Moment, options: ViewOptions): Promise<HistoryView> {
  const { head, cell } = moment
  return {
    messages: messagesOf(moment, options),
    messageCount: head.messages,
    lastActivity: head.lastActivity,
    currentAgent: head.currentAgent,
    agents: await handoffsOf(moment),
    context: cell.state,
    seq: head.seq,
  }
}

async function* messagesOf({ store, head }: Moment, { limit, before }: ViewOptions): AsyncGenerator<HistoryMessage> {
  const wanted = { kinds: ['message'] as const, before }
  const entries =
    limit === undefined
      ? activeEntries(store, head.session, head.seq, wanted)
      : await lastActive(store, head.session, head.seq, wanted, limit)
  for await (const entry of entries) yield* messageOf(entry)
}

/** Erased messages are not shown. */
function* messageOf(entry: StoredEntry): Generator<HistoryMessage> {
  const data = dataOf(entry, 'message')
  if (data) yield { ...data, seq: entry.seq, at: entry.at }
}
