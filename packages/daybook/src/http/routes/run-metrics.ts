// Figures over the runs of many sessions.

import { DaybookError } from '../../schema/errors.ts'
import { moment } from '../../schema/wire.ts'
import { RunMetricsQuery } from '../../schema/wire-run-requests.ts'
import { RunMetrics, type RunMetricsShape } from '../../schema/wire-runs.ts'
import { type RunFigures, runMetrics } from '../../work/metrics.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'

const usualSpan = 30 * 24 * 3_600_000

const metrics = route(
  {
    method: 'GET',
    path: '/metrics/runs',
    operation: 'getRunMetrics',
    tag: 'runs',
    summary: 'Figures over the runs of all sessions',
    details:
      'By session, agent, model, skill, user or day (UTC), over open and archived sessions. Rewound runs do not count.',
    query: RunMetricsQuery,
    answers: { 200: { description: 'The figures.', schema: RunMetrics, example: examples.runMetrics } },
  },
  async ({ context, mine, query }) => {
    const { group = 'day', agent, user, limit = 100 } = query
    // What was queued in this millisecond counts too.
    const until = query.until === undefined ? context.store.now() + 1 : Date.parse(query.until)
    const since = query.since === undefined ? until - usualSpan : Date.parse(query.since)
    if (since > until) throw new DaybookError('invalid', 'since is after until', { field: 'since' })
    const found = await runMetrics(mine, {
      group,
      since,
      until,
      ...(agent === undefined ? {} : { agent }),
      ...(user === undefined ? {} : { user }),
    })
    const body: RunMetricsShape = {
      group,
      since: moment(since),
      until: moment(until),
      total: figuresOf(found.total),
      groups: found.groups.slice(0, limit).map((one) => ({ key: one.key, ...figuresOf(one) })),
      group_count: found.groups.length,
    }
    return { body: JSON.stringify(body) }
  },
)

function figuresOf({
  runs,
  done,
  failed,
  successRate,
  avgMs,
  p95Ms,
  tokens,
  cached,
  written,
  cost,
}: RunFigures): RunMetricsShape['total'] {
  return {
    runs,
    done,
    failed,
    success_rate: successRate,
    avg_response_time_ms: avgMs,
    p95_response_time_ms: p95Ms,
    total_tokens: tokens,
    cached_tokens: cached,
    written_tokens: written,
    cost,
  }
}

export const runMetricsRoutes: readonly Route[] = [metrics]
