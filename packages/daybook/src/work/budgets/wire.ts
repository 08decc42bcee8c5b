// Budgets as they stand on the wire.

import type { BudgetListShape, BudgetShape } from '../../schema/wire-budgets.ts'
import type { Session } from '../../session/contract.ts'
import type { BudgetState, Budgets } from './contract.ts'

export function budgetShape({ warnAt, reserved, unpriced, limit, ...state }: BudgetState): BudgetShape {
  const { tokens = null, cost = null } = limit
  return { ...state, limit: { tokens, cost }, reserved: { ...reserved }, unpriced: [...unpriced], warn_at: warnAt }
}

/** Those that count for everybody, of this session, and those of the agent and the user that are asked for. */
export async function budgetList(
  budgets: Budgets,
  session: Session | undefined,
  { agent, user }: { readonly agent: string | undefined; readonly user: string | undefined },
): Promise<BudgetListShape> {
  const listed = await budgets.list(session)
  const more = [
    ...(agent === undefined ? [] : [{ scope: 'agent' as const, name: agent }]),
    ...(user === undefined ? [] : [{ scope: 'user' as const, name: user }]),
  ].filter((one) => !listed.some(({ scope, name }) => scope === one.scope && name === one.name))
  const asked = await Promise.all(more.map((account) => budgets.get(account)))
  return { budgets: [...listed, ...asked].map(budgetShape) }
}
