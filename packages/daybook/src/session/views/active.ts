// The active history: what is left of a log when its rewinds are followed from the end.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { ScopedStore } from '../../store/store.ts'
import { dataOf } from '../decode.ts'
import { entriesOf } from '../pages.ts'

/** Entries with a seq above `after`, up to and with `until`. */
export interface Span {
  readonly after: Seq
  readonly until: Seq
}

/** Active spans up to `seq`, oldest first: at each rewind, met from the end, the walk jumps to where it went back to. */
export async function activeSpans(store: ScopedStore, session: SessionId, seq: Seq): Promise<readonly Span[]> {
  const spans: Span[] = []
  let until = seq
  while (until > 0) {
    const found = await store.read(session, { until, order: 'desc', limit: 1, kinds: ['session.rewound'] })
    const rewind = found[0]
    spans.push({ after: rewind?.seq ?? 0, until })
    const data = rewind && dataOf(rewind, 'session.rewound')
    until = data?.to ?? 0
  }
  return spans.reverse()
}

/** Active entries of some kinds up to `seq`, oldest first. */
export async function* activeEntries(
  store: ScopedStore,
  session: SessionId,
  seq: Seq,
  kinds: readonly Kind[],
): AsyncGenerator<StoredEntry> {
  for (const span of await activeSpans(store, session, seq)) yield* entriesOf(store, session, { ...span, kinds })
}

/** The last `limit` active entries of some kinds with a seq below `before`, oldest first. */
export async function lastActive(
  store: ScopedStore,
  session: SessionId,
  seq: Seq,
  kinds: readonly Kind[],
  limit: number,
): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = []
  for (const span of [...(await activeSpans(store, session, seq))].reverse()) {
    const left = limit - found.length
    if (left <= 0) break
    for await (const entry of entriesOf(store, session, { ...span, kinds, order: 'desc', limit: left }))
      found.push(entry)
  }
  return found.reverse()
}
