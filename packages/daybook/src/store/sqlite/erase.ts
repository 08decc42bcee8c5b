// Erasing: bodies are emptied, and every cache that was folded from them goes, in forks as well.

import type { Head } from '../../schema/heads.ts'
import { fromText } from '../text.ts'
import type { Row } from './rows.ts'
import type { Tx } from './tx.ts'

const unclaimed = `DELETE FROM blob_refs WHERE sid = ? AND first <= ? AND last >= ? AND NOT EXISTS (
  SELECT 1 FROM entries WHERE entries.sid = blob_refs.sid AND seq BETWEEN first AND last AND body IS NOT NULL)`

export function erase(tx: Tx, row: Row, seqs: readonly number[]): void {
  tx.inserts.flush()
  const empty = tx.connection.sql('UPDATE entries SET body = NULL WHERE sid = ? AND seq = ?')
  for (const seq of seqs) empty.run(row.sid, seq)
  outdate(tx, row.sid, Math.min(...seqs))
  tx.connection.sql(unclaimed).run(row.sid, Math.max(...seqs), Math.min(...seqs))
  tx.scrub = true
}

/**
 * Drops every snapshot that folded the entry `seq` of this session, and marks the heads of forks that did: with this very
 * commit, since who folds them again afterwards may be killed before.
 */
function outdate(tx: Tx, sid: number, seq: number): void {
  tx.flush()
  const { connection } = tx
  const forks = connection.sql('SELECT sid, tenant, id, head, gone_at FROM sessions WHERE base = ? AND base_seq >= ?')
  const drop = connection.sql('DELETE FROM snapshots WHERE sid = ? AND seq >= ?')
  const mark = connection.sql('UPDATE sessions SET fold = 0, refolds = ?, head = ? WHERE sid = ?')
  const waiting = [sid]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    drop.run(at, seq)
    for (const fork of forks.all(at, seq)) {
      waiting.push(Number(fork.sid))
      if (fork.gone_at !== null) continue
      const row = tx.rows.find(fromText(String(fork.tenant)), fromText(String(fork.id)))
      if (row) row.refolds += 1
      const head = JSON.parse(String(fork.head)) as Head
      const refolds = (head.refolds ?? 0) + 1
      mark.run(refolds, JSON.stringify({ ...head, fold: 0, refolds }), Number(fork.sid))
    }
  }
}
