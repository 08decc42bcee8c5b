// One call of a model as a step of a turn: its context, what it may spend, what it streams, and the message that it becomes.

import {
  type InvalidCall,
  type Model,
  type ModelAnswer,
  type ModelDelta,
  ModelFailure,
  type ModelRequest,
  type OfferedSkill,
} from '../../model/contract.ts'
import type { DeltaContent } from '../../schema/deltas.ts'
import type { Json } from '../../schema/json.ts'
import type { Message, Part, Usage } from '../../schema/parts.ts'
import { RunFailure } from '../failure.ts'
import type { Said, StepEnd, TellAttempt, Turn } from '../performer.ts'
import { contextSetting } from './context-setting.ts'
import type { AgentDefinition, Context } from './contract.ts'
import { settling } from './spending.ts'
import { hear } from './steering.ts'
import type { AgentSetting } from './turn-setting.ts'

export interface Asking {
  readonly turn: Turn
  readonly setting: AgentSetting
  readonly agent: AgentDefinition
  readonly model: Model
  readonly offers: readonly OfferedSkill[]
  readonly choice?: ModelRequest['choice']
}

/** Milliseconds of one call of a model. */
const usualCallMs = 300_000

interface Answered {
  readonly answer: ModelAnswer
  readonly heard: number
}

/** What stands in the metadata of an answer beside the step that told it. */
export interface AnswerFacts {
  readonly finish?: string
  /** Inputs that were steered into the run and that it was made with. */
  readonly heard?: number
  readonly invalid?: readonly InvalidCall[]
}

/**
 * The next message of the agent; after a restart the one that the log has. A stream that broke behind some text is told as
 * a message too, with `status: "cut_off"`: whoever asked goes on with it.
 *
 * @throws RunFailure
 */
export function answer(asking: Asking): Promise<Message> {
  const { turn, agent, model } = asking
  const { name, input } = modelStep(agent, model)
  return turn.tell(
    name,
    (attempt) => asked(asking, attempt),
    (end) => said(asking, end),
    { input, idempotent: true, speaker: agent.name },
  )
}

/** A call of a model as a step. */
export function modelStep({ name }: AgentDefinition, { facts }: Model) {
  return { name: 'model', input: { agent: name, model: facts.name } }
}

async function asked(asking: Asking, attempt: TellAttempt): Promise<Answered> {
  const { turn, agent, model, offers, choice } = asking
  const heard = await hear(turn)
  const context = await contextFor(asking, attempt.signal)
  const reservation = await reserve(asking, context, attempt.signal)
  if (reservation?.warning !== undefined) turn.progress(reservation.warning)
  const { temperature, reasoning, limits } = agent
  const request: ModelRequest = {
    instructions: context.instructions,
    messages: context.messages,
    ...(offers.length === 0 ? undefined : { skills: offers }),
    ...(choice === undefined ? undefined : { choice }),
    ...(temperature === undefined ? undefined : { temperature }),
    ...(reasoning === undefined ? undefined : { reasoning }),
    ...(reservation?.outputTokens === undefined ? undefined : { maxOutputTokens: reservation.outputTokens }),
  }
  const answer = await settling(reservation, () =>
    model.call(request, {
      signal: attempt.signal,
      timeoutMs: limits?.callMs ?? usualCallMs,
      onDelta: (delta) => attempt.piece(contentOf(delta)),
      onRetry: ({ model: name, code, waitMs }) =>
        turn.progress(`${name}: ${code}, again in ${Math.ceil(waitMs / 1000)} s`),
    }),
  )
  return { answer, heard }
}

function contextFor({ turn, setting, agent, model, offers }: Asking, signal: AbortSignal): Promise<Context> {
  const { spending } = setting
  const call = { run: turn.run, signal, ...(spending ? { spending } : undefined) }
  const log = turn.log()
  return setting.context({
    ...contextSetting(turn.session, setting, agent, model, offers),
    call,
    ...(log ? { log } : undefined),
  })
}

async function reserve({ turn, setting, agent, model }: Asking, { tokens }: Context, signal: AbortSignal) {
  return setting.spending?.reserve({
    session: turn.session,
    run: turn.run,
    agent: agent.name,
    model: model.facts,
    inputTokens: tokens,
    outputTokens: model.facts.maxOutputTokens,
    signal,
  })
}

function contentOf(delta: ModelDelta): DeltaContent {
  if (delta.type === 'call') return { call: { call_id: delta.call_id, name: delta.name } }
  return delta.type === 'text' ? { text: delta.text } : { reasoning: delta.text }
}

/** What failed with nothing to keep is thrown. */
function said({ agent }: Asking, end: StepEnd<Answered>): Said | null {
  if ('output' in end) return { message: messageOf(agent.name, end.output) }
  const { failure } = end
  if (!(failure instanceof ModelFailure) || failure.code !== 'cut_off') return null
  const { partial, model, usage, cost } = failure
  const metadata = { status: 'cut_off', ...(usage ? factsOf(usage) : undefined) }
  return { message: { ...spent(usage, cost), role: 'assistant', content: partial, agent: agent.name, model, metadata } }
}

function messageOf(agent: string, { answer, heard }: Answered): Message {
  const { parts, model, usage, cost, finish, invalid, durationMs } = answer
  const isEmpty = answer.content.trim() === '' && !parts.some(({ type }) => type === 'call')
  const content = isEmpty ? nothingSaid(finish) : answer.content
  // The text stands once, as the content; the other parts keep their order.
  const kept = parts.filter(({ type }) => type !== 'text')
  return {
    ...spent(usage, cost),
    role: 'assistant',
    content,
    ...(kept.length === 0 ? undefined : { parts: [...kept] as Part[] }),
    agent,
    model,
    metadata: {
      finish,
      ...(isEmpty ? { status: 'empty' } : undefined),
      duration_ms: Math.round(durationMs),
      ...(heard === 0 ? undefined : { heard }),
      ...(invalid.length === 0 ? undefined : { invalid: invalid.map((one) => ({ ...one })) as unknown as Json }),
      ...factsOf(usage),
    },
  }
}

/** For the person, who would see nothing otherwise; models are not told of it. */
function nothingSaid(finish: ModelAnswer['finish']): string {
  if (finish === 'refused') return 'The provider of the model refused to answer this.'
  if (finish === 'length') return 'The model reached its limit before it said anything.'
  return 'The model said nothing.'
}

function spent(given: ModelAnswer['usage'] | undefined, cost: number | undefined): { usage?: Usage; cost?: number } {
  if (!given) return {}
  const { input_tokens, output_tokens, total_tokens } = given
  const usage: Usage = {
    ...(input_tokens === undefined ? undefined : { input_tokens }),
    ...(output_tokens === undefined ? undefined : { output_tokens }),
    ...(total_tokens === undefined ? undefined : { total_tokens }),
  }
  return { usage, ...(cost === undefined ? undefined : { cost }) }
}

function factsOf({ estimated, cached_tokens, written_tokens, reasoning_tokens }: ModelAnswer['usage']) {
  return {
    ...(estimated ? { estimated } : undefined),
    ...(cached_tokens === undefined ? undefined : { cached_tokens }),
    ...(written_tokens === undefined ? undefined : { written_tokens }),
    ...(reasoning_tokens === undefined ? undefined : { reasoning_tokens }),
  }
}

/** Ends the run in the words of a model's failure; anything else as it is. */
export function failedBy(error: unknown): unknown {
  if (!(error instanceof ModelFailure)) return error
  return new RunFailure(error.code === 'timeout' ? 'timeout' : 'error', error.message, error.code, error)
}
