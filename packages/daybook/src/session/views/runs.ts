// The view `runs`: every run with its status, steps and result.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Json } from '../../schema/json.ts'
import type { DataOf, Kind } from '../../schema/kinds.ts'
import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { RunsView, RunView, StepView } from './contract.ts'
import type { Moment } from './views.ts'

type Open = { -readonly [Name in keyof RunView]: RunView[Name] }

export const runKinds = [
  'run.queued',
  'run.started',
  'run.waiting',
  'run.finished',
  'run.cancelled',
  'run.withdrawn',
  'run.edited',
  'run.resumed',
  'step.started',
  'step.finished',
  'step.resolved',
  'step.undone',
] as const satisfies readonly Kind[]
type RunKind = (typeof runKinds)[number]

export async function runsView({ store, head }: Moment): Promise<RunsView> {
  const runs = await foldRuns(activeEntries(store, head.session, head.seq, { kinds: runKinds }))
  // Without an end and not open: begun before a fork or on a branch that a rewind left.
  const open = new Set(head.openRuns.map(({ run }) => run))
  return { runs: runs.filter(({ run, finishedAt }) => finishedAt !== null || open.has(run)) }
}

/** Runs from their entries, oldest first. */
export async function foldRuns(
  entries: AsyncIterable<StoredEntry> | Iterable<StoredEntry>,
): Promise<readonly RunView[]> {
  const runs = new Map<string, Open>()
  for await (const entry of entries) {
    const data = dataOf(entry) as { run_id: string } | null
    if (!data) continue
    const run = runs.get(data.run_id) ?? blank(data.run_id, entry)
    runs.set(data.run_id, run)
    const apply = appliers[entry.kind as RunKind] as (run: Open, data: unknown, entry: StoredEntry, all: Runs) => void
    apply(run, data, entry, runs)
  }
  return [...runs.values()]
}

type Runs = ReadonlyMap<string, Open>

function blank(run: string, entry: StoredEntry): Open {
  const times = { queuedAt: entry.at, startedAt: null, finishedAt: null, durationMs: null }
  return { run, status: 'queued', ...times, steps: [], seq: entry.seq }
}

const appliers: {
  readonly [K in RunKind]: (run: Open, data: DataOf<K>, entry: StoredEntry, all: Runs) => void
} = {
  'run.queued': (run, { parent, agent, skill, reason, input, routing, undoes }) => {
    Object.assign(run, defined({ parent, agent, skill, reason, input: input as Json | undefined, routing, undoes }), {
      status: 'queued',
    })
  },
  'run.started': (run, { agent, skill, version }, entry) => {
    goesOn(run)
    Object.assign(run, defined({ agent, skill, version }), {
      status: 'running',
      startedAt: run.startedAt ?? entry.at,
    })
  },
  'run.waiting': (run, { reason, until, summary, budget }) => {
    goesOn(run)
    Object.assign(
      run,
      { status: 'waiting', reason },
      defined({ summary, budget }),
      until === undefined ? undefined : { until: Date.parse(until) },
    )
  },
  'run.finished': (run, { status, reason, output, error, model, usage, cost, duration_ms }, entry) => {
    goesOn(run)
    Object.assign(run, defined({ reason, output: output as Json | undefined, error, model, usage, cost }), { status })
    end(run, entry, duration_ms)
  },
  'run.cancelled': (run, { reason }, entry) => {
    goesOn(run)
    Object.assign(run, { status: 'cancelled', reason })
    end(run, entry)
  },
  'run.withdrawn': (run, _data, entry) => {
    Object.assign(run, { status: 'cancelled', reason: 'withdrawn' })
    end(run, entry)
  },
  'run.edited': (run, { input, skill, routing }) => {
    delete run.skill
    delete run.routing
    Object.assign(run, { input }, defined({ skill, routing }))
  },
  'run.resumed': (run) => {
    goesOn(run)
    run.status = 'queued'
  },
  'step.started': (run, { step, name, attempt = 1 }, entry) => {
    const begun: StepView = { step, name, status: 'running', attempt, startedAt: entry.at, finishedAt: null }
    const at = run.steps.findIndex((one) => one.step === step)
    run.steps = at < 0 ? [...run.steps, begun] : run.steps.with(at, begun)
  },
  'step.finished': (run, { step, error, unknown }, entry) => {
    mark(run, step, unknown ? 'unknown' : error === undefined ? 'done' : 'failed', entry)
  },
  'step.resolved': (run, { step, resolution }, entry) => {
    if (resolution !== 'retry') mark(run, step, resolution === 'done' ? 'done' : 'failed', entry)
  },
  'step.undone': (_run, { of, step, error }, entry, all) => {
    const undone = all.get(of)
    if (undone && error === undefined) mark(undone, step, 'undone', entry)
  },
}

function mark(run: Open, step: string, status: StepView['status'], entry: StoredEntry): void {
  run.steps = run.steps.map((one) => (one.step === step ? { ...one, status, finishedAt: entry.at } : one))
}

/** What only the status before it had does not stay. */
function goesOn(run: Open): void {
  delete run.reason
  delete run.until
  delete run.summary
  delete run.budget
}

function end(run: Open, entry: StoredEntry, duration?: number): void {
  run.finishedAt = entry.at
  run.durationMs = duration ?? entry.at - (run.startedAt ?? run.queuedAt)
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}
