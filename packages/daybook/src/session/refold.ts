// Folds a session again from its log: up to a seq, from the nearest snapshot, through rewinds and forks.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { foldVersion } from '../schema/heads.ts'
import type { Hash, Seq, SessionId } from '../schema/ids.ts'
import { addCost, addTokens } from '../schema/usage.ts'
import type { ScopedStore, Snapshot } from '../store/store.ts'
import { dataOf } from './decode.ts'
import { type Folded, unopened } from './fold.ts'
import { entriesOf } from './pages.ts'
import { Replay, rewindTargets } from './replay.ts'
import { segmentsOf } from './segments.ts'

export interface RefoldOptions {
  /** Never start from a snapshot: what verification wants. */
  readonly fromStart?: boolean
  /** Leave these own entries out of the fold, as if they were erased already. */
  readonly without?: ReadonlySet<Seq>
  /** Sees every entry that is folded on the way, in order; not those of rewound targets. */
  readonly onEntry?: (entry: StoredEntry) => void
}

/** The fold at `seq`. `store` must see the whole tenant, since a fork's base may belong to another person. */
export async function foldAt(
  store: ScopedStore,
  session: SessionId,
  seq: Seq,
  options: RefoldOptions = {},
): Promise<Folded> {
  const { states, start } = await statesAt(store, session, new Set([seq]), options)
  const state = states.get(seq)
  if (!state) throw new DaybookError('damaged', `${session} has no entry ${seq}`, { seq })
  return withLateErasures(store, session, state, start)
}

interface States {
  readonly states: ReadonlyMap<Seq, Folded>
  /** Seq of the snapshot that they were folded from, 0 for the beginning. */
  readonly start: Seq
}

/** The folds at some seqs, all in one pass; rewinds to before its start cost one more pass for all of them together. */
export async function statesAt(
  store: ScopedStore,
  session: SessionId,
  seqs: ReadonlySet<Seq>,
  options: RefoldOptions = {},
): Promise<States> {
  const first = Math.min(...seqs)
  const last = Math.max(...seqs)
  const snapshot = options.fromStart ? null : await snapshotBefore(store, session, firstOf(options.without, first))
  const begun = snapshot ? continued(snapshot, session) : unopened(session)
  const start = begun.head.seq
  const targets = await rewindTargets(store, session, start, last)
  const earlier = new Set([...targets].filter((seq) => seq >= 1 && seq < start))
  const { onEntry, ...rest } = options
  const kept = earlier.size > 0 ? new Map((await statesAt(store, session, earlier, rest)).states) : undefined
  const replay = new Replay(begun, new Set([...targets, ...seqs]), kept)
  for await (const entry of entriesOf(store, session, { after: start, until: last })) {
    if (entry.seq !== replay.state.head.seq + 1) break
    onEntry?.(entry)
    replay.step(entry, options.without?.has(entry.seq) ? null : dataOf(entry))
  }
  const { seq } = replay.state.head
  if (seq < last) throw new DaybookError('damaged', `${session} ends at ${seq}, before ${last}`, { seq })
  return { states: new Map([...seqs].flatMap((at) => pair(at, replay.at(at)))), start }
}

/** The count of refolds is the stored head's to tell, never a fold's. */
function continued({ head: { refolds: _, ...head }, cell }: Snapshot, session: SessionId): Folded {
  return { head: { ...head, session }, cell }
}

/** A fold of the log as what goes on from this stored head. */
export function goingOn({ head, cell }: Folded, { refolds }: Head): Folded {
  return { head: refolds === undefined ? head : { ...head, refolds }, cell }
}

function pair(seq: Seq, state: Folded | undefined): [Seq, Folded][] {
  return state ? [[seq, state]] : []
}

function firstOf(without: ReadonlySet<Seq> | undefined, seq: Seq): Seq {
  return without && without.size > 0 ? Math.min(seq, Math.min(...without) - 1) : seq
}

/** The latest usable snapshot at or before `seq`: the session's own, else one of the bases it was forked from. */
async function snapshotBefore(store: ScopedStore, session: SessionId, seq: Seq): Promise<Snapshot | null> {
  let at: { session: SessionId; seq: Seq } | null = { session, seq }
  while (at !== null && at.seq > 0) {
    const own = await store.snapshots.latest(at.session, at.seq, foldVersion)
    if (own) return at.session === session || (await shares(store, session, own.head)) ? own : null
    const head: Head | null = await store.head(at.session)
    at = head?.base ? { session: head.base.session, seq: Math.min(head.base.seq, at.seq) } : null
  }
  return null
}

/**
 * Whether the log of `session` has the entry that another session has at this seq. Bases are named by their ids, and an id
 * may be another session's by now, once its deletion is long ago.
 */
async function shares(
  store: ScopedStore,
  session: SessionId,
  { seq, hash }: { readonly seq: Seq; readonly hash: Hash | undefined },
): Promise<boolean> {
  const [entry] = await store.read(session, { after: seq - 1, until: seq })
  return entry !== undefined && entry.hash === hash
}

/**
 * Usage that erased entries had reported stays counted, also in a fold that ends before the erasure. Entries up to
 * `start` are in a snapshot: one that was made after the erasure, since an erasure drops those that it makes untrue. What
 * was erased in a base that is deleted is told by nobody any more.
 */
async function withLateErasures(store: ScopedStore, session: SessionId, state: Folded, start: Seq): Promise<Folded> {
  let { tokens, cost } = state.head
  for (const { session: owner, after, until } of await segmentsOf(store, session, state.head.seq)) {
    if (until <= start || (owner !== session && !(await isBase(store, session, owner, until)))) continue
    for await (const entry of entriesOf(store, owner, { after: until, kinds: ['entry.erased'] })) {
      const data = dataOf(entry, 'entry.erased')
      data?.seqs.forEach((seq, index) => {
        if (seq > until || seq <= Math.max(start, after)) return
        tokens = addTokens(tokens, data.tokens?.[index] ?? 0)
        cost = addCost(cost, data.cost?.[index] ?? 0)
      })
    }
  }
  if (tokens === state.head.tokens && cost === state.head.cost) return state
  return { ...state, head: { ...state.head, tokens, cost } }
}

async function isBase(store: ScopedStore, session: SessionId, owner: SessionId, seq: Seq): Promise<boolean> {
  const [entry] = await store.read(owner, { after: seq - 1, until: seq })
  return shares(store, session, { seq, hash: entry?.hash })
}
