// Leases live in the session's row; the fence there outlives them.

import type { Lease } from '../store.ts'
import type { AcquireOp, ReleaseOp, RenewOp } from './ops.ts'
import type { Row } from './rows.ts'
import { toText } from './text.ts'
import type { Tx } from './tx.ts'

const stored = 'UPDATE sessions SET fence = ?, holder = ?, lease_until = ? WHERE sid = ?'

export function leaseLives(tx: Tx, row: Row): boolean {
  return row.holder !== null && row.leaseUntil > tx.clock()
}

export function acquire(tx: Tx, { asker, session, holder, ttl }: AcquireOp): Lease | null {
  const row = tx.living(asker, session)
  if (!row) return null
  if (row.holder !== holder) {
    if (leaseLives(tx, row)) return null
    row.fence += 1
  }
  return extend(tx, row, holder, ttl)
}

/** A lease that ran out but that nobody took is still its holder's. */
export function renew(tx: Tx, { asker, lease, ttl }: RenewOp): Lease | null {
  const row = held(tx, asker, lease)
  return row && extend(tx, row, lease.holder, ttl)
}

export function release(tx: Tx, { asker, lease }: ReleaseOp): null {
  const row = held(tx, asker, lease)
  if (row) {
    row.fence += 1
    row.holder = null
    row.leaseUntil = 0
    save(tx, row)
  }
  return null
}

function held(tx: Tx, asker: RenewOp['asker'], lease: Lease): Row | null {
  const row = tx.living(asker, lease.session)
  return row?.holder === lease.holder && row.fence === lease.fence ? row : null
}

function extend(tx: Tx, row: Row, holder: string, ttl: number): Lease {
  row.holder = holder
  row.leaseUntil = Math.ceil(tx.clock() + ttl)
  save(tx, row)
  return { session: row.id, holder, fence: row.fence, left: ttl }
}

function save(tx: Tx, row: Row): void {
  const holder = row.holder === null ? null : toText(row.holder)
  tx.connection.sql(stored).run(row.fence, holder, row.holder === null ? null : row.leaseUntil, row.sid)
}
