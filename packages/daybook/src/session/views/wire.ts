// Views as they stand on the wire: the names of existing clients over the folds of the engine.

import type { Cell, Head } from '../../schema/heads.ts'
import { uniqueTail } from '../../schema/ids.ts'
import { totalTokens } from '../../schema/usage.ts'
import { cellOf, moment, momentOrNull, sessionOf } from '../../schema/wire.ts'
import type { RunShape, SessionShape } from '../../schema/wire-shapes.ts'
import type {
  AgentHandoffShape,
  AgentsShape,
  FilesShape,
  HistoryMessageShape,
  HistoryShape,
  MetricsShape,
  NotesShape,
  ProcessesShape,
} from '../../schema/wire-views.ts'
import type { ScopedSessions } from '../contract.ts'
import type {
  AgentsView,
  FilesView,
  Handoff,
  HistoryMessage,
  HistoryView,
  MetricsView,
  NotesView,
  ProcessesView,
  RunView,
} from './contract.ts'

/** Without the members that are undefined. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

/** A session with its cell, and with the shortest tail that tells its id from all that the caller sees. */
export async function sessionShape(mine: ScopedSessions, head: Head, cell: Cell): Promise<SessionShape> {
  const others = await mine.byTail(uniqueTail(head.session, []))
  const tail = uniqueTail(
    head.session,
    others.map((other) => other.session),
  )
  return { ...sessionOf(head, tail), ...cellOf(cell) }
}

/** What a history says beside its messages. */
export function historyRest(view: HistoryView): Omit<HistoryShape, 'session_id' | 'messages'> {
  return {
    message_count: view.messageCount,
    last_activity: moment(view.lastActivity),
    current_agent: view.currentAgent,
    agent_history: view.agents.map(handoffOf),
    context: view.context,
  }
}

function handoffOf({ from, to, reason, at }: Handoff): AgentHandoffShape {
  return { from, to, reason, timestamp: moment(at) }
}

export function messageOf({ seq, at, ...message }: HistoryMessage): HistoryMessageShape {
  return { ...present(message), seq, at: moment(at) } as HistoryMessageShape
}

export function agentsOf(session: string, view: AgentsView): AgentsShape {
  return {
    session_id: session,
    current_agent: view.currentAgent,
    agent_history: view.history.map(handoffOf),
    switch_count: view.switches,
    context_metadata: view.metadata,
    created_at: moment(view.createdAt),
    last_switch_at: momentOrNull(view.lastSwitchAt),
  }
}

export function runOf(session: string, run: RunView): RunShape {
  const { usage } = run
  return present({
    run_id: run.run,
    session_id: session,
    parent: run.parent,
    status: run.status,
    reason: run.reason,
    agent: run.agent,
    skill: run.skill,
    version: run.version,
    model: run.model,
    input: run.input,
    routing: run.routing && { ...run.routing, alternatives: [...run.routing.alternatives] },
    undoes: run.undoes,
    until: run.until === undefined ? undefined : moment(run.until),
    summary: run.summary,
    budget: run.budget,
    output: run.output,
    error: run.error,
    usage: usage && { ...usage, total_tokens: totalTokens(usage) },
    cost: run.cost,
    queued_at: moment(run.queuedAt),
    started_at: momentOrNull(run.startedAt),
    finished_at: momentOrNull(run.finishedAt),
    duration_ms: run.durationMs,
    steps: run.steps.map((step) => ({
      step_id: step.step,
      name: step.name,
      status: step.status,
      attempt: step.attempt,
      started_at: moment(step.startedAt),
      finished_at: momentOrNull(step.finishedAt),
    })),
    seq: run.seq,
  }) as RunShape
}

export function filesOf(session: string, view: FilesView): FilesShape {
  const files = view.files.map(({ at, ...file }) => ({ ...present(file), at: moment(at) }))
  return { session_id: session, files, pinned: [...view.pinned] } as FilesShape
}

export function processesOf(session: string, view: ProcessesView): ProcessesShape {
  const processes = view.processes.map(({ process, run, exitCode, startedAt, exitedAt, ...rest }) => ({
    process_id: process,
    ...(run === undefined ? {} : { run_id: run }),
    ...rest,
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    started_at: moment(startedAt),
    exited_at: exitedAt === null ? null : moment(exitedAt),
  }))
  return { session_id: session, processes } as ProcessesShape
}

export function notesOf(session: string, view: NotesView): NotesShape {
  const notes = view.notes.map(({ at, ...note }) => ({ ...present(note), at: moment(at) }))
  return { session_id: session, notes } as NotesShape
}

export function metricsOf(session: string, view: MetricsView): MetricsShape {
  return {
    session_id: session,
    total_runs: view.totalRuns,
    total_tokens: view.totalTokens,
    cost: view.cost,
    avg_response_time_ms: view.avgResponseTimeMs,
    p95_response_time_ms: view.p95ResponseTimeMs,
    success_rate: view.successRate,
    by_agent: talliesOf(view.byAgent),
    by_model: talliesOf(view.byModel),
  }
}

function talliesOf(tallies: MetricsView['byAgent']): MetricsShape['by_agent'] {
  return Object.fromEntries(
    Object.entries(tallies).map(([name, { cachedTokens, writtenTokens, ...tally }]) => [
      name,
      present({ ...tally, cached_tokens: cachedTokens, written_tokens: writtenTokens }),
    ]),
  )
}
