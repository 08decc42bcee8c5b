// The view `runs`: every run with its status, steps and result.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Json } from '../../schema/json.ts'
import type { DataOf, Kind } from '../../schema/kinds.ts'
import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { RunsView, RunView, StepView } from './contract.ts'
import type { Moment } from './views.ts'

type Open = { -readonly [Name in keyof RunView]: RunView[Name] } & { steps: StepView[] }

const runKinds = [
  'run.queued',
  'run.started',
  'run.waiting',
  'run.finished',
  'run.cancelled',
  'step.started',
  'step.finished',
] as const satisfies readonly Kind[]
type RunKind = (typeof runKinds)[number]

export async function runsView({ store, head }: Moment): Promise<RunsView> {
  const runs = new Map<string, Open>()
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds: runKinds })) {
    const data = dataOf(entry) as { run_id: string } | null
    if (!data) continue
    const run = runs.get(data.run_id) ?? blank(data.run_id, entry)
    runs.set(data.run_id, run)
    const apply = appliers[entry.kind as RunKind] as (run: Open, data: unknown, entry: StoredEntry) => void
    apply(run, data, entry)
  }
  // Without an end and not open: begun before a fork or on a branch that a rewind left.
  const open = new Set(head.openRuns.map(({ run }) => run))
  return { runs: [...runs.values()].filter(({ run, finishedAt }) => finishedAt !== null || open.has(run)) }
}

function blank(run: string, entry: StoredEntry): Open {
  const times = { queuedAt: entry.at, startedAt: null, finishedAt: null, durationMs: null }
  return { run, status: 'queued', ...times, steps: [], seq: entry.seq }
}

const appliers: {
  readonly [K in RunKind]: (run: Open, data: DataOf<K>, entry: StoredEntry) => void
} = {
  'run.queued': (run, { parent, agent, skill, reason, input }) => {
    Object.assign(run, defined({ parent, agent, skill, reason, input: input as Json | undefined }), {
      status: 'queued',
    })
  },
  'run.started': (run, { agent }, entry) => {
    delete run.reason
    Object.assign(run, defined({ agent }), { status: 'running', startedAt: run.startedAt ?? entry.at })
  },
  'run.waiting': (run, { reason }) => {
    Object.assign(run, { status: 'waiting', reason })
  },
  'run.finished': (run, { status, reason, output, error, model, usage, cost, duration_ms }, entry) => {
    delete run.reason
    Object.assign(run, defined({ reason, output: output as Json | undefined, error, model, usage, cost }), { status })
    end(run, entry, duration_ms)
  },
  'run.cancelled': (run, { reason }, entry) => {
    Object.assign(run, { status: 'cancelled', reason })
    end(run, entry)
  },
  'step.started': (run, { step, name }, entry) => {
    run.steps.push({ step, name, status: 'running', startedAt: entry.at, finishedAt: null })
  },
  'step.finished': (run, { step, error, unknown }, entry) => {
    const status = unknown ? 'unknown' : error === undefined ? 'done' : 'failed'
    run.steps = run.steps.map((one) => (one.step === step ? { ...one, status, finishedAt: entry.at } : one))
  },
}

function end(run: Open, entry: StoredEntry, duration?: number): void {
  run.finishedAt = entry.at
  run.durationMs = duration ?? entry.at - (run.startedAt ?? run.queuedAt)
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}
