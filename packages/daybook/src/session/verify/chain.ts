// The chain of one log, entry by entry: one damage gives one finding, and what comes after it is still checked.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import { genesis, link, sha256 } from '../chain.ts'
import type { Segment } from '../segments.ts'
import type { Found } from './contract.ts'

export class ChainCheck {
  readonly #segments: readonly Segment[]
  readonly #found: (found: Found) => void
  #index = 0
  #expected: Seq
  /** Hashes that the next entry may name: the stored one, and the one the entry before should have had. */
  #prev: readonly Hash[] | 'unknown'

  /** `prev` is the hash before the first segment: `genesis` where that begins its log. */
  constructor(segments: readonly Segment[], prev: Hash | 'genesis' | 'unknown', found: (found: Found) => void) {
    const first = segments[0]
    this.#segments = segments
    this.#found = found
    this.#expected = (first?.after ?? 0) + 1
    this.#prev = prev === 'unknown' || !first ? 'unknown' : [prev === 'genesis' ? genesis(first.session) : prev]
  }

  /** The session in whose name the next entry is expected to be. */
  owner(seq: Seq): SessionId {
    while (seq > (this.#segments[this.#index]?.until ?? Number.POSITIVE_INFINITY)) this.#index += 1
    return this.#segments[this.#index]?.session ?? ''
  }

  /** False when the entry cannot be trusted. */
  take(entry: StoredEntry): boolean {
    const session = this.owner(entry.seq)
    this.#gap(session, entry.seq)
    this.#opening(session, entry)
    const computed = link(this.#prevOf(entry.hash, session, entry), session, entry, entry.dataHash)
    let whole = true
    const found = (what: 'data_hash' | 'link', detail: string): void => {
      whole = false
      this.#found({ what, repairable: false, session, seq: entry.seq, detail })
    }
    if (entry.body !== null && sha256(entry.body) !== entry.dataHash) {
      found('data_hash', 'the data is not what its hash says')
    }
    if (this.#prev !== 'unknown' && computed !== entry.hash) {
      found('link', 'the entry, or the one before it, is not what its hash says')
    }
    this.#prev = computed === entry.hash ? [entry.hash] : [entry.hash, computed]
    this.#expected = entry.seq + 1
    return whole
  }

  /** An entry that could not be read: the next one has nothing to be compared with. */
  skip(seq: Seq): void {
    this.#gap(this.owner(seq), seq)
    this.#expected = seq + 1
    this.#prev = 'unknown'
  }

  #gap(session: SessionId, seq: Seq): void {
    if (seq === this.#expected) return
    const last = seq - 1
    const detail = last === this.#expected ? 'the entry is not there' : `the entries up to ${last} are not there`
    this.#found({ what: 'missing', repairable: false, session, seq: this.#expected, detail })
    this.#prev = 'unknown'
  }

  /** Where a fork begins, its opening names the base's entry before it. */
  #opening(session: SessionId, entry: StoredEntry): void {
    const segment = this.#segments[this.#index]
    if (!segment || entry.seq !== segment.after + 1 || entry.seq === 1 || this.#prev === 'unknown') return
    const { base } = segment
    const continues = base !== null && base.seq === segment.after && this.#prev.includes(base.hash)
    if (!continues) {
      const detail = base
        ? `it was forked from ${base.session} at ${base.seq}, which is not what stands before it`
        : 'an opening stands in the middle of the log'
      this.#found({ what: 'fork', repairable: false, session, seq: entry.seq, detail })
    }
    if (base) this.#prev = [base.hash]
  }

  #prevOf(hash: Hash, session: SessionId, entry: StoredEntry): Hash {
    if (this.#prev === 'unknown') return hash
    const right = this.#prev.find((prev) => link(prev, session, entry, entry.dataHash) === hash)
    return right ?? this.#prev[0] ?? hash
  }
}
