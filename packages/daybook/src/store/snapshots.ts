// Folds that a store keeps beside the log, as its contract has them: each may be dropped and made again.

import type { Seq, SessionId } from '../schema/ids.ts'
import type { Snapshot } from './store.ts'

export interface Snapshots {
  /** Replaces one with the same seq and fold. Nothing for unknown, invisible or deleted sessions, or with old `refolds`. */
  put(session: SessionId, snapshot: Snapshot): Promise<void>
  /** The latest at or before `seq` with this fold version; own ones only, the caller follows forks. */
  latest(session: SessionId, seq: Seq, fold: number): Promise<Snapshot | null>
  drop(session: SessionId): Promise<void>
}
