// Calls of skills that a model made: each one a recorded step, whose end is the result that the model is given.

import { isDaybookError } from '../../schema/errors.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import type { Message, Part } from '../../schema/parts.ts'
import { RunFailure, recordOf } from '../failure.ts'
import type { Said, StepEnd, TellAttempt, Turn } from '../performer.ts'
import { contextOf, mayCall, needsApproval } from '../skill-performer.ts'
import type { Skill } from '../skills/contract.ts'
import type { AnswerFacts } from './answering.ts'
import type { AgentDefinition } from './contract.ts'
import { handOver } from './handing-over.ts'
import { madeBy } from './made.ts'
import { handOverName, inputFor, offeredName } from './offering.ts'
import type { AgentSetting } from './turn-setting.ts'

export type Call = Extract<Part, { type: 'call' }>

export interface Calling {
  readonly turn: Turn
  readonly setting: AgentSetting
  readonly agent: AgentDefinition
  readonly skills: readonly Skill[]
  /** Names that a turn may be handed over to. */
  readonly handoffs: readonly string[]
  /** Of the agent that began the turn. */
  readonly mostHandoffs?: number | undefined
}

export function callsOf({ parts = [] }: Message): readonly Call[] {
  return parts.filter((part) => part.type === 'call')
}

/** Performs the calls of one message; gives the agent that the turn was handed over to, or null. */
export async function callAll(calling: Calling, message: Message): Promise<string | null> {
  const { invalid = [] } = (message.metadata ?? {}) as AnswerFacts
  const why = new Map(invalid.map((one) => [one.call_id, one.why]))
  let to: string | null = null
  let beside: Promise<void>[] = []
  for (const call of callsOf(message)) {
    const skill = calling.skills.find(({ id }) => offeredName(id) === call.name)
    const fault = why.get(call.call_id) ?? masked(call)
    if (fault === undefined && skill && runsBeside(skill, calling.setting)) {
      beside.push(callSkill(calling, skill, call))
      continue
    }
    await Promise.all(beside)
    beside = []
    if (fault !== undefined) await refuse(calling, call, fault)
    else if (call.name === handOverName && calling.handoffs.length > 0) to = (await hand(calling, call, to)) ?? to
    else if (!skill) await refuse(calling, call, `There is no skill ${call.name}.`)
    else await callSkill(calling, skill, call)
  }
  await Promise.all(beside)
  return to
}

/** Whether a call of the message is a run inside the turn. */
export function hasRuns({ skills }: Pick<Calling, 'skills'>, message: Message): boolean {
  const durable = new Set(skills.flatMap(({ id, durable }) => (durable ? [offeredName(id)] : [])))
  return callsOf(message).some(({ name }) => durable.has(name))
}

/** Only what nobody has to be asked about; several that wait would hide each other. */
function runsBeside(skill: Skill, { policy }: AgentSetting): boolean {
  return skill.risk === 'low' && !skill.durable && !needsApproval(skill, policy)
}

/** What stands in the log as masked is not called with the mask in the place of the secret. */
function masked({ input }: Call): string | undefined {
  return JSON.stringify(input ?? null).includes('[redacted:')
    ? 'The input holds a secret, which is masked in the log: it cannot be called with that.'
    : undefined
}

async function callSkill(calling: Calling, skill: Skill, call: Call): Promise<void> {
  const { turn, agent } = calling
  const input = inputFor(skill, call.input) as Json
  if (skill.durable) return callDurable(calling, skill, call, input)
  const options = {
    input,
    inputNamed: { call_id: call.call_id },
    risk: skill.risk,
    idempotent: skill.idempotent,
    summary: `${agent.name} calls ${skill.name}: ${short(input)}`,
    check: () => skill.check(input, contextOf(turn, { key: turn.key, attempt: 1, signal: turn.signal }, false)),
    speaker: agent.name,
  }
  await turn.tell(
    skill.id,
    (attempt) => perform(turn, skill, input, attempt),
    (end) => resultOf(calling, call, end),
    options,
  )
}

