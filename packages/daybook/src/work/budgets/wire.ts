// Budgets as they stand on the wire.

import type { BudgetShape } from '../../schema/wire-budgets.ts'
import type { BudgetState } from './contract.ts'

export function budgetShape({ warnAt, reserved, unpriced, limit, ...state }: BudgetState): BudgetShape {
  const { tokens = null, cost = null } = limit
  return { ...state, limit: { tokens, cost }, reserved: { ...reserved }, unpriced: [...unpriced], warn_at: warnAt }
}
