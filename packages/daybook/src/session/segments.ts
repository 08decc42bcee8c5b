// Whose entries a log consists of: a fork's log begins with entries of its base, whose hashes bind the base's id.

import type { Hash, Seq, SessionId } from '../schema/ids.ts'
import type { ScopedStore } from '../store/store.ts'
import { dataOf } from './decode.ts'
import { entriesOf } from './pages.ts'

/** Entries in (after, until] that were written in the name of `session`. */
export interface Segment {
  readonly session: SessionId
  readonly after: Seq
  readonly until: Seq
  /** What its `session.opened` says it was forked from. */
  readonly base: { readonly session: SessionId; readonly seq: Seq; readonly hash: Hash } | null
}

/**
 * Read from the log alone, oldest first, up to `until`: every `session.opened` begins a segment and names the session
 * before. All openings are read: only a later one tells whose the first ones are.
 */
export async function segmentsOf(
  store: ScopedStore,
  session: SessionId,
  until: Seq = Number.MAX_SAFE_INTEGER,
): Promise<readonly Segment[]> {
  const openings: { seq: Seq; base: Segment['base'] }[] = []
  for await (const entry of entriesOf(store, session, { kinds: ['session.opened'] })) {
    const base = dataOf(entry, 'session.opened')?.base
    openings.push({ seq: entry.seq, base: base ? { session: base.session_id, seq: base.seq, hash: base.hash } : null })
  }
  const segments: Segment[] = []
  let owner = session
  let end = Number.MAX_SAFE_INTEGER
  for (const { seq, base } of openings.reverse()) {
    if (seq <= until) segments.push({ session: owner, after: seq - 1, until: Math.min(end, until), base })
    owner = base?.session ?? owner
    end = seq - 1
  }
  return segments.reverse()
}
