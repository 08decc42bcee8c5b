// Entries: what is stored (data as JSON text), and what readers get (data as a frozen value).

import type { Actor, Hash, RunId, Seq } from './ids.ts'
import type { DataOf, Kind } from './kinds.ts'

/** The envelope that the hash chain covers, beside the data. */
export interface Envelope<K extends Kind = Kind> {
  readonly seq: Seq
  readonly kind: K
  /** Version of the data's shape. */
  readonly v: number
  /** Milliseconds since 1970; never orders anything. */
  readonly at: number
  readonly actor: Actor
  readonly run?: RunId
  /** The seq of the entry that led to this one. */
  readonly cause?: Seq
}

/** An entry as stores keep it. */
export interface StoredEntry extends Envelope {
  /** Data as JSON text; null once erased. */
  readonly body: string | null
  /** SHA-256 of the body's UTF-8; it outlives erasing, so the chain still verifies. */
  readonly dataHash: Hash
  /** SHA-256 over the previous hash, the session id, the envelope and `dataHash` (rule 4 of PROTOCOL.md). */
  readonly hash: Hash
}

/** An entry as readers get it: frozen; `data` is null once erased. */
export type Entry<K extends Kind = Kind> = {
  readonly [Name in K]: Envelope<Name> & {
    readonly data: DataOf<Name>
    readonly erased?: false
    readonly dataHash: Hash
    readonly hash: Hash
  }
}[K]

export interface ErasedEntry extends Envelope {
  readonly data: null
  readonly erased: true
  readonly dataHash: Hash
  readonly hash: Hash
}

export type AnyEntry = Entry | ErasedEntry

/** What a caller hands to append; the engine adds seq, time and hashes. */
export type NewEntry<K extends Kind = Kind> = {
  readonly [Name in K]: {
    readonly kind: Name
    readonly data: DataOf<Name>
    readonly run?: RunId
    readonly cause?: Seq
    /** Who caused it, where that is not the caller: a worker writes down what somebody asked for. Never of a client. */
    readonly actor?: Actor
    /** When it happened, in milliseconds since 1970, where that is not now. Only of an import. */
    readonly at?: number
  }
}[K]
