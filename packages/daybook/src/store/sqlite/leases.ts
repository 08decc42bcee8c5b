// Leases live in the session's row; the fence there outlives them.

import type { Lease } from '../store.ts'
import type { AcquireOp, ReleaseOp, RenewOp } from './ops.ts'
import { holderOf, type Row } from './rows.ts'
import type { Tx } from './tx.ts'

const stored = 'UPDATE sessions SET fence = ?, holder = ?, lease_until = ? WHERE sid = ?'

export function leaseLives(tx: Tx, row: Row): boolean {
  return row.holder !== null && row.leaseUntil > tx.clock()
}

export function acquire(tx: Tx, { asker, session, holder, ttl }: AcquireOp): Lease | null {
  const row = tx.living(asker, session)
  if (!row || !isFree(tx, row, holder)) return null
  take(tx, row, holder, ttl)
  return saved(tx, row, holder, ttl)
}

/** Nobody else's lease lives. */
export function isFree(tx: Tx, row: Row, holder: string): boolean {
  return row.holder === holder || !leaseLives(tx, row)
}

/** Of a session that is free for this holder. The columns are left to whoever writes the row. */
export function take(tx: Tx, row: Row, holder: string, ttl: number): void {
  if (row.holder !== holder) row.fence += 1
  extend(tx, row, holder, ttl)
}

/** Where there is no lease, there is nothing to give back. The columns are left to whoever writes the row. */
export function giveBack(row: Row): void {
  if (row.holder === null) return
  row.fence += 1
  row.holder = null
  row.leaseUntil = 0
  row.leased = true
}

/** A lease that ran out but that nobody took is still its holder's. */
export function renew(tx: Tx, { asker, lease, ttl }: RenewOp): Lease | null {
  const row = held(tx, asker, lease)
  if (!row) return null
  extend(tx, row, lease.holder, ttl)
  return saved(tx, row, lease.holder, ttl)
}

export function release(tx: Tx, { asker, lease }: ReleaseOp): null {
  const row = held(tx, asker, lease)
  if (row) {
    giveBack(row)
    save(tx, row)
  }
  return null
}

function held(tx: Tx, asker: RenewOp['asker'], lease: Lease): Row | null {
  const row = tx.living(asker, lease.session)
  return row?.holder === lease.holder && row.fence === lease.fence ? row : null
}

function extend(tx: Tx, row: Row, holder: string, ttl: number): void {
  row.holder = holder
  row.leaseUntil = Math.ceil(tx.clock() + ttl)
  row.leased = true
}

function saved(tx: Tx, row: Row, holder: string, ttl: number): Lease {
  save(tx, row)
  return { session: row.id, holder, fence: row.fence, left: ttl }
}

function save(tx: Tx, row: Row): void {
  tx.connection.sql(stored).run(row.fence, ...holderOf(row), row.sid)
  row.leased = false
}
