// The active history: what is left of a log when its rewinds are followed from the end.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { Range, ScopedStore } from '../../store/store.ts'
import { dataOf } from '../decode.ts'
import { entriesOf } from '../pages.ts'

/** Entries with a seq above `after`, up to and with `until`. */
export interface Span {
  readonly after: Seq
  readonly until: Seq
}

/** Active spans up to `seq`, oldest first: at each rewind, met from the end, the walk jumps to where it went back to. */
export async function activeSpans(
  read: (range: Range) => Promise<readonly StoredEntry[]>,
  seq: Seq,
): Promise<readonly Span[]> {
  const spans: Span[] = []
  let until = seq
  while (until > 0) {
    const found = await read({ until, order: 'desc', limit: 1, kinds: ['session.rewound'] })
    const rewind = found[0]
    spans.push({ after: rewind?.seq ?? 0, until })
    const data = rewind && dataOf(rewind, 'session.rewound')
    until = data?.to ?? 0
  }
  return spans.reverse()
}

function spansOf(store: ScopedStore, session: SessionId, seq: Seq): Promise<readonly Span[]> {
  return activeSpans((range) => store.read(session, range), seq)
}

/** What of the active history at `seq` is wanted. */
export interface Wanted {
  readonly kinds: readonly Kind[]
  /** Only entries with a seq below this. */
  readonly before?: Seq | undefined
}

/** Active entries at `seq`, oldest first; fails with `gone` when the session goes before the end. */
export async function* activeEntries(
  store: ScopedStore,
  session: SessionId,
  seq: Seq,
  { kinds, before }: Wanted,
): AsyncGenerator<StoredEntry> {
  for (const span of below(await spansOf(store, session, seq), before)) {
    yield* entriesOf(store, session, { ...span, kinds })
  }
  await mustBeThere(store, session)
}

/** The last `limit` active entries at `seq`, oldest first. */
export async function lastActive(
  store: ScopedStore,
  session: SessionId,
  seq: Seq,
  { kinds, before }: Wanted,
  limit: number,
): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = []
  for (const span of below(await spansOf(store, session, seq), before).reverse()) {
    const left = limit - found.length
    if (left <= 0) break
    for await (const entry of entriesOf(store, session, { ...span, kinds, order: 'desc', limit: left }))
      found.push(entry)
  }
  await mustBeThere(store, session)
  return found.reverse()
}

export function below(spans: readonly Span[], before: Seq | undefined): Span[] {
  if (before === undefined) return [...spans]
  return spans.flatMap(({ after, until }) => (after + 1 < before ? { after, until: Math.min(until, before - 1) } : []))
}

/** A session that is deleted midway must not look like one with a shorter history. */
async function mustBeThere(store: ScopedStore, session: SessionId): Promise<void> {
  const head = await store.head(session)
  if (!head || head.place === 'deleted') throw new DaybookError('gone', `${session} was deleted`)
}
