// The operator's side of a store: figures, engine checks, copies, sweeping and walking over everything.

import type { Head } from '../schema/heads.ts'
import type { Hash, Seq, SessionId, Subject, Tenant } from '../schema/ids.ts'
import type { Cursor, Key, KnownKey, Lease, Mark, Page } from './store.ts'

export interface StoreStats {
  /** Of people: deleted and system sessions do not count. */
  readonly sessions: number
  readonly systemSessions: number
  readonly entries: number
  readonly blobs: number
  /** Bytes on disk (or of texts, in memory), without blobs kept beside the store. */
  readonly bytes: number
  readonly blobBytes: number
  /** Of the bytes: free pages that a vacuum would give back. */
  readonly freeBytes: number
  /** Where it is, as a URL without secrets. */
  readonly location: string
  readonly format: number
}

/** A problem that an engine's own check found. */
export interface Finding {
  readonly what: 'engine' | 'index' | 'counter' | 'orphan'
  readonly detail: string
}

export interface SweepReport {
  readonly tombstones: number
  readonly hiddenEntries: number
  readonly blobs: number
}

/** What the store keeps of a session, read raw, for verification. */
export interface Row {
  readonly tenant: Tenant
  readonly session: SessionId
  /** Null when what is stored cannot be read. */
  readonly head: Head | null
  readonly base: { readonly session: SessionId; readonly seq: number } | null
  /** Deleted, and its entries stay only for the forks that read them. */
  readonly hidden: boolean
}

/** Appends of one session, by the seqs of their entries, both inclusive. */
export interface KeyRange {
  readonly session: SessionId
  readonly first: Seq
  readonly last: Seq
}

/** A key that an append was written under. */
export interface HeldKey extends Key, KnownKey {}

/** A mark with whose it is. */
export interface HeldMark {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly subject: Subject
  readonly mark: Mark
}

/** A lease with the tenant of its session. */
export interface HeldLease {
  readonly tenant: Tenant
  readonly lease: Lease
}

export interface StoreAdmin {
  stats(): Promise<StoreStats>
  /** The engine's own integrity check, its indexes and kept counters against the rows. */
  check(): Promise<readonly Finding[]>
  /** Makes counters and derived rows agree with the sessions again; returns what was changed. */
  mend(): Promise<readonly Finding[]>
  /** Every session of every tenant, tombstones and system sessions included, in an order of the store's own. */
  rows(cursor: Cursor | null, limit?: number): Promise<Page<Row>>
  /** Hashes of stored blobs of a tenant, and whether something refers to them. */
  blobHashes(
    cursor: Cursor | null,
    limit?: number,
  ): Promise<Page<{ tenant: Tenant; hash: Hash; size: number; used: boolean }>>
  /** The keys of the appends that begin in each range, by seq; none for deleted and unknown sessions. */
  keys(tenant: Tenant, ranges: readonly KeyRange[]): Promise<readonly (readonly HeldKey[])[]>
  /** Every mark of every tenant, those of deleted sessions not, in an order of the store's own. */
  marks(cursor: Cursor | null, limit?: number): Promise<Page<HeldMark>>
  /**
   * The live leases that keep what is due out of `Store.due`, the one that runs out soonest first: all, or those of holders
   * whose names begin so (a well-formed text, which finds such names only). Whoever knows that a holder is dead may release
   * its lease, as told here. At most 1,000.
   */
  leases(limit: number, holders?: string): Promise<readonly HeldLease[]>
  /** Ends tombstones after 30 days, unreferenced blobs after 24 h, hidden entries with their last fork. */
  sweep(): Promise<SweepReport>
  vacuum(): Promise<void>
  /** Writes a consistent copy while others go on writing; `exists` when the file is there. Only with `supports.backup`. */
  backup(to: string): Promise<{ readonly bytes: number }>
}
