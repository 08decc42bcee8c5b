// Looks ahead: what the next call of an agent would send, made as a turn makes it, and summaries that somebody asks for.

import type { ModelName, OfferedSkill } from '../../model/contract.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Seq } from '../../schema/ids.ts'
import { firstAgent } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { RunFailure } from '../failure.ts'
import type { Agents } from '../performer.ts'
import type { RunCaller } from '../skills/contract.ts'
import { type SummaryCall, type WrittenSummary, writeSummary } from '../summaries/writing.ts'
import { contextSetting, modelOf, offersOf } from './context-setting.ts'
import type { AgentDefinition, Context } from './contract.ts'
import { wantedOf } from './offering.ts'
import type { AgentSetting } from './turn-setting.ts'

export interface NextCall {
  readonly agent: string
  readonly model: ModelName
  readonly skills: readonly OfferedSkill[]
  readonly context: Context
}

export interface NextOptions {
  /** Default: the session's current agent at that moment. */
  readonly agent?: string
  /** Default: that of the agent. */
  readonly model?: ModelName
  /** As things stood at this seq; default: now. */
  readonly until?: Seq
  readonly caller?: RunCaller
  readonly signal: AbortSignal
}

export interface Ahead {
  /**
   * Nothing is written and no model is asked.
   *
   * @throws DaybookError `not_found` for an agent that is not there, `invalid_state` where it asks no model or none can be asked
   */
  next(session: Session, options: NextOptions): Promise<NextCall>
  /**
   * By this model; one that fails is no failure of this: then the summary is made without one, and says why.
   *
   * @throws DaybookError `invalid_state` for a model that cannot be asked
   */
  summarise(
    session: Session,
    model: ModelName,
    options: Pick<SummaryCall, 'signal' | 'options' | 'until'>,
  ): Promise<WrittenSummary>
}

/** @throws DaybookError `invalid_state` where no model is configured */
export function aheadOf(ahead: Ahead | null): Ahead {
  if (ahead) return ahead
  throw new DaybookError('invalid_state', 'no model is configured here', {
    field: 'model',
    hint: 'Set model in daybook.json, and the key of its provider.',
  })
}

/** `agents`: all there are, to tell one that asks no model from one that is not there. */
export function openAhead(setting: AgentSetting, agents: () => Pick<Agents, 'get'>): Ahead {
  return {
    async next(session, { agent: named, model: by, until, caller = {}, signal }) {
      const moment = { limit: 1, ...(until === undefined ? {} : { until }) }
      const name = named ?? (await session.view('history', moment)).currentAgent
      const found = setting.definition(name) ?? noDefinition(name, agents())
      const model = by ?? (await session.head()).model
      const agent = model == null ? found : { ...found, models: [model] }
      const asked = askable(agent, setting)
      await setting.skills.prepare?.(wantedOf(agent), signal)
      const { offers } = offersOf(agent, setting, caller)
      const made = contextSetting(session, setting, agent, asked, offers)
      const context = await setting.context({ ...made, ...(until === undefined ? {} : { until }) })
      return { agent: name, model: asked.facts.name, skills: offers, context }
    },
    async summarise(session, name, options) {
      const model = setting.models.get(name)
      if (!model) throw new DaybookError('invalid_state', setting.models.why(name), { field: 'model' })
      return writeSummary(session, { model, ...options })
    },
  }
}

function noDefinition(name: string, agents: Pick<Agents, 'get'>): never {
  const agent = agents.get(name)
  if (!agent) throw new DaybookError('not_found', `there is no agent ${name}`, { field: 'agent' })
  const why =
    agent.kind === 'program'
      ? 'is a program, which keeps a context of its own'
      : name === firstAgent
        ? 'only finds who takes a request, so there is no next call of it to show'
        : 'asks no model by itself'
  throw new DaybookError('invalid_state', `${name} ${why}`, {
    field: 'agent',
    hint: 'Name an agent that answers, such as coder.',
  })
}

function askable(agent: AgentDefinition, setting: AgentSetting) {
  try {
    return modelOf(agent, setting)
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    throw new DaybookError('invalid_state', error.message, { field: 'model', cause: error })
  }
}
