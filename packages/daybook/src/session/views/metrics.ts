// The view `metrics`: runs, tokens, cost, mean response time and success rate of a session.

import { addUsage } from '../../schema/usage.ts'
import type { MetricsView, RunView, Tally } from './contract.ts'
import { runsView } from './runs.ts'
import type { Moment } from './views.ts'

export async function metricsView(moment: Moment): Promise<MetricsView> {
  const { runs } = await runsView(moment)
  const finished = runs.filter((run) => run.status === 'done' || run.status === 'failed')
  const times = finished.flatMap((run) => run.durationMs ?? []).sort((a, b) => a - b)
  return {
    totalRuns: moment.head.runs,
    totalTokens: moment.head.tokens,
    cost: moment.head.cost,
    avgResponseTimeMs: times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length,
    p95ResponseTimeMs: times[Math.ceil(times.length * 0.95) - 1] ?? null,
    successRate:
      finished.length === 0 ? null : finished.filter((run) => run.status === 'done').length / finished.length,
    byAgent: tally(runs, (run) => run.agent),
    byModel: tally(runs, (run) => run.model),
  }
}

function tally(
  runs: readonly RunView[],
  nameOf: (run: RunView) => string | undefined,
): Readonly<Record<string, Tally>> {
  const rows = new Map<string, Tally>()
  for (const run of runs) {
    const name = nameOf(run)
    if (name === undefined) continue
    const row = rows.get(name) ?? { runs: 0, tokens: 0, cost: 0 }
    rows.set(name, { runs: row.runs + 1, ...addUsage(row, run.usage, run.cost) })
  }
  return Object.fromEntries(rows)
}
