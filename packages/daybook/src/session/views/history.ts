// The view `history`: the active messages, streamed, with what surrounds them.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
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

async function* messagesOf({ store, head }: Moment, options: ViewOptions): AsyncGenerator<HistoryMessage> {
  if (options.limit !== undefined) {
    const until = Math.min(head.seq, (options.before ?? head.seq + 1) - 1)
    for (const entry of await lastActive(store, head.session, until, ['message'], options.limit))
      yield* messageOf(entry)
    return
  }
  let count = 0
  const until = options.before === undefined ? head.seq : Math.min(head.seq, options.before - 1)
  for await (const entry of activeEntries(store, head.session, until, ['message'])) {
    yield* messageOf(entry)
    count += 1
  }
  // A session that is deleted midway must not look like one with a shorter history.
  if (count < head.messages && (await store.head(head.session))?.place !== head.place) {
    throw new DaybookError('gone', `${head.session} was deleted`)
  }
}

/** Erased messages are not shown. */
function* messageOf(entry: StoredEntry): Generator<HistoryMessage> {
  const data = dataOf(entry, 'message')
  if (data) yield { ...data, seq: entry.seq, at: entry.at }
}
