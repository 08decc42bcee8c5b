// What the writer is asked to do, as plain values that may cross to a worker thread.

import type { Cell, Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId, Subject } from '../../schema/ids.ts'
import type { Asker } from '../shape.ts'
import type { Append, Deletion, Lease, Mark, Outcome, Snapshot } from '../store.ts'

/** An object here, its JSON text where it came from another thread. */
export type Packed<T> = T | string

export type { Asker } from '../shape.ts'

/** The head is null where a later append of the same group brings a newer one. */
export type PackedAppend = Omit<Append, 'head' | 'cell'> & {
  readonly head: Packed<Head> | null
  readonly cell?: Packed<Cell>
}
export type PackedDeletion = Omit<Deletion, 'head'> & { readonly head: Packed<Head> }

export interface AppendOp {
  readonly type: 'append'
  readonly asker: Asker
  readonly append: PackedAppend
  /** Its shape is wrong: refused unless its key is known. */
  readonly invalid: boolean
  /** Its id is one and its asker would see what it opens. */
  readonly mayOpen: boolean
  /** The head after it is in the trash. */
  readonly toTrash: boolean
  /** What the head before it must count as refolds. */
  readonly refolds: number
  /** Who sees the session after it, as the columns hold them. */
  readonly owner: string
  readonly readers: string | null
}

interface OnSession {
  readonly asker: Asker
  readonly session: SessionId
}

export interface DeleteOp extends OnSession {
  readonly type: 'delete'
  readonly deletion: PackedDeletion
  readonly invalid: boolean
}

export interface RefoldOp extends OnSession {
  readonly type: 'refold'
  readonly seq: Seq
  readonly hash: Hash
  readonly head: Packed<Head>
  readonly cell: Packed<Cell> | null
}

export interface AcquireOp extends OnSession {
  readonly type: 'acquire'
  readonly holder: string
  readonly ttl: number
}

export interface RenewOp extends OnSession {
  readonly type: 'renew'
  readonly lease: Lease
  readonly ttl: number
}

export interface ReleaseOp extends OnSession {
  readonly type: 'release'
  readonly lease: Lease
}

export interface MarkOp extends OnSession {
  readonly type: 'mark'
  readonly subject: Subject
  readonly mark: Mark
}

export interface SnapshotOp extends OnSession {
  readonly type: 'snapshot'
  readonly seq: Seq
  readonly fold: number
  readonly refolds: number
  readonly head: Packed<Head>
  readonly cell: Packed<Cell>
}

export interface DropSnapshotsOp extends OnSession {
  readonly type: 'drop_snapshots'
}

export interface BlobOp {
  readonly type: 'blob'
  readonly asker: Asker
  readonly hash: Hash
  readonly size: number
  /** Null when the bytes are in a file beside the store. */
  readonly bytes: Uint8Array | null
}

export interface SweepOp {
  readonly type: 'sweep'
  /** Only sessions with a lower number; null: all. */
  readonly below: number | null
}

export interface SweepBlobsOp {
  readonly type: 'sweep_blobs'
}

export interface VacuumOp {
  readonly type: 'vacuum'
}

export interface MendOp {
  readonly type: 'mend'
}

/** Frees bytes beside the store that no row names any more; nobody can name them meanwhile. */
export interface UnlinkOp {
  readonly type: 'unlink'
  readonly hash: Hash
}

export type SessionOp = DeleteOp | RefoldOp | AcquireOp | RenewOp | ReleaseOp | MarkOp | SnapshotOp | DropSnapshotsOp

export type Op = AppendOp | SessionOp | BlobOp | SweepOp | SweepBlobsOp | MendOp | VacuumOp | UnlinkOp

/** `missing`: there is no such session for this asker. */
export type Result = Outcome | Lease | Mark | Snapshot | boolean | null | 'missing' | readonly unknown[] | number

/** A head was left out that turned out to be needed: the group must come again with all of them. */
export class HeadMissing extends Error {}

export function unpack<T>(packed: Packed<T>): T {
  return typeof packed === 'string' ? (JSON.parse(packed) as T) : packed
}

export function packedText<T>(packed: Packed<T>): string {
  return typeof packed === 'string' ? packed : JSON.stringify(packed)
}

/** Entries that an operation writes, for the room in one commit. */
export function entriesOf(op: Op): number {
  return op.type === 'append' ? op.append.entries.length : 1
}

/** Bytes that an operation writes, about: lengths of texts in UTF-16 units. */
export function bytesOf(op: Op): number {
  if (op.type === 'append') {
    let bytes = 600
    for (const entry of op.append.entries) bytes += 200 + (entry.body?.length ?? 0)
    return bytes
  }
  return op.type === 'blob' ? (op.bytes?.byteLength ?? 0) : 1000
}
