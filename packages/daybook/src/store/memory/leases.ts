// Leases: the time-limited right to work on a session, and the fence that outlives it.

import { DaybookError } from '../../schema/errors.ts'
import type { SessionId } from '../../schema/ids.ts'
import type { Lease, Scope } from '../store.ts'
import { findLiving, leaseLives, type Row, type State } from './state.ts'

export function acquire(state: State, scope: Scope, session: SessionId, holder: string, ttl: number): Lease | null {
  checkTtl(ttl)
  const row = findLiving(state, scope, session)
  if (!row) return null
  return isFree(state, row, holder) ? take(state, row, holder, ttl) : null
}

/** Nobody else's lease lives. */
export function isFree(state: State, row: Row, holder: string): boolean {
  return row.lease?.holder === holder || !leaseLives(state, row)
}

/** Of a session that is free for this holder. */
export function take(state: State, row: Row, holder: string, ttl: number): Lease {
  if (row.lease?.holder !== holder) row.fence += 1
  return extend(state, row, holder, ttl)
}

/** A lease that ran out but that nobody took is still its holder's. */
export function renew(state: State, scope: Scope, lease: Lease, ttl: number): Lease | null {
  checkTtl(ttl)
  const row = held(state, scope, lease)
  return row && extend(state, row, lease.holder, ttl)
}

export function release(state: State, scope: Scope, lease: Lease): void {
  const row = held(state, scope, lease)
  if (row) giveBack(row)
}

/** Where there is no lease, there is nothing to give back. */
export function giveBack(row: Row): void {
  if (!row.lease) return
  row.lease = null
  row.fence += 1
}

function held(state: State, scope: Scope, lease: Lease): Row | null {
  const row = findLiving(state, scope, lease.session)
  return row?.lease?.holder === lease.holder && row.fence === lease.fence ? row : null
}

function extend(state: State, row: Row, holder: string, ttl: number): Lease {
  row.lease = { holder, until: state.clock() + ttl }
  return Object.freeze({ session: row.id, holder, fence: row.fence, left: ttl })
}

/** Whether a lease may be given for so many milliseconds. */
export function lasts(ttl: number): boolean {
  return ttl > 0 && Number.isFinite(ttl)
}

function checkTtl(ttl: number): void {
  if (!lasts(ttl)) {
    throw new DaybookError('invalid', 'A lease lasts more than 0 milliseconds.', { field: 'ttl' })
  }
}
