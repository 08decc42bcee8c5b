// Agents that ask a model: a turn is a loop of calls of the model and of the skills that it calls, until it has answered.

import type { Json } from '../../schema/json.ts'
import type { Message } from '../../schema/parts.ts'
import { totalTokens } from '../../schema/usage.ts'
import { RunFailure } from '../failure.ts'
import type { Agent, FirstStep, Turn } from '../performer.ts'
import { type Spent as Amount, spentInside } from '../teams/spent.ts'
import { type AnswerFacts, answer, failedBy, modelStep } from './answering.ts'
import { checkAttachments, filesOf } from './attachments.ts'
import { callAll, callsOf, hasRuns } from './calling.ts'
import { foundModel, modelOf, offersOf } from './context-setting.ts'
import type { AgentDefinition } from './contract.ts'
import { handedTo } from './handed.ts'
import { wantedOf } from './offering.ts'
import { steeredInto } from './steering.ts'
import type { AgentSetting } from './turn-setting.ts'

/** Calls of the model in one turn. */
const usualCalls = 24
/** Times that an answer whose stream broke is gone on with in one turn. */
const mostCuts = 3

export function modelAgent(definition: AgentDefinition, setting: AgentSetting): Agent {
  const { name, description, models, handoffs, source } = definition
  const unusable = whyUnusable(definition, setting)
  return {
    name,
    kind: 'model',
    description,
    source,
    ...(models ? { models } : undefined),
    ...(handoffs ? { handoffs } : undefined),
    ...(unusable === null ? undefined : { unusable }),
    steerable: true,
    tells: true,
    first: (input, model) => (refuses(definition, input) ? null : firstOf(definition, setting, model)),
    perform: (turn) => performTurn(turn, definition, setting),
  }
}

/** Whether a turn may end before it asks its model. */
function refuses({ limits = {} }: AgentDefinition, input: Json | undefined): boolean {
  const { calls, tokens, cost } = limits
  return filesOf(input).length > 0 || [calls, tokens, cost].includes(0)
}

function firstOf(agent: AgentDefinition, setting: AgentSetting, chosen: string | null): FirstStep | null {
  const model = foundModel(chosen === null ? agent : { models: [chosen] }, setting)
  return model ? modelStep(agent, model) : null
}

/** In a sentence for people; null where it can be asked. */
export function whyUnusable({ models: names = [] }: AgentDefinition, { models }: AgentSetting): string | null {
  const name = names[0] ?? models.standard ?? ''
  return models.get(names.length > 0 ? names : name) ? null : models.why(name)
}

interface Spent {
  calls: number
  cuts: number
  tokens: number
  cost: number
  /** By the runs inside the turn. */
  inside: Amount
}

/**
 * The turn from here on, by this agent and those that it is handed over to. Its limits are those of the agent that begins.
 *
 * @throws RunFailure
 */
export async function performTurn(
  turn: Turn,
  definition: AgentDefinition,
  setting: AgentSetting,
): Promise<Json | undefined> {
  const spent: Spent = { calls: 0, cuts: 0, tokens: 0, cost: 0, inside: { tokens: 0, cost: 0 } }
  const { limits = {} } = definition
  let agent = definition
  for (;;) {
    const to = await part(turn, agent, setting, limits, spent)
    if (to === null) return undefined
    const next = setting.definition(to)
    if (!next) return handedTo(await held(turn, limits, spent), otherAgent(to, setting))
    agent = next
  }
}

/** The turn as others go on with it: what it begins inside is held by the limits of the agent that began it, too. */
async function held(turn: Turn, limits: Limits, spent: Spent): Promise<Turn> {
  const check = async (): Promise<void> => {
    await countInside(turn, limits, spent)
    reached({ ...limits, calls: Number.POSITIVE_INFINITY }, spent)
  }
  await check()
  const child: Turn['child'] = async (fields) => {
    await check()
    return turn.child(fields)
  }
  return {
    ...turn,
    get now() {
      return turn.now
    },
    get untouched() {
      return turn.untouched
    },
    child,
  }
}

