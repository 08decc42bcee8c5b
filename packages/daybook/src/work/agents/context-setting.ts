// From what the context of an agent's next call is made: the same for a call and for whoever looks at what it would send.

import type { Model, OfferedSkill } from '../../model/contract.ts'
import type { Session } from '../../session/contract.ts'
import { RunFailure } from '../failure.ts'
import type { RunCaller, Skill } from '../skills/contract.ts'
import type { AgentDefinition, ContextSetting } from './contract.ts'
import { handOverOffer, offered, skillsOf } from './offering.ts'
import type { AgentSetting } from './turn-setting.ts'

export function contextSetting(
  session: Session,
  { blob, recall }: Pick<AgentSetting, 'blob' | 'recall'>,
  agent: AgentDefinition,
  model: Model,
  offers: readonly OfferedSkill[],
): ContextSetting {
  return {
    session,
    agent,
    model,
    skillTokens: offers.reduce((sum, offer) => sum + model.estimate(JSON.stringify(offer)), 0),
    ...(blob ? { blob } : undefined),
    ...(recall ? { recall } : undefined),
  }
}

/** @throws RunFailure `refused` with `no_model` */
export function modelOf(agent: Pick<AgentDefinition, 'models'>, setting: AgentSetting): Model {
  const { models } = setting
  const model = foundModel(agent, setting)
  if (!model) throw new RunFailure('refused', models.why(agent.models?.[0] ?? models.standard ?? ''), 'no_model')
  return model
}

export function foundModel({ models: names = [] }: Pick<AgentDefinition, 'models'>, { models }: AgentSetting) {
  const wanted = names.length > 0 ? names : models.standard === null ? [] : [models.standard]
  return wanted.length === 0 ? undefined : models.get(wanted)
}

export interface Offers {
  readonly skills: readonly Skill[]
  /** Names that a turn may be handed over to. */
  readonly handoffs: readonly string[]
  /** Both, as a model is offered them. */
  readonly offers: readonly OfferedSkill[]
}

export function offersOf(agent: AgentDefinition, setting: AgentSetting, caller: RunCaller): Offers {
  const skills = skillsOf(setting.skills, agent, caller)
  const others = (agent.handoffs ?? []).flatMap((name) => describe(name, agent, setting, caller))
  const offers = [...skills.map(offered), ...(others.length === 0 ? [] : [handOverOffer(others)])]
  return { skills, handoffs: others.map(({ name }) => name), offers }
}

/**
 * Of those that a turn may be handed over to, the ones that are there, and programs where whoever asked may use them. None that
 * takes commands: the person's sentence would be one.
 */
function describe(
  name: string,
  agent: AgentDefinition,
  { definition, others }: AgentSetting,
  { programs = false }: RunCaller,
) {
  const found = definition(name) ?? others?.(name)
  if (!found || name === agent.name) return []
  if ('kind' in found && found.kind === 'program' && (!programs || found.converses === false)) return []
  return [{ name, description: found.description }]
}
