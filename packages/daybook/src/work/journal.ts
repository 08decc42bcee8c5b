// The journal of a run, read back from the log: what was asked, which steps are done, what was decided.

import type { StoredEntry } from '../schema/entries.ts'
import type { RunId, Seq } from '../schema/ids.ts'
import { type Json, limits } from '../schema/json.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import type { Session } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'

export interface StepRecord {
  readonly name: string
  input?: unknown
  /** How often it began. */
  attempts: number
  failures: number
  /** The last attempt's end; undefined while nobody knows. */
  end?: DataOf<'step.finished'>
  resolution?: DataOf<'step.resolved'>
}

export interface AskedRecord {
  readonly until: number | null
  status: 'open' | 'approved' | 'denied' | 'expired' | 'answered'
  answer?: Json
  comment?: string
}

export interface RunRecord {
  readonly run: RunId
  readonly seq: Seq
  readonly actor: string
  /** When it was asked for, milliseconds since 1970. */
  at: number
  /** Content hash of the skill that began it. */
  version?: string
  queued: DataOf<'run.queued'>
  begun: boolean
  waiting: boolean
  ended: { readonly output?: Json; readonly error?: { code: string; message: string }; reason?: string } | null
  readonly steps: Map<string, StepRecord>
  readonly asked: Map<string, AskedRecord>
  readonly waits: Map<string, { readonly until: number; ended: boolean }>
  readonly steered: Json[]
}

export type Journal = Map<RunId, RunRecord>

const journalKinds = [
  'run.queued',
  'run.started',
  'run.waiting',
  'run.finished',
  'run.cancelled',
  'run.edited',
  'run.steered',
  'step.started',
  'step.finished',
  'step.resolved',
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'question.asked',
  'question.answered',
  'wait.started',
  'wait.ended',
] as const satisfies readonly Kind[]
type JournalKind = (typeof journalKinds)[number]

/** A journal so near to the end of the log is read with all that stands between: the index of kinds is for long ones. */
const nearBy = 256

/** The journal of what was queued at `from` or later, in a session whose last entry is `end`. */
export async function readJournal(session: Session, from: Seq, end: Seq): Promise<Journal> {
  const runs: Journal = new Map()
  const kinds = end - from < nearBy ? {} : { kinds: journalKinds }
  for (let after = from - 1; ; ) {
    const page = await session.stored({ after, ...kinds, limit: limits.pageItems })
    for (const entry of page) note(runs, entry)
    const last = page.at(-1)
    if (!last || page.length < limits.pageItems) return runs
    after = last.seq
  }
}

/** The journal that these entries make. */
export function journalOf(entries: readonly StoredEntry[]): Journal {
  const runs: Journal = new Map()
  for (const entry of entries) note(runs, entry)
  return runs
}

function note(runs: Journal, entry: StoredEntry): void {
  const reader = readers[entry.kind as JournalKind] as ((run: RunRecord, data: unknown, at: number) => void) | undefined
  const data = reader && (dataOf(entry) as { readonly run_id: string } | null)
  if (!reader || !data) return
  let run = runs.get(data.run_id)
  if (!run) {
    if (entry.kind !== 'run.queued') return
    run = blank(entry, data)
    runs.set(run.run, run)
  }
  reader(run, data, entry.at)
}

/** The journal of a run that has only been asked for. */
export function blank(entry: Pick<StoredEntry, 'seq' | 'actor' | 'at'>, queued: DataOf<'run.queued'>): RunRecord {
  return {
    run: queued.run_id,
    seq: entry.seq,
    actor: entry.actor,
    at: entry.at,
    queued,
    begun: false,
    waiting: false,
    ended: null,
    steps: new Map(),
    asked: new Map(),
    waits: new Map(),
    steered: [],
  }
}

const readers: { readonly [K in JournalKind]: (run: RunRecord, data: DataOf<K>, at: number) => void } = {
  'run.queued': (run, data) => {
    run.queued = { ...run.queued, ...data }
  },
  'run.started': (run, { version }) => {
    run.begun = true
    run.waiting = false
    if (version !== undefined) run.version ??= version
  },
  'run.waiting': (run) => {
    run.waiting = true
  },
  'run.finished': (run, { output, error, reason }) => {
    run.ended = {
      ...(output === undefined ? undefined : { output: output as Json }),
      ...(error === undefined ? undefined : { error }),
      ...(reason === undefined ? undefined : { reason }),
    }
  },
  'run.cancelled': (run, { reason }) => {
    run.ended = { error: { code: 'cancelled', message: `cancelled: ${reason}` }, reason }
  },
  'run.edited': (run, { input, skill, routing }, at) => {
    run.at = at
    const { skill: _skill, routing: _routing, ...queued } = run.queued
    run.queued = {
      ...queued,
      input,
      ...(skill === undefined ? undefined : { skill }),
      ...(routing === undefined ? undefined : { routing }),
    }
  },
  'run.steered': (run, { input }) => {
    run.steered.push(input as Json)
  },
  'step.started': (run, { step, name, input }) => {
    const record = run.steps.get(step) ?? { name, attempts: 0, failures: 0 }
    run.steps.set(step, record)
    record.attempts += 1
    record.input = input
    delete record.end
    delete record.resolution
  },
  'step.finished': (run, data) => {
    const record = run.steps.get(data.step)
    if (!record) return
    record.end = data
    if (data.error !== undefined) record.failures += 1
  },
  'step.resolved': (run, data) => {
    const record = run.steps.get(data.step)
    if (record) record.resolution = data
  },
  'approval.requested': (run, { approval_id, until }) => {
    run.asked.set(approval_id, { until: momentOf(until), status: 'open' })
  },
  'approval.decided': (run, { approval_id, decision, comment }) => {
    settle(run, approval_id, decision, comment)
  },
  'approval.expired': (run, { approval_id }) => {
    settle(run, approval_id, 'expired')
  },
  'question.asked': (run, { question_id, until }) => {
    run.asked.set(question_id, { until: momentOf(until), status: 'open' })
  },
  'question.answered': (run, { question_id, answer }) => {
    const asked = run.asked.get(question_id)
    if (asked) Object.assign(asked, { status: 'answered', answer })
  },
  'wait.started': (run, { wait_id, until }) => {
    run.waits.set(wait_id, { until: Date.parse(until), ended: false })
  },
  'wait.ended': (run, { wait_id }) => {
    const wait = run.waits.get(wait_id)
    if (wait) wait.ended = true
  },
}

function settle(run: RunRecord, id: string, status: AskedRecord['status'], comment?: string): void {
  const asked = run.asked.get(id)
  if (asked) Object.assign(asked, { status }, comment === undefined ? undefined : { comment })
}

function momentOf(time: string | undefined): number | null {
  return time === undefined ? null : Date.parse(time)
}
