// A store in plain maps, by the plainest means: what random programs must leave behind, and what each call must answer.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import type { Place } from '../../schema/states.ts'
import type { Append, Deletion, KnownKey, Outcome, Ref, RefusalCode } from '../store.ts'

const day = 24 * 3_600_000

/** In place of the fences that a store gives: a new one, above all that the id had, or that of the lease as it is. */
export const newFence = 0
export const sameFence = -1

export function refName(ref: Ref): string {
  return `${ref.type} ${ref.value}`
}

/** One life of a session id, from its opening to the end of its tombstone and of its last fork. */
export interface Life {
  readonly id: SessionId
  /** The whole log, inherited entries copied in. */
  readonly log: StoredEntry[]
  readonly base: Life | null
  readonly baseSeq: Seq
  head: Head
  position: number
  readonly keys: Map<string, KnownKey>
  readonly claims: { readonly blob: string; readonly first: Seq; readonly last: Seq }[]
  gone: { readonly at: number; readonly entry: StoredEntry } | null
  lease: { readonly holder: string; readonly until: number } | null
  /** The present fence; null when only the store knows it: before the first lease and after a release. */
  fence: number | null
}

export class Model {
  readonly now: () => number
  readonly sessions = new Map<SessionId, Life>()
  readonly lives: Life[] = []
  readonly refs = new Map<string, Life>()
  readonly feed: { readonly life: Life; readonly entry: StoredEntry }[] = []
  /** Time of the last put of each stored blob. */
  readonly blobs = new Map<string, number>()
  /** Highest fence that each id ever had. */
  readonly fences = new Map<SessionId, number>()
  /** Hashes of erased entries. */
  readonly #erased = new Set<string>()

  constructor(now: () => number) {
    this.now = now
  }

  /** The log as readers get it, erased bodies emptied. */
  shown(entries: readonly StoredEntry[]): StoredEntry[] {
    return entries.map((entry) => (this.#erased.has(entry.hash) ? { ...entry, body: null } : entry))
  }

  living(place?: Place): Life[] {
    const found = [...this.sessions.values()].filter((life) => !life.gone && (!place || life.head.place === place))
    return found.sort((a, b) => a.position - b.position)
  }

  forksOf(life: Life): SessionId[] {
    const nearest = ({ base }: Life): Life | null => (base?.gone && base !== life ? nearest(base) : base)
    return this.living().flatMap((fork) => (nearest(fork) === life ? [fork.id] : []))
  }

  leased(life: Life): boolean {
    return life.lease !== null && life.lease.until > this.now()
  }

  append(append: Append): Outcome {
    const life = this.sessions.get(append.session)
    const seen = life && this.#replay(life, append.key)
    if (seen) return seen
    const code = life ? this.#refuse(life, append) : this.#refuseOpening(append)
    const named = code ?? this.#refuseNames(life, append)
    if (named) return { ok: false, code: named, seq: life?.head.seq ?? 0 }
    return this.#write(life ?? this.#open(append), append)
  }

  delete(session: SessionId, deletion: Deletion): Outcome {
    const life = this.sessions.get(session)
    if (!life) return { ok: false, code: 'not_found', seq: 0 }
    const seen = this.#replay(life, deletion.key)
    if (seen) return seen
    const { seq } = life.head
    if (life.gone) return { ok: false, code: 'gone', seq }
    if (this.leased(life)) return { ok: false, code: 'busy', seq }
    if (deletion.expect !== seq) return { ok: false, code: 'conflict', seq }
    const { entry } = deletion
    life.gone = { at: this.now(), entry }
    life.head = deletion.head
    life.lease = null
    this.feed.push({ life, entry })
    life.position = this.feed.length
    this.#remember(life, deletion.key, entry.seq, entry.seq)
    for (const [name, holder] of this.refs) if (holder === life && !name.startsWith('foreign')) this.refs.delete(name)
    return { ok: true, first: entry.seq, last: entry.seq, replayed: false }
  }

  sweep(): void {
    for (const life of this.lives) {
      if (!life.gone || life.gone.at + 30 * day > this.now() || this.sessions.get(life.id) !== life) continue
      this.sessions.delete(life.id)
      for (const [name, holder] of this.refs) if (holder === life) this.refs.delete(name)
    }
    for (const [blob, at] of this.blobs) {
      if (at + day <= this.now() && !this.#claimed(blob)) this.blobs.delete(blob)
    }
  }

  /** The feed as everybody may see it who sees every session. */
  shownFeed(): { session: SessionId; entry: StoredEntry; life: Life }[] {
    const left = this.feed.filter(({ life, entry }) =>
      life.gone ? life.gone.entry === entry && this.sessions.get(life.id) === life : true,
    )
    return left.map(({ life, entry }) => ({ session: life.id, life, entry: this.shown([entry])[0] ?? entry }))
  }

  #claimed(blob: string): boolean {
    return this.lives.some((life) =>
      life.claims.some(({ blob: claimed, first, last }) => {
        const entries = life.log.slice(first - 1, last)
        if (claimed !== blob || entries.every((entry) => this.#erased.has(entry.hash))) return false
        return !life.gone || this.living().some((other) => other.log.some((entry) => entry.hash === entries[0]?.hash))
      }),
    )
  }

  #replay(life: Life, key: Append['key']): Outcome | null {
    const known = key && life.keys.get(key.id)
    if (!known) return null
    if (known.digest !== key.digest) return { ok: false, code: 'key_reused', seq: life.head.seq }
    return { ok: true, first: known.first, last: known.last, replayed: true }
  }

  #remember(life: Life, key: Append['key'], first: Seq, last: Seq): void {
    if (key) life.keys.set(key.id, { digest: key.digest, first, last })
  }

  #refuse(life: Life, append: Append): RefusalCode | null {
    if (life.gone) return 'gone'
    if (append.fence !== undefined && append.fence !== life.fence) return 'fenced'
    if (append.acquire && life.lease?.holder !== append.acquire.holder && this.leased(life)) return 'busy'
    if (append.expect === 0) return 'exists'
    if (append.expect !== life.head.seq || append.prev !== life.head.hash) return 'conflict'
    if (append.erase?.some((seq) => seq <= life.baseSeq)) return 'invalid'
    if ((append.head.refolds ?? 0) !== (life.head.refolds ?? 0) + (append.erase ? 1 : 0)) return 'conflict'
    return life.head.place === 'trash' && append.head.place === 'trash' ? 'trashed' : null
  }

  #refuseOpening(append: Append): RefusalCode | null {
    if (append.expect !== 0) return 'not_found'
    if (!append.base) return null
    const base = this.sessions.get(append.base.session)
    if (!base) return 'not_found'
    return base.gone ? 'gone' : null
  }

