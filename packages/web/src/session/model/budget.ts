// What is left of the budget of a session.

import type { Client } from 'daybook/client'

type Budget = Awaited<ReturnType<Client['runs']['budgets']>>['budgets'][number]

export interface BudgetLeft {
  /** US dollars; null: as much as wanted. */
  readonly cost: number | null
  readonly tokens: number | null
  /** From here on it is warned. */
  readonly little: boolean
}

/** Null where the session has no limit. What is put aside for calls under way is not left. */
export function budgetLeft(budgets: readonly Budget[], session: string): BudgetLeft | null {
  const mine = budgets.find(({ scope, name }) => scope === 'session' && name === session)
  if (!mine) return null
  const { limit, reserved, share, warn_at } = mine
  const left = (most: number | null | undefined, used: number): number | null =>
    most === null || most === undefined ? null : Math.max(0, most - used)
  const cost = left(limit.cost, mine.cost + reserved.cost)
  const tokens = left(limit.tokens, mine.tokens + reserved.tokens)
  if (cost === null && tokens === null) return null
  return { cost, tokens, little: share !== null && share >= warn_at }
}
