// A finished run as entries, for callers who did the work themselves and record it.

import type { NewEntry } from '../schema/entries.ts'
import { newId } from '../schema/ids.ts'
import type { RunRecord } from './contract.ts'

/** Queued, started and finished, in one append. */
export function runEntries(record: RunRecord, now: number): readonly NewEntry[] {
  const run = record.id ?? newId('run', now)
  const { agent, model, input, output, usage, cost, durationMs, error, status = error ? 'failed' : 'done' } = record
  const who = agent === undefined ? undefined : { agent }
  return [
    { kind: 'run.queued', run, data: { run_id: run, ...who, ...(input === undefined ? undefined : { input }) } },
    { kind: 'run.started', run, data: { run_id: run, ...who } },
    {
      kind: 'run.finished',
      run,
      data: {
        run_id: run,
        status,
        ...(status === 'failed' ? { reason: 'error' as const } : undefined),
        ...(output === undefined ? undefined : { output }),
        ...(error === undefined ? undefined : { error }),
        ...(model === undefined ? undefined : { model }),
        ...(usage === undefined ? undefined : { usage }),
        ...(cost === undefined ? undefined : { cost }),
        ...(durationMs === undefined ? undefined : { duration_ms: durationMs }),
      },
    },
  ]
}
