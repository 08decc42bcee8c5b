// One session examined: its log and chain from the first own entry on, and the fold of it in the same pass.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import type { ScopedStore } from '../../store/store.ts'
import { dataOf } from '../decode.ts'
import { blobsIn } from '../drafts.ts'
import type { Folded } from '../fold.ts'
import { statesAt } from '../refold.ts'
import { Replay, rewindTargets } from '../replay.ts'
import type { Segment } from '../segments.ts'
import { ChainCheck } from './chain.ts'
import type { Found } from './contract.ts'
import { readTolerantly } from './reading.ts'

/** The fold of a base at a fork's seq, with the first seq up to there that is erased. */
export interface BasePoint {
  readonly state: Folded
  readonly erased: Seq | null
}

/** Where an examination begins. */
export interface Start {
  /** The parts of the log to be looked at. */
  readonly segments: readonly Segment[]
  /** The hash before them. */
  readonly prev: Hash | 'genesis' | 'unknown'
  /** The fold before them: of a base that was examined before, or of nothing. Null: there is no fold to compare. */
  readonly point: BasePoint | null
}

export interface Subject {
  readonly store: ScopedStore
  readonly session: SessionId
  /** Null when the stored head could not be read. */
  readonly head: Head | null
  readonly from: Start
  /** Seqs at which the fold is wanted afterwards. */
  readonly wanted: ReadonlySet<Seq>
  /** Looks at states on the way: cached folds are compared with them. */
  readonly onState: (state: Folded, erased: Seq | null) => Promise<void> | void
  readonly onPage: (entries: number) => void
  /** Whether the head moved on meanwhile: then nobody runs after the end of the log. */
  readonly grown: () => Promise<boolean>
  readonly onBlob: (hash: Hash, seq: Seq) => Promise<void> | void
}

export interface Examined {
  readonly found: readonly Found[]
  /** The fold at the end of the log; null when the log does not allow one. */
  readonly end: Folded | null
  /** The fold at the seq of the stored head. */
  readonly atHead: Folded | null
  readonly points: ReadonlyMap<Seq, BasePoint>
  /** First seq whose data is erased, inherited ones included. */
  readonly erased: Seq | null
  /** Own entries without data that no own erasure names. */
  readonly emptied: readonly Seq[]
}

export async function examine(subject: Subject): Promise<Examined> {
  const examination = new Examination(subject)
  await examination.begin()
  for await (const page of readTolerantly(subject.store, subject.session, examination.start)) {
    const all = [...page.entries, ...page.unreadable].sort((a, b) => a.seq - b.seq)
    for (const one of all) {
      if ('error' in one) examination.unreadable(one.seq, one.error)
      else await examination.take(one)
    }
    subject.onPage(page.entries.length)
    if (examination.last >= (subject.head?.seq ?? Number.POSITIVE_INFINITY) && (await subject.grown())) break
  }
  return examination.result()
}

class Examination {
  readonly #subject: Subject
  readonly #found: Found[] = []
  readonly #points = new Map<Seq, BasePoint>()
  readonly #emptied = new Set<Seq>()
  readonly #chain: ChainCheck
  /** Null once the log cannot be folded any more. */
  #replay: Replay | null = null
  readonly #ownAfter: Seq
  #erased: Seq | null
  #atHead: Folded | null = null
  last: Seq = 0
  readonly start: Seq

  constructor(subject: Subject) {
    const { segments, prev, point } = subject.from
    this.#subject = subject
    this.start = segments[0]?.after ?? 0
    this.#ownAfter = segments.at(-1)?.after ?? 0
    this.#erased = point?.erased ?? null
    this.#chain = new ChainCheck(segments, prev, (found) => void this.#found.push(found))
    this.last = this.start
  }

  /** Learns what the rewinds of the log will need. */
  async begin(): Promise<void> {
    const { store, session, from, wanted } = this.#subject
    if (!from.point) return
    const targets = await rewindTargets(store, session, this.start, Number.MAX_SAFE_INTEGER).catch(() => null)
    // A rewind that cannot be read is found on the way, and ends the fold.
    if (!targets) return
    const earlier = new Set([...targets].filter((seq) => seq < this.start))
    const kept = earlier.size > 0 ? (await statesAt(store, session, earlier, { fromStart: true })).states : new Map()
    const begun = { ...from.point.state, head: { ...from.point.state.head, session } }
    this.#replay = new Replay(begun, new Set([...targets, ...wanted]), new Map(kept))
  }

  unreadable(seq: Seq, error: unknown): void {
    const session = this.#chain.owner(seq)
    const detail = error instanceof Error ? error.message : String(error)
    this.#found.push({ what: 'unknown_kind', repairable: false, session, seq, detail })
    this.#chain.skip(seq)
    this.#replay = null
  }

  async take(entry: StoredEntry): Promise<void> {
    const { onBlob, onState, head, wanted } = this.#subject
    const before = this.#found.length
    const trusted = this.#chain.take(entry)
    if (this.#found.length > before) this.#replay = null
    this.last = entry.seq
    const data = trusted ? this.#dataOf(entry) : undefined
    if (data === undefined) return
    if (data === null) this.#without(entry.seq)
    if (entry.kind === 'entry.erased' && data) {
      for (const seq of (data as { seqs: readonly Seq[] }).seqs) this.#emptied.delete(seq)
    }
    for (const blob of data === null ? [] : blobsIn(entry.kind, data)) await onBlob(blob, entry.seq)
    const state = this.#step(entry, data)
    if (!state) return
    if (wanted.has(entry.seq)) this.#points.set(entry.seq, { state, erased: this.#erased })
    if (entry.seq === head?.seq) this.#atHead = state
    await onState(state, this.#erased)
  }

  /** Undefined when it is not JSON. */
  #dataOf(entry: StoredEntry): unknown {
    try {
      return dataOf(entry)
    } catch {
      this.#bad(entry, 'the data is not JSON')
      return undefined
    }
  }

  #step(entry: StoredEntry, data: unknown): Folded | null {
    try {
      return this.#replay?.step(entry, data) ?? null
    } catch (error) {
      this.#bad(entry, `it cannot be folded: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }

  #bad(entry: StoredEntry, detail: string): void {
    const session = this.#chain.owner(entry.seq)
    this.#found.push({ what: 'body', repairable: false, session, seq: entry.seq, detail })
    this.#replay = null
  }

  #without(seq: Seq): void {
    this.#erased ??= seq
    if (seq > this.#ownAfter) this.#emptied.add(seq)
  }

  result(): Examined {
    const { head, session } = this.#subject
    if (head && this.last < head.seq) {
      const seq = this.last + 1
      const detail = seq === head.seq ? 'the entry is not there' : `the entries up to ${head.seq} are not there`
      this.#found.push({ what: 'missing', repairable: false, session, seq, detail })
      this.#replay = null
    }
    return {
      found: this.#found,
      end: this.#replay?.state ?? null,
      atHead: this.#replay ? this.#atHead : null,
      points: this.#points,
      erased: this.#erased,
      emptied: [...this.#emptied],
    }
  }
}
