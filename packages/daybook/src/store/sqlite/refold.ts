// Replacing head and cell where the log stayed the same: another fold version, erased bases, repair.

import { type RefoldOp, unpack } from './ops.ts'
import type { Tx } from './tx.ts'

export function refold(tx: Tx, { asker, session, seq, hash, head, cell }: RefoldOp): boolean {
  const row = tx.living(asker, session)
  if (!row || row.seq !== seq || row.hash !== hash) return false
  row.refolds += 1
  row.head = { ...unpack(head), refolds: row.refolds }
  if (cell !== null) row.cell = cell
  tx.wait(row)
  tx.write(row)
  return true
}