function otherAgent(name: string, { others }: AgentSetting): Agent {
  const agent = others?.(name)
  if (!agent) throw new RunFailure('refused', `there is no agent ${name}`, 'not_found')
  return agent
}

type Limits = NonNullable<AgentDefinition['limits']>

/** What one agent does of a turn; gives whom it hands over to, or null at the end. */
async function part(
  turn: Turn,
  agent: AgentDefinition,
  setting: AgentSetting,
  limits: Limits,
  spent: Spent,
): Promise<string | null> {
  const model = modelOf({ models: turn.modelsFor(agent.models) }, setting)
  await checkAttachments(turn, model)
  const told = (await setting.skills.prepare?.(wantedOf(agent), turn.signal)) ?? []
  for (const line of told) turn.progress(line)
  const { skills, handoffs, offers } = offersOf(agent, setting, turn.caller)
  const calling = { turn, setting, agent, skills, handoffs, mostHandoffs: limits.handoffs }
  for (;;) {
    const stop = reached(limits, spent)
    if (stop !== null) return ended(turn, agent, stop)
    const message = await asked(turn, () => answer({ turn, setting, agent, model, offers }))
    count(spent, message)
    const calls = callsOf(message)
    if (calls.length > 0) {
      const to = await callAll(calling, message)
      if (hasRuns(calling, message)) await countInside(turn, limits, spent)
      if (to !== null) return to
    } else if (!(await goesOn(turn, message, spent))) return null
  }
}

async function asked<T>(turn: Turn, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw turn.signal.aborted ? error : failedBy(error)
  }
}

function count(spent: Spent, { usage, cost = 0 }: Message): void {
  spent.calls += 1
  spent.tokens += totalTokens(usage)
  spent.cost += cost
}

/** Recorded: what is spent later must not change what a turn did before, when it is performed again. */
async function countInside(turn: Turn, { tokens, cost }: Limits, spent: Spent): Promise<void> {
  if (tokens === undefined && cost === undefined) return
  const read = async () => ({ ...(await spentInside(turn.session, turn.run)) })
  spent.inside = await turn.step('spent inside', read, { idempotent: true })
}

function reached({ calls = usualCalls, tokens, cost }: Limits, spent: Spent): string | null {
  const sum = { tokens: spent.tokens + spent.inside.tokens, cost: spent.cost + spent.inside.cost }
  if (tokens !== undefined && sum.tokens >= tokens) throw overspent(`${sum.tokens} of ${tokens} tokens`)
  if (cost !== undefined && sum.cost >= cost) throw overspent(`${sum.cost} of ${cost} US dollars`)
  return spent.calls >= calls ? `The turn ends here: it has asked the model ${calls} times, which is its limit.` : null
}

function overspent(what: string): RunFailure {
  return new RunFailure('budget', `the turn has taken ${what}, which is its limit`)
}

/** The limit is reached: the turn ends as it is, and says so. */
async function ended(turn: Turn, { name }: AgentDefinition, why: string): Promise<null> {
  const message: Message = { role: 'assistant', content: why, agent: name, metadata: { status: 'limit' } }
  await turn.tell(
    'limit',
    async () => undefined,
    () => ({ message }),
    { idempotent: true, speaker: name },
  )
  return null
}

/** Whether the model is asked again though it called nothing: its stream broke, or something was said meanwhile. */
async function goesOn(turn: Turn, { metadata }: Message, spent: Spent): Promise<boolean> {
  const { status, heard = 0 } = (metadata ?? {}) as AnswerFacts & { readonly status?: string }
  if (status === 'cut_off') {
    spent.cuts += 1
    if (spent.cuts > mostCuts) throw new RunFailure('error', 'the answer broke off again and again', 'cut_off')
    return true
  }
  return (await steeredInto(turn)).length > heard
}
