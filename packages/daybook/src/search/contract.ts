// The contract of search indexes: fed from the store's feed behind the writers, asked with the rights of whoever asks.

import type { Hash, Seq, SessionId, Subject, Tenant } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Cursor, Scope } from '../store/store.ts'
import type { FeedEntry, SessionRow } from './feed-items.ts'
import type { Level, Wanted } from './query.ts'

/** A search index over every entry of every session of a store. What it holds can be made again from the store at any time. */
export interface SearchIndex extends AsyncDisposable {
  readonly name: string
  /** Whether it works in a thread of its own; if not, each of its calls keeps the caller's event loop. */
  readonly apart: boolean
  /** Of an index that many servers share: which of them feeds it. Absent: whoever has something for it. */
  readonly shared?: Shared
  /** Idempotent. An index of another version, or a damaged one, is emptied. */
  open(): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
  /** Up to where of the feed it has read. */
  position(): Promise<Position>
  /**
   * Takes part of the feed in, all of it or nothing; false when the index stands elsewhere than at `batch.from`, because
   * another process was faster. Entries that were taken in before are passed over.
   */
  apply(batch: Batch): Promise<boolean>
  /** Keeps what was applied with more to follow. Whoever applied such a batch calls this when nothing follows after all. */
  settle(): Promise<void>
  /** Takes texts of deleted sessions out, a few at a time; false when none are left. They were no hits any more before. */
  tidy(): Promise<boolean>
  /** Empties it and starts again at the beginning of the feed. */
  clear(): Promise<void>
  /** The entries that fit, best first: of this scope's sessions only. */
  find(question: IndexQuestion): Promise<Matches>
  /** Everything it holds, in an order that does not depend on how it came there. For comparing and proving. */
  contents(): AsyncIterable<string>
}

/** Several followers of one store have one index: one of them feeds it, and the others wait until it did. */
export interface Shared {
  /** Whether this one feeds it, from now on for some seconds, within which it asks again; false while another one does. */
  leads(): Promise<boolean>
  /** Another one may feed it at once: this one cannot, or ends. */
  resign(): Promise<void>
  /** Whether it holds the feed up to there, whoever fed it. */
  holds(cursor: Cursor): Promise<boolean>
  /** Said by the one that feeds it, when it holds the whole feed. */
  complete(): Promise<void>
}

/** Field of the `damaged` error with which an index says that it was damaged, and is empty now. */
export const renewed = 'index'

export interface Position {
  /** Null: nothing was read yet. */
  readonly cursor: Cursor | null
  /** Some entries that were read, newest first: an index whose store says otherwise belongs to another history. */
  readonly witnesses: readonly Witness[]
  /** When it last was at the end of the feed, in milliseconds since 1970; 0: never. */
  readonly at: number
}

export interface Witness {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly seq: Seq
  readonly hash: Hash
}

/** Part of the feed, reduced to what an index needs. */
export interface Batch {
  readonly from: Cursor | null
  readonly to: Cursor
  readonly entries: readonly FeedEntry[]
  /** The sessions of these entries as they are now. */
  readonly sessions: readonly SessionRow[]
  readonly witnesses: readonly Witness[]
  /** Milliseconds since 1970. */
  readonly at: number
  /**
   * More is applied right behind it, so that it may be kept together with that: it is found at once, and a kill before then
   * leaves the index where it stood before. Meanwhile no other process can apply.
   */
  readonly more?: true
}

export interface Filters {
  /** The agent that a session began with, or that works in it now. */
  readonly agent?: string
  readonly user?: string
  readonly owner?: Subject
  readonly repository?: string
  readonly branch?: string
  /** Entries that a fork inherited are found as its own, where it is asked for; everywhere else each entry is found where it was written. */
  readonly session?: SessionId
  readonly kinds?: readonly Kind[]
  /** Entries from this moment on, in milliseconds since 1970. */
  readonly since?: number
  /** Entries before this moment. */
  readonly until?: number
  /** Part of a path, at least three characters: sessions that changed, pinned or named such a file. */
  readonly file?: string
}

export interface IndexQuestion {
  readonly scope: Scope
  /** Null: only the filters ask. */
  readonly wanted: Wanted | null
  readonly filters: Filters
  /** How much of what is wanted an entry has to have. */
  readonly level: Level
  /** From when ages are counted, in milliseconds since 1970. */
  readonly now: number
  readonly offset: number
  readonly limit: number
}

export interface Match {
  readonly session: SessionId
  readonly seq: Seq
  /** Higher is better; comparable within one answer only. */
  readonly score: number
}

export interface Matches {
  readonly matches: readonly Match[]
  /** How many entries fit; of more than {@link mostWeighed} only the newest so many are weighed and counted. */
  readonly total: number
  readonly totalIs: 'exact' | 'at_least'
}

export const mostWeighed = 10_000
