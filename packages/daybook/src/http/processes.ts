// What routes of processes that live on share: who may reach one, where it is, and how it stands now.

import { hostname } from 'node:os'
import type { HostProcess } from '../program/host/contract.ts'
import type { LiveProcesses } from '../program/live.ts'
import { DaybookError, type ErrorCode, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { RunId } from '../schema/ids.ts'
import type { DataOf } from '../schema/kinds.ts'
import { moment, momentOrNull } from '../schema/wire.ts'
import type { ProcessStateShape } from '../schema/wire-processes.ts'
import { owns } from '../session/assemble.ts'
import type { Session } from '../session/contract.ts'
import { processesOf } from '../session/views/wire.ts'
import { hostName } from '../work/programs/known.ts'
import { newest, newestEntry } from '../work/programs/newest.ts'
import type { Call } from './call.ts'
import type { Driven } from './context.ts'

export const processPath = '/sessions/{session_id}/processes/{process_id}'
/** Of all that only looks at a process. */
export const processErrors = [
  'unauthenticated',
  'forbidden',
  'invalid_state',
  'unreachable',
] as const satisfies ErrorCode[]

export interface LiveSession {
  readonly session: Session
  readonly head: Head
  readonly driven: Driven
}

export interface Found extends LiveSession {
  readonly id: string
  /** At the host. */
  readonly name: string
  readonly started: DataOf<'process.started'>
}

/** `unauthenticated` or `forbidden` for whoever is not the session's owner with the key of the user. */
export async function drivenSession(call: Call, id: string): Promise<LiveSession> {
  const driven = call.driven
  const { session, head } = await call.seen(id)
  if (!owns(head, call.mine.scope))
    throw new DaybookError('forbidden', 'only the owner of a session reaches its processes')
  return { session, head, driven }
}

/** A process of the session itself: those of a fork's base are reached there. */
export async function foundProcess(call: Call, { session_id, process_id }: ProcessPath): Promise<Found> {
  const live = await drivenSession(call, session_id)
  const { session, head } = live
  const own = head.base?.seq ?? 0
  const started = await newest(session, 'process.started', own, (data) => data.process_id === process_id)
  if (!started) {
    throw new DaybookError('not_found', `session ${session_id} has no process ${process_id}`, { field: 'process_id' })
  }
  return { ...live, id: process_id, name: hostName(session.id, process_id), started }
}

export interface ProcessPath {
  readonly session_id: string
  readonly process_id: string
}

/** The process as its host has it; `invalid_state` where it is on another machine or has ended. */
export async function alive(found: Found): Promise<HostProcess> {
  const process = await atHost(found)
  if (process !== null && process.exit === null) return process
  throw new DaybookError('invalid_state', 'the process has ended', {
    hint: 'A prompt to its program begins another one.',
  })
}

/** Null where the host does not know it any more. */
export async function atHost({ started, name, driven }: Found): Promise<HostProcess | null> {
  if (started.host !== hostname()) {
    throw new DaybookError('invalid_state', `the process is on the machine ${started.host}`, {
      hint: 'Ask a server of that machine.',
    })
  }
  return driven.live.processes.get(name)
}

/** `forbidden` where this server lets nobody type into processes. */
export function checkTyping({ driven }: Found): void {
  if (driven.rawInput) return
  throw new DaybookError('forbidden', 'this server lets nobody type into processes')
}

/** Before keys are sent: where they end a line, what comes of it goes into the log at once. */
export async function toldTyping({ driven, name }: Found, keys: Buffer): Promise<void> {
  if (keys.includes('\r') || keys.includes('\n')) await driven.watch.typing(name)
}

/** The run that is at work in this process, if one is. */
export async function runIn({ session, head, id }: Found): Promise<RunId | null> {
  const open = head.openRuns.find(({ status, parent }) => status !== 'queued' && parent === undefined)
  if (!open) return null
  const taken = await newest(session, 'process.ready', 0, (data) => data.run_id === open.run)
  const begun = taken ?? (await newest(session, 'process.started', 0, (data) => data.run_id === open.run))
  return begun?.process_id === id ? open.run : null
}

export async function stateOf(found: Found): Promise<ProcessStateShape> {
  const { session, id, driven } = found
  const { processes } = processesOf(session.id, await session.view('processes'))
  const process = processes.find(({ process_id }) => process_id === id)
  if (!process) throw new DaybookError('not_found', 'the session was rewound behind the start of this process')
  const here = found.started.host === hostname() ? await driven.live.processes.get(found.name) : null
  const living = here !== null && here.exit === null
  const now = living ? await nowOf(found, here, driven.live.processes) : null
  return { session_id: session.id, process, alive: living, now, at_work: await workOf(session, id) }
}

async function nowOf(
  { name, driven }: Found,
  { mode, offset, kept, printedAt }: HostProcess,
  processes: LiveProcesses,
): Promise<ProcessStateShape['now']> {
  const printed_at = momentOrNull(printedAt == null ? null : Math.round(printedAt))
  const counts = { offset, kept, printed_at, attached: driven.watch.attached(name) }
  const none = { ...counts, cols: null, rows: null, title: null }
  if (mode !== 'pty') return none
  try {
    const { cols, rows, title } = await processes.look(name)
    return { ...counts, cols, rows, title }
  } catch (error) {
    if (isDaybookError(error) && error.code === 'invalid_state') return none // it ended meanwhile
    throw error
  }
}

async function workOf(session: Session, id: string): Promise<ProcessStateShape['at_work']> {
  const found = await newestEntry(session, 'process.activity_changed', 0, (data) => data.process_id === id)
  if (!found) return null
  const { active, by, value, seen } = found.data
  const ticks = { ...(value === undefined ? {} : { value }), ...(seen === undefined ? {} : { seen }) }
  return { active, by, ...ticks, at: moment(found.entry.at) }
}
