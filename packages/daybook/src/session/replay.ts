// Folding a log entry by entry in one pass, with rewinds answered from states that were kept on the way.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import type { ScopedStore } from '../store/store.ts'
import { dataOf } from './decode.ts'
import { type Folded, fold } from './fold.ts'
import { entriesOf } from './pages.ts'

/** Folds what it is given in order; the states that rewinds go back to must be among those it keeps. */
export class Replay {
  state: Folded
  readonly #wanted: ReadonlySet<Seq>
  readonly #kept: Map<Seq, Folded>

  /** `kept` may hold states from before `start`. */
  constructor(start: Folded, wanted: ReadonlySet<Seq>, kept: Map<Seq, Folded> = new Map()) {
    this.state = start
    this.#wanted = wanted
    this.#kept = kept
    if (wanted.has(start.head.seq)) kept.set(start.head.seq, start)
  }

  /** `data` is null for what was erased, or is to be left out. Fails with `damaged` where a rewind leads nowhere. */
  step(entry: StoredEntry, data: unknown): Folded {
    const to = entry.kind === 'session.rewound' && data !== null ? (data as { to: Seq }).to : null
    const rewoundTo = to === null ? undefined : this.#kept.get(to)
    if (to !== null && !rewoundTo) {
      throw new DaybookError('damaged', `entry ${entry.seq} goes back to ${to}, which is not there`, { seq: entry.seq })
    }
    this.state = fold(this.state, entry, data, rewoundTo ? { rewoundTo } : {})
    if (this.#wanted.has(entry.seq)) this.#kept.set(entry.seq, this.state)
    return this.state
  }

  at(seq: Seq): Folded | undefined {
    return this.#kept.get(seq)
  }
}

/** Seqs that the rewinds in (after, until] go back to. */
export async function rewindTargets(
  store: ScopedStore,
  session: SessionId,
  after: Seq,
  until: Seq,
): Promise<ReadonlySet<Seq>> {
  const targets = new Set<Seq>()
  for await (const entry of entriesOf(store, session, { after, until, kinds: ['session.rewound'] })) {
    const data = dataOf(entry, 'session.rewound')
    if (data) targets.add(data.to)
  }
  return targets
}
