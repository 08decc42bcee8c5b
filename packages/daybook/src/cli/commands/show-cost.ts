// `daybook show --cost`: what a session has taken, by agent and by model, and what is left of its budget.

import type { BudgetShape } from '../../schema/wire-budgets.ts'
import type { MetricsShape } from '../../schema/wire-views.ts'
import { dollars } from '../../work/budgets/words.ts'
import type { Backend, BackendSession } from '../backend.ts'
import { count, many } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Output } from '../output.ts'
import { rowOf } from './budget-list.ts'

export interface CostShape {
  readonly metrics: MetricsShape
  /** Null where nobody spends, because no models are configured. */
  readonly budget: BudgetShape | null
}

export async function costOf(
  { runs }: Backend,
  session: BackendSession,
  until: { readonly until?: number },
): Promise<CostShape> {
  const [metrics, budget] = await Promise.all([session.view('metrics', until), budgetOf(runs, session.id)])
  return { metrics, budget }
}

async function budgetOf(runs: Backend['runs'], session_id: string): Promise<BudgetShape | null> {
  const { budgets } = await runs.budgets({ session_id })
  return budgets.find(({ scope }) => scope === 'session') ?? null
}

export function printCost(output: Output, { metrics, budget }: CostShape, tail: string): void {
  const sums = [many(metrics.total_runs, 'run'), `${count(metrics.total_tokens)} tokens`, money(metrics.cost)]
  output.line(sums.filter((each) => each !== '').join('   '))
  for (const [what, by] of [
    ['agent', metrics.by_agent],
    ['model', metrics.by_model],
  ] as const) {
    const rows = Object.entries(by).map(([name, tally]) => [
      `${what} ${oneLine(name)}`,
      many(tally.runs, 'run'),
      [
        `${count(tally.tokens)} tokens`,
        ...(tally.cached_tokens === undefined ? [] : [`${count(tally.cached_tokens)} cached`]),
        ...(tally.written_tokens === undefined ? [] : [`${count(tally.written_tokens)} put into the cache`]),
      ].join(', '),
      money(tally.cost),
    ])
    output.table(rows, { indent: 1, columns: [{ flexible: true }, { right: true }, { right: true }, { right: true }] })
  }
  if (budget && budget.share !== null) output.table([rowOf(budget, tail)], { indent: 1 })
}

/** Nothing where nothing was paid, or no price is known. */
function money(cost: number): string {
  return cost === 0 ? '' : dollars(cost)
}
