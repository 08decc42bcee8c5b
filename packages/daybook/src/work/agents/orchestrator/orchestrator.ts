// The agent that a session begins with: it finds who fits a request, and has them perform the same turn.

import type { Models } from '../../../model/contract.ts'
import type { Json } from '../../../schema/json.ts'
import { textOf } from '../../entry.ts'
import { RunFailure } from '../../failure.ts'
import type { Agent, Agents, Turn } from '../../performer.ts'
import type { ApprovalPolicy } from '../../policy.ts'
import { skillPerformer } from '../../skill-performer.ts'
import type { Skills } from '../../skills/contract.ts'
import type { AgentDefinition, Spending } from '../contract.ts'
import { handedTo, tellAnswer } from '../handed.ts'
import { handOver } from '../handing-over.ts'
import { type Choice, choose } from './choice.ts'

export interface OrchestratorSetting {
  readonly definition: AgentDefinition
  readonly models: Models
  readonly skills: Skills
  /** All agents, teams and programs; asked when a turn is performed. */
  readonly agents: () => Agents
  readonly policy?: ApprovalPolicy | undefined
  readonly spending?: Spending | undefined
}

/** As its definition is now. Where no model can be asked it is of kind `skills`: its texts are routed by their words. */
export function orchestratorOf(setting: OrchestratorSetting): Agent {
  const { definition, models } = setting
  const { name, description, source, handoffs } = definition
  const asks = models.get(definition.models ?? models.standard ?? []) !== undefined
  return {
    name,
    description,
    source,
    kind: asks ? 'model' : 'skills',
    ...(definition.models ? { models: definition.models } : undefined),
    ...(handoffs ? { handoffs } : undefined),
    tells: asks,
    steerable: asks,
    ...(asks ? { first: () => ({ name: choosing }) } : undefined),
    perform: asks
      ? (turn) => orchestrate(turn, setting)
      : async () => {
          throw new RunFailure('refused', 'No skill fits this request.', 'nothing_fits')
        },
  }
}

/** The step. */
const choosing = 'choose'

async function orchestrate(turn: Turn, setting: OrchestratorSetting): Promise<Json | undefined> {
  const text = textOf(turn.input)
  const first = await chosen(turn, setting, text)
  const choice = first.kind === 'unsure' ? await asking(turn, setting, text, first) : first
  const { kind, name = '', reason } = choice
  if (kind === 'nobody' || kind === 'unsure') {
    throw new RunFailure('refused', `No skill fits this request: ${reason}.`, 'nothing_fits')
  }
  return kind === 'skill' ? bySkill(turn, setting, name, choice) : byAgent(turn, setting, name, choice)
}

function chosen(turn: Turn, setting: OrchestratorSetting, text: string): Promise<Choice> {
  const { models, skills, agents, spending } = setting
  // Choosing is small: what a person chose for the work counts only where its own definition says nothing.
  const { models: own = turn.modelsFor() } = setting.definition
  const definition = { ...setting.definition, ...(own.length === 0 ? undefined : { models: own }) }
  return turn.step(
    choosing,
    ({ signal }) => {
      const { session, run, caller, asked: now, timeZone } = turn
      return choose(
        { definition, models, skills, agents: agents(), spending },
        { text, caller, now, timeZone, session, run, signal },
      )
    },
    { idempotent: true },
  )
}

/** A person says who; what they say is read like the request was, and if need be the best guess counts. */
async function asking(turn: Turn, setting: OrchestratorSetting, text: string, unsure: Choice): Promise<Choice> {
  const { name, reason, others = [] } = unsure
  const guess = name === undefined ? '' : ` I would give it to ${name}: ${reason}`
  const said = textOf(await turn.ask(`Who should take this: ${others.join(', ')}?${guess}`.slice(0, 512)))
  const named = nameIn(said, others, setting.agents())
  if (named) return { ...unsure, kind: named.kind, name: named.name, reason: `the person said: ${said}`.slice(0, 1000) }
  const second = await chosen(turn, setting, `${text}\n\n${said}`)
  if (second.kind !== 'unsure' || second.name === undefined) return second
  const kind = setting.agents().get(second.name)?.kind === 'program' ? 'program' : 'agent'
  return { ...second, kind }
}

/** The only one of these that an answer names. */
function nameIn(said: string, names: readonly string[], agents: Agents) {
  const words = new Set(said.toLowerCase().split(/[^\p{L}\p{N}_-]+/u))
  const [name, ...more] = names.filter((one) => words.has(one))
  if (name === undefined || more.length > 0) return null
  return { name, kind: agents.get(name)?.kind === 'program' ? ('program' as const) : ('agent' as const) }
}

async function byAgent(turn: Turn, setting: OrchestratorSetting, to: string, choice: Choice) {
  const agent = setting.agents().get(to)
  if (!agent) throw new RunFailure('refused', `there is no agent ${to}`, 'not_found')
  const { name: from, limits } = setting.definition
  const { reason, confidence, model, usage, cost } = choice
  const refused = await handOver(turn, {
    ...{ from, to, reason, confidence, most: limits?.handoffs },
    ...(model === undefined ? undefined : { model }),
    ...(usage === undefined ? undefined : { usage }),
    ...(cost === undefined ? undefined : { cost }),
  })
  if (refused !== null) throw new RunFailure('refused', refused, 'nothing_fits')
  return handedTo(turn, agent)
}

async function bySkill(turn: Turn, { skills, policy, definition }: OrchestratorSetting, id: string, choice: Choice) {
  const skill = skills.get(id)
  if (!skill) throw new RunFailure('refused', `there is no skill ${id}`, 'not_found')
  const output = await skillPerformer(skill, policy).perform(turn)
  await tellAnswer(turn, definition.name, output, choice)
  return output
}
