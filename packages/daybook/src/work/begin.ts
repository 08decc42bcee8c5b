// What the beginning of a run writes: its message once, that it is under way, and the call of a skill that is one step.

import type { NewEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import { type Actor, type IdPrefix, idFromDigest, type RunId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { DataOf } from '../schema/kinds.ts'
import { digestOf } from '../store/hash.ts'
import { filesOf } from './agents/attachments.ts'
import { entryOf, textOf } from './entry.ts'
import type { RunRecord } from './journal.ts'
import type { Agents, FirstStep, Performer } from './performer.ts'
import { type ApprovalPolicy, guarded } from './policy.ts'
import { isOpening } from './programs/prompt.ts'
import { mayCall, needsApproval, skillPerformer } from './skill-performer.ts'
import type { RunCaller, Skill, Skills } from './skills/contract.ts'

type Beginner = Pick<RunRecord, 'run' | 'seq' | 'actor' | 'begun' | 'queued'>

/** @param fence of the lease that it begins under; none where the lease is taken with these entries */
export function beginEntries(record: Beginner, skills: Skills, fence?: number): NewEntry[] {
  const { agent, skill, undoes } = record.queued
  const input = record.queued.input as Json | undefined
  const isSaid = undoes === undefined && !(skill === undefined && isOpening(input))
  const content = isSaid ? textOf(input) : ''
  const version = skill === undefined ? undefined : skills.get(skill)?.hash
  const started = entryOf('run.started', record.run, {
    ...(agent === undefined ? undefined : { agent }),
    ...(skill === undefined ? undefined : { skill }),
    ...(version === undefined ? undefined : { version }),
    ...(fence === undefined ? undefined : { fence }),
  })
  const files = isSaid ? filesOf(input) : []
  if (record.begun || (content === '' && files.length === 0)) return [started]
  const data = { role: 'user' as const, content, ...(files.length === 0 ? undefined : { parts: [...files] }) }
  return [{ kind: 'message', run: record.run, cause: record.seq, actor: record.actor, data }, started]
}

/** A run that begins with the very append that asks for it. */
export interface Beginning {
  readonly entries: readonly NewEntry[]
  /** The first step, when its beginning is among the entries, and who performs it: that very one, whatever is there later. */
  readonly call: { readonly step: string; readonly performer: Performer } | null
}

export interface BeginSetting {
  readonly skills: Skills
  readonly agents: Agents
  readonly policy: ApprovalPolicy | undefined
}

/**
 * Null where the run has to wait for its turn.
 *
 * @param entries what asks for the run, on this head
 */
export function beginningOf(
  head: Head,
  entries: readonly NewEntry[],
  actor: Actor,
  setting: BeginSetting,
): Beginning | null {
  const [asked] = entries
  // Behind an archived session's first entry stands its reopening: then no seq is foreseen here.
  if (entries.length !== 1 || asked?.kind !== 'run.queued' || head.openRuns.length > 0 || head.place !== 'open')
    return null
  const queued = asked.data as DataOf<'run.queued'>
  const run = queued.run_id
  const begun = beginEntries({ run, seq: head.seq + 1, actor, begun: false, queued }, setting.skills)
  const first = firstOf(queued, setting, queued.model ?? head.model ?? null)
  const step = first && stepId(run, first.name, 1)
  if (first && step) begun.push(stepStarted(run, step, first.name, first.input, first.risk))
  const own = `agent:${head.currentAgent}`
  return {
    entries: begun.map((entry) => (entry.actor === undefined ? { ...entry, actor: own } : entry)),
    call: first && step ? { step, performer: first.performer } : null,
  }
}

interface First extends FirstStep {
  readonly performer: Performer
  readonly risk?: Skill['risk']
}

/** The step that the run surely begins with, where nobody has to be asked for it. */
function firstOf(
  queued: DataOf<'run.queued'>,
  { skills, agents, policy }: BeginSetting,
  model: string | null,
): First | null {
  if (queued.undoes !== undefined) return null
  const input = queued.input as Json | undefined
  if (queued.skill !== undefined) {
    const skill = calledAtOnce(queued, skills)
    if (!skill || needsApproval(skill, policy)) return null
    return { name: skill.id, input: input ?? null, risk: skill.risk, performer: skillPerformer(skill, policy) }
  }
  const agent = queued.agent === undefined ? undefined : agents.get(queued.agent)
  const first = agent?.first?.(input, model)
  if (!agent || !first || guarded(policy, first.name, {}).risk === 'high') return null
  return { ...first, performer: agent }
}

/** The skill, when its call is one step, with the input as it is. */
function calledAtOnce({ skill: id = '', input, caller }: DataOf<'run.queued'>, skills: Skills): Skill | null {
  const skill = skills.get(id)
  if (!skill?.run || skill.durable || !mayCall(skill, (caller ?? {}) as RunCaller)) return null
  const read = typeof input === 'string' && skill.input !== null && skill.input.type !== 'string'
  return read ? null : skill
}

export function stepStarted(
  run: RunId,
  step: string,
  name: string,
  input: Json | undefined,
  risk: Skill['risk'] | undefined,
  attempt = 1,
): NewEntry {
  return entryOf('step.started', run, {
    step,
    name,
    ...(input === undefined ? undefined : { input }),
    ...(risk === undefined ? undefined : { risk }),
    ...(attempt === 1 ? undefined : { attempt }),
  })
}

/** The same for the same step in every attempt: by name, and by how many of that name there were. */
export function stepId(run: RunId, name: string, count: number): string {
  return idIn(run, 'stp', `step ${name} ${count}`)
}

/** An id that a run gives to something in it, the same in every attempt. */
export function idIn(run: RunId, prefix: IdPrefix, name: string): string {
  return idFromDigest(prefix, digestOf(JSON.stringify([run, name])))
}