async function perform(turn: Turn, skill: Skill, input: Json, attempt: TellAttempt): Promise<Json | undefined> {
  if (!mayCall(skill, turn.caller)) throw new RunFailure('refused', `${skill.name} is not for this role`, 'forbidden')
  if (!skill.run) return skill.instructions ?? ''
  const { now, untouched } = turn
  const own: Turn = { ...turn, now, untouched, delta: (text) => attempt.piece({ output: text }) }
  return skill.run(input, contextOf(own, attempt, false))
}

/** A durable skill has steps and waits of its own: it is a run inside this one. */
async function callDurable(calling: Calling, skill: Skill, call: Call, input: Json): Promise<void> {
  const end = await settled(calling.turn.child({ skill: skill.id, input }))
  await tellEnd(calling, call, `${skill.id} result`, end)
}

async function settled<T>(promise: Promise<T>): Promise<StepEnd<T>> {
  try {
    return { output: await promise }
  } catch (failure) {
    return { failure }
  }
}

async function tellEnd(calling: Calling, call: Call, name: string, end: StepEnd<Json | undefined>): Promise<void> {
  await calling.turn.tell(
    name,
    async () => {
      if ('failure' in end) throw end.failure
      return end.output
    },
    (told) => resultOf(calling, call, told),
    { idempotent: true, speaker: calling.agent.name },
  )
}

async function refuse(calling: Calling, call: Call, why: string): Promise<void> {
  await tellEnd(calling, call, `refused ${call.name}`, { failure: new RunFailure('refused', why, 'invalid') })
}

async function hand(calling: Calling, call: Call, handed: string | null): Promise<string | null> {
  const { turn, agent, handoffs, mostHandoffs } = calling
  const { to, reason } = (call.input ?? {}) as { to?: unknown; reason?: unknown }
  const why =
    handed !== null
      ? `The turn is handed over to ${handed} already.`
      : typeof to !== 'string' || !handoffs.includes(to)
        ? `It can be handed over to: ${handoffs.join(', ')}.`
        : await handOver(turn, {
            from: agent.name,
            to,
            reason: textOr(reason, 'asked by the model'),
            most: mostHandoffs,
          })
  if (why !== null) await refuse(calling, call, why)
  else await tellEnd(calling, call, `handed over to ${to}`, { output: `${to} goes on.` })
  return why === null ? (to as string) : null
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value : otherwise
}

function resultOf({ agent }: Calling, call: Call, end: StepEnd<Json | undefined>): Said {
  const { call_id, name } = call
  const { output, parts } = 'output' in end ? madeBy(end.output) : { output: failureText(end.failure), parts: [] }
  const part = { type: 'result', call_id, ...(output === undefined ? undefined : { output }) } as const
  const result = 'failure' in end ? { ...part, error: true } : part
  return { message: { role: 'tool', content: '', name, agent: agent.name, parts: [result, ...parts] } }
}

/** For the model: what became of the call, in words that let it go on. */
function failureText(failure: unknown): string {
  if (failure instanceof RunFailure) {
    if (failure.reason === 'denied') return `A person refused this call: ${failure.message}`
    if (failure.reason === 'expired') return `Nobody approved this call in time.`
    if (failure.reason === 'outcome_unknown') {
      return 'Unknown outcome: the process ended during this call, and nobody knows whether it took effect. Look before you call it again.'
    }
  }
  const { code, message } = recordOf(failure)
  if (!isDaybookError(failure) && !(failure instanceof RunFailure)) return message
  const hint = hintOf(failure) ?? hintOf(failure.cause)
  return `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

function hintOf(error: unknown): string | undefined {
  return isDaybookError(error) ? error.hint : undefined
}

/** For whoever is asked: the only text of an input as it is where it is one line, else all of it as JSON. */
function short(input: Json | undefined): string {
  const values = Object.values((input ?? {}) as JsonObject)
  const [only] = typeof input === 'string' ? [input] : values.length === 1 ? values : []
  const text = typeof only === 'string' && oneLine.test(only) ? only : (JSON.stringify(input) ?? '')
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

const oneLine = /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u
