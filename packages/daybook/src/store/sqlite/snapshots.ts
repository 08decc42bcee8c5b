// Snapshots: a disposable cache of folds, own ones of a session only.

import type { Cell, Head } from '../../schema/heads.ts'
import type { Snapshot } from '../store.ts'
import type { Connection } from './connection.ts'
import { type DropSnapshotsOp, packedText, type SnapshotOp } from './ops.ts'
import type { Tx } from './tx.ts'

const stored = `INSERT INTO snapshots VALUES (?, ?, ?, ?, ?) ON CONFLICT(sid, fold, seq)
  DO UPDATE SET head = excluded.head, cell = excluded.cell`
const found = `SELECT seq, head, cell FROM snapshots WHERE sid = ? AND fold = ? AND seq <= ?
  ORDER BY seq DESC LIMIT 1`

export function putSnapshot(tx: Tx, { asker, session, seq, fold, refolds, head, cell }: SnapshotOp): null {
  const row = tx.living(asker, session)
  // Folded before a text was erased: it may hold it.
  if (row?.refolds === refolds) tx.connection.sql(stored).run(row.sid, fold, seq, packedText(head), packedText(cell))
  return null
}

export function dropSnapshots(tx: Tx, { asker, session }: DropSnapshotsOp): null {
  const row = tx.living(asker, session)
  if (row) tx.connection.sql('DELETE FROM snapshots WHERE sid = ?').run(row.sid)
  return null
}

export function latestSnapshot(connection: Connection, sid: number, seq: number, fold: number): Snapshot | null {
  const row = connection.sql(found).get(sid, fold, seq)
  if (!row) return null
  const head = JSON.parse(String(row.head)) as Head
  return { seq: Number(row.seq), fold, head, cell: JSON.parse(String(row.cell)) as Cell }
}
