// Deleting a session: its last entry stays in the feed, what living forks read stays hidden, the rest goes at once.

import type { StoredEntry } from '../../schema/entries.ts'
import { kinds } from '../../schema/kinds.ts'
import type { Outcome, RefusalCode } from '../store.ts'
import { reachOf } from './forks.ts'
import { refusal, replay } from './keys.ts'
import { leaseLives } from './leases.ts'
import type { DeleteOp } from './ops.ts'
import type { Row } from './rows.ts'
import type { Tx } from './tx.ts'

const kept = `INSERT INTO old_keys SELECT sid, key, key_digest, seq, key_last FROM entries
  WHERE sid = ? AND key IS NOT NULL`

export function deleteSession(tx: Tx, op: DeleteOp): Outcome {
  const { deletion } = op
  const row = tx.seen(op.asker, op.session)
  if (row === null) return refusal('not_found', 0)
  if (tx.again && row.goneAt !== null && row.hash === deletion.entry.hash) return accepted(deletion.entry)
  const code = refuse(tx, row, op)
  const known = replay(tx.connection, row, deletion.key)
  if (known !== null) return known
  if (code !== null) return refusal(code, row.seq)
  const { entry } = deletion
  tx.inserts.put(row, entry, kinds[entry.kind].number, deletion.key, entry.seq)
  tx.inserts.flush()
  row.seq = entry.seq
  row.hash = entry.hash
  row.goneAt = tx.clock()
  row.head = deletion.head
  row.cell = null
  row.reach = reachOf(tx.connection, row.sid)
  tx.write(row)
  strip(tx, row)
  tx.removed(cut(tx, row))
  tx.scrub = true
  return accepted(entry)
}

function accepted({ seq }: StoredEntry): Outcome {
  return { ok: true, first: seq, last: seq, replayed: false }
}

function refuse(tx: Tx, row: Row, { deletion, invalid }: DeleteOp): RefusalCode | null {
  if (row.goneAt !== null) return 'gone'
  if (invalid) return 'invalid'
  if (leaseLives(tx, row)) return 'busy'
  return deletion.expect !== row.seq || deletion.prev !== row.hash ? 'conflict' : null
}

/** Takes away all that is not log; keys move to where those of the deleted are looked for. */
function strip(tx: Tx, row: Row): void {
  const { connection } = tx
  connection.sql(kept).run(row.sid)
  connection.sql('UPDATE sessions SET holder = NULL, lease_until = NULL WHERE sid = ?').run(row.sid)
  row.holder = null
  connection.sql('DELETE FROM cells WHERE sid = ?').run(row.sid)
  connection.sql('DELETE FROM snapshots WHERE sid = ?').run(row.sid)
  connection.sql('DELETE FROM marks WHERE sid = ?').run(row.sid)
  connection.sql("DELETE FROM refs WHERE sid = ? AND type NOT GLOB 'foreign*'").run(row.sid)
}

/** Drops the own entries of a deleted session that no living fork reads, but not its last one; returns how many. */
export function cut(tx: Tx, row: { readonly sid: number; readonly reach: number; readonly seq: number }): number {
  const { connection } = tx
  connection.sql('DELETE FROM blob_refs WHERE sid = ? AND first > ?').run(row.sid, row.reach)
  const done = connection
    .sql('DELETE FROM entries WHERE sid = ? AND seq > ? AND seq < ?')
    .run(row.sid, row.reach, row.seq)
  return Number(done.changes)
}
