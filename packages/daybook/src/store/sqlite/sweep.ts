// Sweeping: tombstones after 30 days, entries that only forks read, blobs that nothing refers to.

import { limits } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import { cut } from './delete.ts'
import { reachOf } from './forks.ts'
import type { SweepOp } from './ops.ts'
import type { Tx } from './tx.ts'

const day = 24 * 60 * 60 * 1000
/** Deleted sessions, and blobs, that one commit looks at. */
const piece = 200

const gone = `SELECT sid, id, seq, gone_at, reach, fence FROM sessions
  WHERE gone_at IS NOT NULL AND sid < ? ORDER BY sid DESC LIMIT ?`

/** A row that ends before its forks stays, for theirs point to it. */
const unpointed = 'DELETE FROM sessions WHERE sid = ?1 AND NOT EXISTS (SELECT 1 FROM sessions WHERE base = ?1)'

/** Deleted sessions from the newest down, so that each finds its forks settled. Answers [tombstones, entries, next]. */
export function sweepSessions(tx: Tx, { below }: SweepOp): readonly [number, number, number | null] {
  tx.flush()
  const { connection } = tx
  const rows = connection.sql(gone).all(below ?? Number.MAX_SAFE_INTEGER, piece)
  let tombstones = 0
  let entries = 0
  for (const found of rows) {
    const row = { sid: Number(found.sid), seq: Number(found.seq), reach: reachOf(connection, Number(found.sid)) }
    let named = found.id !== null
    if (named && Number(found.gone_at) + limits.keptMs <= tx.clock()) {
      endTombstone(tx, row.sid, Number(found.fence))
      tombstones += 1
      named = false
    }
    const dropped = cut(tx, row)
    tx.removed(dropped)
    entries += dropped
    if (row.reach !== Number(found.reach)) {
      connection.sql('UPDATE sessions SET reach = ? WHERE sid = ?').run(row.reach, row.sid)
    }
    if (!named) connection.sql(unpointed).run(row.sid)
  }
  // Rows kept by the writer may have lost their ids or their place in the file.
  tx.rows.clear()
  tx.scrub ||= entries > 0
  return [tombstones, entries, rows.length < piece ? null : Number(rows.at(-1)?.sid)]
}

function endTombstone(tx: Tx, sid: number, fence: number): void {
  const { connection } = tx
  connection.sql('DELETE FROM old_keys WHERE sid = ?').run(sid)
  connection.sql('DELETE FROM refs WHERE sid = ?').run(sid)
  const { number } = kinds['session.deleted']
  const done = connection.sql('DELETE FROM entries WHERE sid = ? AND kind = ?').run(sid, number)
  tx.removed(Number(done.changes))
  connection.sql('UPDATE sessions SET freed = id, id = NULL, tail = NULL WHERE sid = ?').run(sid)
  // Above, not at: the last holder may still be writing when its id comes back.
  tx.raiseFloor(fence + 1)
}

const unused = `SELECT blob FROM blobs WHERE at + ? <= ?
  AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE blob_refs.tenant = blobs.tenant AND blob_refs.hash = blobs.hash)
  LIMIT ?`

/** How many blobs went; fewer than were asked for means that there are no more. */
export function sweepBlobs(tx: Tx): readonly [number, boolean] {
  const rows = tx.connection.sql(unused).all(day, tx.clock(), piece)
  for (const { blob } of rows) tx.connection.sql('DELETE FROM blobs WHERE blob = ?').run(blob as number)
  return [rows.length, rows.length === piece]
}
