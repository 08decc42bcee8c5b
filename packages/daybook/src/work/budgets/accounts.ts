// Whose budgets a call counts against, and the system sessions in which their ledgers stand.

import type { Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { sha256 } from '../../store/hash.ts'
import type { Account, Limit } from './contract.ts'

/** Holds the limits that were set for one name, and who set them. */
export const settingsSession: SessionId = '@budgets'
const prefix = '@budget:'

/** The day of a time, as `2026-11-22` (UTC). */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** When the day of a time is over, in milliseconds since 1970. */
export function endOfDay(at: number): number {
  const dayMs = 24 * 60 * 60 * 1000
  return (Math.floor(at / dayMs) + 1) * dayMs
}

/** Null for a session's, which counts for its whole life. */
export function dayOfAccount({ scope }: Account, at: number): string | null {
  return scope === 'session' ? null : dayOf(at)
}

/** A name that is no id, or would make a longer one than an id may be, stands there as its hash. */
export function ledgerSession(account: Account, day: string | null): SessionId {
  const { scope, name } = account
  const parts = [scope, ...(scope === 'day' ? [] : [name]), ...(day === null ? [] : [day])]
  const plain = prefix + parts.join(':')
  const fits = /^[A-Za-z0-9._-]+$/.test(scope === 'day' ? 'day' : name) && plain.length <= 128
  return fits ? plain : `${prefix}${scope}::${sha256(JSON.stringify(parts))}`
}

/** In this order, so that two calls never wait for each other. */
export function accountsOf(head: Head, agent: string): readonly Account[] {
  return [
    { scope: 'session', name: head.session },
    { scope: 'user', name: head.user ?? head.owner },
    { scope: 'agent', name: agent },
    { scope: 'day', name: 'all' },
  ]
}

export function isLimited(limit: Limit): boolean {
  return (limit.tokens ?? null) !== null || (limit.cost ?? null) !== null
}

/** As people read it: `the budget of agent coder for today`. */
export function titleOf({ scope, name }: Account): string {
  if (scope === 'day') return 'the budget of today'
  return scope === 'session' ? 'the budget of this session' : `the budget of ${scope} ${name} for today`
}
