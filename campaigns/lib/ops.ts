// Writes as a campaign plans them: each has a marker that stands in what it stores, so that it can be found and counted.

import { createHash } from 'node:crypto'
import type { Random } from './random.ts'

export type Act =
  | {
      readonly type: 'message'
      /** Characters besides the marker. */
      readonly size: number
      /** Bytes of a blob that is put first and then named. */
      readonly blob?: number
      readonly ref?: true
      /** Only on the seq that the writer saw last. */
      readonly expect?: number
    }
  | { readonly type: 'batch'; readonly count: number }
  | { readonly type: 'note' | 'state' | 'metadata' | 'run' | 'trash' | 'restore' | 'archive' | 'open' | 'delete' }
  | { readonly type: 'handoff'; readonly to: string }
  | { readonly type: 'fork' | 'rewind' | 'erase'; readonly seq: number }

export type ActType = Act['type']

export interface Op {
  readonly marker: string
  readonly session: string
  readonly act: Act
  readonly key?: string
  /** Sent two times at once under the same key: both answers must be the same. */
  readonly twice?: true
}

/** What the writer was told. Seqs only where the answer has them. */
export interface Ack {
  readonly session: string
  readonly first?: number
  readonly last?: number
  readonly replayed: boolean
  readonly blob?: string
}

/** Acts whose entries carry no text of the caller; they are counted by kind. */
export const unmarked: Readonly<Partial<Record<ActType, string>>> = {
  rewind: 'session.rewound',
  trash: 'session.trashed',
  restore: 'session.restored',
  archive: 'session.archived',
  erase: 'entry.erased',
  delete: 'session.deleted',
}

/** How many entries carry the marker, when the write was applied. */
export function markedEntries(act: Act): number {
  if (act.type === 'batch') return act.count
  return act.type === 'run' ? 2 : 1
}

const pattern = /op-\d+-\d+-\d+(?![\d-])/g

export function markersIn(text: string): readonly string[] {
  return [...new Set(text.match(pattern) ?? [])]
}

export function filled(marker: string, size: number): string {
  return `${marker} ${'durable '.repeat(Math.ceil(size / 8)).slice(0, size)}`
}

/** The same bytes from the same marker, in every process. */
export function blobBytes(marker: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  const block = createHash('sha256').update(marker).digest()
  for (let at = 0; at < size; at += block.length) bytes.set(block.subarray(0, Math.min(block.length, size - at)), at)
  return bytes
}

export function blobName(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

export interface Planner {
  readonly random: Random
  readonly round: number
  readonly writer: number
  /** Sessions that all writers share. */
  readonly sessions: readonly string[]
  /** The library can erase, record runs and bind refs; HTTP has no route for them. */
  readonly library: boolean
  /** Most characters of a message. */
  readonly largest: number
}

/** Plans the writes of one writer from what it has seen so far. */
export class Plan {
  readonly #with: Planner
  readonly #last = new Map<string, number>()
  readonly #erasable: { session: string; seq: number }[] = []
  readonly #scratch: { session: string; writes: number }[] = []
  #toRestore: string | null = null
  #count = 0

  constructor(planner: Planner) {
    this.#with = planner
  }

  /** What an answer taught. */
  saw(op: Op, ack: Ack): void {
    if (ack.last !== undefined) this.#last.set(ack.session, Math.max(ack.last, this.#last.get(ack.session) ?? 0))
    if (op.act.type === 'message' && ack.first === ack.last && ack.last !== undefined && !op.act.blob) {
      if (this.#with.random.chance(0.1)) this.#erasable.push({ session: ack.session, seq: ack.last })
    }
    if (op.act.type === 'open') this.#scratch.push({ session: ack.session, writes: 0 })
  }

  /** A session in the trash refuses writes until somebody takes it out. */
  refused(op: Op, code: string): void {
    const inTrash = code === 'trashed' || (code === 'not_found' && this.#last.has(op.session))
    if (inTrash && this.#with.random.chance(0.5)) this.#toRestore = op.session
  }

  knows(session: string, seq: number): void {
    if (seq > 0) this.#last.set(session, seq)
  }

  next(): Op {
    const { random, round, writer, sessions } = this.#with
    this.#count += 1
    const marker = `op-${round}-${writer}-${this.#count}`
    const shared = random.pick(sessions)
    const { session, act } = this.#choose(shared, this.#last.get(shared) ?? 0)
    const keyed = act.type === 'open' || act.type === 'delete' || random.chance(0.5)
    if (!keyed) return { marker, session, act }
    const twice = act.type === 'message' && !act.expect && random.chance(0.15)
    return { marker, session, act, key: `key ${marker}`, ...(twice ? { twice } : {}) }
  }

  #choose(session: string, last: number): { session: string; act: Act } {
    const { random, library } = this.#with
    if (this.#toRestore !== null) {
      const restored = this.#toRestore
      this.#toRestore = null
      return { session: restored, act: { type: 'restore' } }
    }
    const own = this.#own()
    if (own) return own
    const dice = random.fraction()
    if (last < 2 || dice < 0.55) return { session, act: this.#message(last) }
    if (dice < 0.63) return { session, act: { type: 'batch', count: random.between(2, 12) } }
    if (dice < 0.68) return { session, act: { type: 'note' } }
    if (dice < 0.73) return { session, act: { type: 'handoff', to: random.pick(['coder', 'debug', 'ask']) } }
    if (dice < 0.79) return { session, act: { type: 'state' } }
    if (dice < 0.83) return { session, act: { type: 'metadata' } }
    if (dice < 0.86) return { session, act: { type: 'fork', seq: random.between(1, last) } }
    if (dice < 0.89) return { session, act: { type: 'rewind', seq: random.between(1, last) } }
    if (dice < 0.9) return { session, act: { type: 'archive' } }
    if (dice < 0.915) return this.#intoTrash(session)
    if (dice < 0.94) return { session, act: { type: 'open' } }
    if (!library) return { session, act: this.#message(last) }
    const gone = dice < 0.96 ? this.#erasable.shift() : undefined
    if (gone) return { session: gone.session, act: { type: 'erase', seq: gone.seq } }
    return { session, act: { type: 'run' } }
  }

  #intoTrash(session: string): { session: string; act: Act } {
    this.#toRestore = session
    return { session, act: { type: 'trash' } }
  }

  /** Sessions this writer opened for itself: written to, then deleted for good. */
  #own(): { session: string; act: Act } | null {
    const { random } = this.#with
    const scratch = this.#scratch[0]
    if (!scratch || random.chance(0.7)) return null
    scratch.writes += 1
    if (scratch.writes <= 4) return { session: scratch.session, act: this.#message(0) }
    this.#scratch.shift()
    return random.chance(0.3) ? null : { session: scratch.session, act: { type: 'delete' } }
  }

  #message(last: number): Act {
    const { random, library, largest } = this.#with
    const size = random.chance(0.03) ? random.between(largest / 2, largest) : random.between(20, 600)
    const blob = random.chance(0.03) ? random.between(500, 60_000) : 0
    const beside = blob > 0 && random.chance(0.1) ? 1_048_577 + blob : blob
    return {
      type: 'message',
      size,
      ...(beside > 0 ? { blob: beside } : {}),
      ...(library && random.chance(0.05) ? { ref: true } : {}),
      ...(last > 0 && random.chance(0.08) ? { expect: last } : {}),
    }
  }
}
