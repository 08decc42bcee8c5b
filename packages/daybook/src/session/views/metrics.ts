// The view `metrics`: runs, tokens, cost, mean response time and success rate of a session, by agent and by model.

import { addTokens, addUsage, totalTokens } from '../../schema/usage.ts'
import { activeEntries } from './active.ts'
import type { MetricsView, RunView, Tally } from './contract.ts'
import { runsView } from './runs.ts'
import { type Spent, spendingKinds, spentIn } from './spent.ts'
import type { Moment } from './views.ts'

export async function metricsView(moment: Moment): Promise<MetricsView> {
  const { store, head } = moment
  const { runs } = await runsView(moment)
  const spent: Spent[] = []
  // A session that has taken nothing reports nothing.
  const reports = head.tokens > 0 || head.cost > 0
  if (reports) {
    const entries = activeEntries(store, head.session, head.seq, { kinds: spendingKinds })
    for await (const one of spentIn(entries)) spent.push(one)
  }
  const finished = runs.filter((run) => run.status === 'done' || run.status === 'failed')
  const times = finished.flatMap((run) => run.durationMs ?? []).sort((a, b) => a - b)
  return {
    totalRuns: head.runs,
    totalTokens: head.tokens,
    cost: head.cost,
    avgResponseTimeMs: times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length,
    p95ResponseTimeMs: times[Math.ceil(times.length * 0.95) - 1] ?? null,
    successRate:
      finished.length === 0 ? null : finished.filter((run) => run.status === 'done').length / finished.length,
    byAgent: tally(runs, spent, 'agent'),
    byModel: tally(runs, spent, 'model'),
  }
}

/** Runs under each name, with what they reported at their end and in their messages. */
function tally(
  runs: readonly RunView[],
  spent: readonly Spent[],
  by: 'agent' | 'model',
): Readonly<Record<string, Tally>> {
  const rows = new Map<string, Row>()
  const rowOf = (name: string) => {
    const row = rows.get(name) ?? { tokens: 0, cost: 0, cached: 0, written: 0, runs: new Set<string>() }
    rows.set(name, row)
    return row
  }
  for (const run of runs) {
    const name = run[by]
    if (name === undefined) continue
    const row = rowOf(name)
    row.runs.add(run.run)
    Object.assign(row, addUsage(row, { total_tokens: totalTokens(run.usage) }, run.cost))
  }
  const agents = new Map(runs.map(({ run, agent }) => [run, agent]))
  for (const { run = '', tokens, cost, cached, written, ...who } of spent) {
    const name = who[by] ?? (by === 'agent' ? agents.get(run) : undefined)
    if (name === undefined) continue
    const row = rowOf(name)
    if (agents.has(run)) row.runs.add(run)
    Object.assign(row, addUsage(row, { total_tokens: tokens }, cost))
    row.cached = addTokens(row.cached, cached)
    row.written = addTokens(row.written, written)
  }
  return Object.fromEntries([...rows].map(([name, row]) => [name, tallyOf(row)]))
}

interface Row {
  tokens: number
  cost: number
  cached: number
  written: number
  readonly runs: Set<string>
}

function tallyOf({ runs, tokens, cost, cached, written }: Row): Tally {
  return {
    ...{ runs: runs.size, tokens, cost },
    ...(cached === 0 ? undefined : { cachedTokens: cached }),
    ...(written === 0 ? undefined : { writtenTokens: written }),
  }
}
