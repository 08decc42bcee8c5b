// What the queue's commands write on a given head: pure, and asked again after every lost race.

import type { NewEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Head, OpenRun } from '../schema/heads.ts'
import type { RunId, Seq } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { DataOf } from '../schema/kinds.ts'
import { firstAgent } from '../schema/states.ts'
import type { Route, RunFields } from './contract.ts'
import { entryOf, moment } from './entry.ts'
import type { Agent, Agents } from './performer.ts'
import type { RunCaller } from './skills/contract.ts'

export interface Wanted {
  readonly run: RunId
  readonly fields: RunFields
  readonly now: number
  readonly undoes?: RunId
  /** Whoever asks may give prompts to programs. */
  readonly programs: boolean
  /** The skill that is asked for is only for them. */
  readonly needsPrograms?: boolean
  readonly route: (text: string) => Route
}

/** Runs that may be open in one session: the head carries them. */
const mostOpen = 512

export function queueEntries(head: Head, wanted: Wanted, agents: Agents): readonly NewEntry[] {
  const { fields, run } = wanted
  const roots = head.openRuns.filter(({ parent }) => parent === undefined)
  const present = roots.find(({ status }) => status !== 'queued')
  if (head.openRuns.length >= mostOpen) throw busy(`${head.session} has ${head.openRuns.length} open runs`)
  if (fields.onBusy === 'reject' && roots.length > 0) throw busy(`${head.session} has an open run`)
  if (fields.onBusy === 'steer' && present && agents.get(head.currentAgent)?.steerable) {
    return [entryOf('run.steered', present.run, { input: fields.input ?? null })]
  }
  const agent = agentOf(head, wanted, agents)
  checkInput(agent, fields)
  checkAgent(agent, wanted.programs)
  const queued = entryOf('run.queued', run, queuedData(wanted, agent, roots.length > 0))
  if (fields.onBusy !== 'interrupt' || !present) return [queued]
  const next = roots.find(({ status }) => status === 'queued')
  return [
    ...cancelEntries(head, present.run, 'interrupted'),
    queued,
    ...(next ? [entryOf('run.moved', run, { before: next.run })] : []),
  ]
}

/** Skills are chosen by what a text says; other agents know what they take. */
function checkInput(agent: Agent | undefined, { input }: RunFields): void {
  if (agent?.kind !== 'skills' || typeof input === 'string') return
  throw new DaybookError('invalid', 'an input that is no text needs a skill', { field: 'skill' })
}

/** How whoever lacks it gets the right to programs. */
export const keyHint =
  'The command line sends the key by itself; others send it as `Authorization: Bearer`, from the file `key`.'

/** `forbidden`, to whoever did not show the key of the user: `field` names the header that brings it. */
export function keyMissing(why: string): DaybookError {
  return new DaybookError('forbidden', why, { field: 'Authorization', hint: keyHint })
}

/** A prompt to a program is a command on this machine: `forbidden` for whoever may not give one. */
export function checkAgent(agent: Agent | undefined, programs: boolean): void {
  if (agent?.kind !== 'program' || programs) return
  throw keyMissing(`${agent.name} is a program of this machine: that takes the key of its user`)
}

/** What is said to a run that may use programs reaches them: `forbidden` for whoever may not. */
export function checkCaller(caller: RunCaller | undefined, programs: boolean): void {
  if (!caller?.programs || programs) return
  throw keyMissing('this run may use programs of this machine: that takes the key of its user')
}

/** Whoever asked, as it is recorded. */
function callerOf({ fields, programs, needsPrograms }: Wanted, agent: Agent | undefined): RunCaller {
  const { programs: _, ...caller } = fields.caller ?? {}
  const chooses = agent?.kind === 'model' || agent?.kind === 'team'
  return programs && (needsPrograms || chooses) ? { ...caller, programs: true } : caller
}

/** Who takes the turn where no skill was named: the named agent, the session's, or the orchestrator. */
function agentOf(head: Head, { fields }: Wanted, agents: Agents): Agent | undefined {
  if (fields.skill !== undefined) return undefined
  return agents.get(fields.agent ?? head.currentAgent) ?? agents.get(firstAgent)
}

type Queued = Omit<DataOf<'run.queued'>, 'run_id'>

function queuedData(wanted: Wanted, agent: Agent | undefined, behind: boolean): Queued {
  const { fields, now, undoes, route } = wanted
  const { input, skill, model, timeoutMs } = fields
  const caller = callerOf(wanted, agent)
  return {
    ...(input === undefined ? undefined : { input }),
    ...(agent === undefined ? undefined : { agent: agent.name }),
    ...(skill === undefined ? undefined : { skill }),
    ...(model === undefined ? undefined : { model }),
    ...(agent?.kind === 'skills' && typeof input === 'string' ? routingOf(route(input)) : undefined),
    ...(Object.keys(caller).length > 0 ? { caller: caller as NonNullable<Queued['caller']> } : undefined),
    ...(undoes === undefined ? undefined : { undoes }),
    ...(timeoutMs === undefined ? undefined : { deadline: moment(now + timeoutMs) }),
    ...(behind ? { reason: 'busy' as const } : undefined),
  }
}

function routingOf({ skill, confidence, alternatives }: Route): Required<Pick<Queued, 'routing'>> & { skill?: string } {
  return {
    ...(skill === null ? undefined : { skill }),
    routing: { confidence, alternatives: alternatives.map((one) => ({ ...one })) },
  }
}

/** @param chosen the skill that a caller named; one that was found for the old text is found again */
export function editEntries(
  head: Head,
  run: RunId,
  input: Json,
  expect: Seq | undefined,
  chosen: { readonly skill?: string; readonly routed: boolean },
  route: (text: string) => Route,
): readonly NewEntry[] {
  mustBeOpen(head, run, 'queued', expect)
  const kept = chosen.skill !== undefined && !chosen.routed ? { skill: chosen.skill } : undefined
  const routed = !kept && chosen.routed && typeof input === 'string' ? routingOf(route(input)) : undefined
  return [entryOf('run.edited', run, { input, ...kept, ...routed })]
}

export function moveEntries(
  head: Head,
  run: RunId,
  before: RunId | null,
  expect: Seq | undefined,
): readonly NewEntry[] {
  mustBeOpen(head, run, 'queued', expect)
  if (before !== null) mustBeOpen(head, before, 'queued')
  return [entryOf('run.moved', run, { before })]
}

/** Ends a run and what it had begun. */
export function cancelEntries(head: Head, run: RunId, reason: DataOf<'run.cancelled'>['reason']): readonly NewEntry[] {
  mustBeOpen(head, run)
  const gone = new Set([run])
  for (const open of head.openRuns) if (open.parent !== undefined && gone.has(open.parent)) gone.add(open.run)
  return [...gone].reverse().map((one) => entryOf('run.cancelled', one, { reason }))
}

/** @throws DaybookError `invalid_state` for a run that is not (any more) so, `conflict` for another seq of its last change */
export function mustBeOpen(head: Head, run: RunId, status?: OpenRun['status'], expect?: Seq): OpenRun {
  const open = head.openRuns.find((one) => one.run === run)
  if (!open) throw new DaybookError('invalid_state', `${run} is over`)
  if (status !== undefined && open.status !== status) {
    throw new DaybookError('invalid_state', `${run} is ${open.status}, not ${status}`)
  }
  const changed = open.edited ?? open.seq
  if (expect !== undefined && expect !== changed) {
    throw new DaybookError('conflict', `${run} was changed at ${changed}`, { seq: changed })
  }
  return open
}

function busy(message: string): DaybookError {
  return new DaybookError('busy', message)
}
