// What budgets say to people.

import { titleOf } from './accounts.ts'
import type { Account, Limit } from './contract.ts'
import { type Amount, shareOf } from './page.ts'

export function usedUp(account: Account, limit: Limit, spent: Amount): string {
  return `${titleOf(account)} leaves no room for this: ${ofLimit(limit, spent)}`
}

/** Null below the share from which on it is warned. */
export function warningOf(account: Account, limit: Limit, spent: Amount, warnAt: number): string | null {
  const share = shareOf(spent, limit)
  if (share === null || share < warnAt) return null
  return `${Math.floor(share * 100)} % of ${titleOf(account)} is used: ${ofLimit(limit, spent)}`
}

/** `$4.05 of $5.00`, `162,000 of 200,000 tokens`. */
export function ofLimit({ tokens = null, cost = null }: Limit, spent: Amount): string {
  return [
    ...(tokens === null ? [] : [`${grouped(spent.tokens)} of ${grouped(tokens)} tokens`]),
    ...(cost === null ? [] : [`${dollars(spent.cost)} of ${dollars(cost)}`]),
  ].join(', ')
}

/** US dollars, with as many places as a small amount needs. */
export function dollars(cost: number): string {
  const places = cost !== 0 && cost < 0.1 ? 4 : 2
  return `$${cost.toFixed(places)}`
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
