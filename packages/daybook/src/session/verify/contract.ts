// What a verification says: findings with their place, and the report.

import type { Seq, SessionId, Tenant } from '../../schema/ids.ts'

export type FindingKind =
  /** Log: a seq is not there; the kind is not known; the data is not JSON or not what its kind folds. */
  | 'missing'
  | 'unknown_kind'
  | 'body'
  /** Chain: the data is not what its hash says; the entry is not what its hash says; data is gone without an erasure. */
  | 'data_hash'
  | 'link'
  | 'emptied'
  /** A fork does not continue what its opening names, or the store's pointer says something else. */
  | 'fork'
  /** Derived: head or cell is not the fold of the log; it is of an older fold; a cached fold is wrong. */
  | 'head'
  | 'cell'
  | 'stale'
  | 'snapshot'
  /** A ref that does not lead to its session; a blob that is missing or has other bytes. */
  | 'ref'
  | 'blob'
  /** What the store's own check says: file, indexes, kept counters, rows without a session. */
  | 'engine'
  | 'index'
  | 'counter'
  | 'orphan'

export interface VerifyFinding {
  readonly what: FindingKind
  /** `stale` is no damage: an older version wrote it, and it is folded again before use. */
  readonly severity: 'damaged' | 'stale'
  /** Whether `repairStore` can do something about it. */
  readonly repairable: boolean
  readonly tenant: Tenant | null
  /** The session whose own entry or row it is; null when it belongs to none. */
  readonly session: SessionId | null
  readonly seq: Seq | null
  readonly detail: string
}

export interface VerifyReport {
  /** Sessions that were looked at, system sessions included, tombstones not. */
  readonly sessions: number
  /** Entries whose hashes were computed again. */
  readonly entries: number
  /** Blobs whose bytes were read. */
  readonly blobs: number
  /** No finding is a damage. */
  readonly healthy: boolean
  readonly findings: readonly VerifyFinding[]
}

export interface RepairReport {
  /** Findings that were dealt with. */
  readonly repaired: readonly VerifyFinding[]
  /** A new verification, after the repair: what is in it could not be repaired. */
  readonly after: VerifyReport
}

export interface VerifyOptions {
  /** Ends the verification: it then fails with the signal's reason. */
  readonly signal?: AbortSignal
  /** Sessions that are looked at together; default: 16 where the store is behind a network, else 1. */
  readonly atOnce?: number
  /** After every page of a log and every session. */
  readonly onProgress?: (progress: { readonly sessions: number; readonly entries: number }) => void
}

/** A finding before it is known whose it is. */
export type Found = Omit<VerifyFinding, 'tenant' | 'severity'> & { readonly severity?: VerifyFinding['severity'] }