  #refuseNames(life: Life | undefined, append: Append): RefusalCode | null {
    const taken = (ref: Ref) => {
      const holder = this.refs.get(refName(ref))
      return ref.type !== 'branch' && holder !== undefined && holder !== life
    }
    if (append.refs?.some(taken)) return 'ref_taken'
    return append.blobs?.some((blob) => !this.blobs.has(blob)) ? 'blob_missing' : null
  }

  #open(append: Append): Life {
    const base = (append.base && this.sessions.get(append.base.session)) ?? null
    const baseSeq = append.base?.seq ?? 0
    const life: Life = {
      id: append.session,
      log: base?.log.slice(0, baseSeq) ?? [],
      base,
      baseSeq,
      head: append.head,
      position: 0,
      keys: new Map(),
      claims: [],
      gone: null,
      lease: null,
      fence: null,
    }
    this.lives.push(life)
    this.sessions.set(life.id, life)
    return life
  }

  #write(life: Life, append: Append): Outcome {
    const first = life.log.length + 1
    for (const entry of append.entries) {
      life.log.push(entry)
      this.feed.push({ life, entry })
    }
    const last = life.log.length
    for (const seq of append.erase ?? []) this.#erased.add(life.log[seq - 1]?.hash ?? '')
    if (append.erase) this.#outdate(life, Math.min(...append.erase))
    for (const ref of append.refs ?? []) this.refs.set(refName(ref), life)
    for (const blob of append.blobs ?? []) life.claims.push({ blob, first, last })
    this.#remember(life, append.key, first, last)
    life.head = append.head
    life.position = this.feed.length
    if (append.release) Object.assign(life, { lease: null, fence: null })
    const outcome = { ok: true, first, last, replayed: false } as const
    return append.acquire ? { ...outcome, fence: this.#take(life, append.acquire) } : outcome
  }

  #take(life: Life, { holder, ttl }: NonNullable<Append['acquire']>): number {
    const same = life.lease?.holder === holder
    life.lease = { holder, until: this.now() + ttl }
    if (!same) life.fence = null
    return same ? sameFence : newFence
  }

  /** Forks that read the erased entry, and theirs. */
  #outdate(base: Life, seq: Seq): void {
    for (const life of this.lives) {
      if (life.base !== base || life.baseSeq < seq) continue
      if (!life.gone) life.head = { ...life.head, fold: 0, refolds: (life.head.refolds ?? 0) + 1 }
      this.#outdate(life, seq)
    }
  }
}
