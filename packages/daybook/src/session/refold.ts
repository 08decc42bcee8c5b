// Folds a session again from its log: up to a seq, from the nearest snapshot, through rewinds and forks.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { foldVersion } from '../schema/heads.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import type { ScopedStore, Snapshot } from '../store/store.ts'
import { dataOf } from './decode.ts'
import { type Folded, fold, unopened } from './fold.ts'

const pageSize = 1000

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
  const snapshot = options.fromStart ? null : await snapshotBefore(store, session, firstOf(options.without, seq))
  let state: Folded = snapshot ? { head: { ...snapshot.head, session }, cell: snapshot.cell } : unopened(session)
  while (state.head.seq < seq) {
    const page = await store.read(session, { after: state.head.seq, until: seq, limit: pageSize })
    if (page.length === 0)
      throw new DaybookError('damaged', `${session} ends at ${state.head.seq}, before ${seq}`, { seq })
    for (const entry of page) {
      const left = options.without?.has(entry.seq) === true
      const data = left ? null : dataOf(entry)
      const rewoundTo =
        entry.kind === 'session.rewound' && data !== null
          ? await foldAt(store, session, (data as { to: Seq }).to, { ...withoutHook(options) })
          : undefined
      options.onEntry?.(entry)
      state = fold(state, entry, data, rewoundTo ? { rewoundTo } : {})
    }
  }
  return withLateErasures(store, session, state)
}

function withoutHook({ fromStart, without }: RefoldOptions): RefoldOptions {
  return { ...(fromStart ? { fromStart } : {}), ...(without ? { without } : {}) }
}

function firstOf(without: ReadonlySet<Seq> | undefined, seq: Seq): Seq {
  return without && without.size > 0 ? Math.min(seq, Math.min(...without) - 1) : seq
}

/** The latest usable snapshot at or before `seq`: the session's own, else one of the bases it was forked from. */
async function snapshotBefore(store: ScopedStore, session: SessionId, seq: Seq): Promise<Snapshot | null> {
  let at: { session: SessionId; seq: Seq } | null = { session, seq }
  while (at !== null && at.seq > 0) {
    const own = await store.snapshots.latest(at.session, at.seq, foldVersion)
    if (own) return own
    const head: Head | null = await store.head(at.session)
    at = head?.base ? { session: head.base.session, seq: Math.min(head.base.seq, at.seq) } : null
  }
  return null
}

/** Usage that erased entries had reported stays counted, also in a fold that ends before the erasure. */
async function withLateErasures(store: ScopedStore, session: SessionId, state: Folded): Promise<Folded> {
  const head = await store.head(session)
  const chain: { session: SessionId; until: Seq }[] = [{ session, until: state.head.seq }]
  let { tokens, cost } = state.head
  for (let base = head?.base; base; ) {
    chain.push({ session: base.session, until: Math.min(base.seq, state.head.seq) })
    base = (await store.head(base.session))?.base
  }
  for (const { session: owner, until } of chain) {
    for (const entry of await store.read(owner, { after: until, kinds: ['entry.erased'] })) {
      const data = dataOf(entry, 'entry.erased')
      data?.seqs.forEach((seq, index) => {
        if (seq > until) return
        tokens += data.tokens?.[index] ?? 0
        cost += data.cost?.[index] ?? 0
      })
    }
  }
  if (tokens === state.head.tokens && cost === state.head.cost) return state
  return { ...state, head: { ...state.head, tokens, cost } }
}
