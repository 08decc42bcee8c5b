// Who takes a request: a model's choice where it is sure, else the skill that the words speak for, else a person is asked.

import { type Model, ModelFailure, type Models } from '../../../model/contract.ts'
import type { RunId } from '../../../schema/ids.ts'
import type { Usage } from '../../../schema/parts.ts'
import type { Session } from '../../../session/contract.ts'
import type { Agents } from '../../performer.ts'
import { routeOf } from '../../route.ts'
import type { Skills } from '../../skills/contract.ts'
import type { AgentDefinition, Spending } from '../contract.ts'
import { settling } from '../spending.ts'
import { type Asked, type Candidate, candidatesFor, isNamed } from './candidates.ts'
import { answerTokens, chosenIn, questionFor, tokensOf } from './question.ts'

/** What one thinking of the orchestrator came to: recorded as the output of its step. */
export type Choice = {
  /** `unsure`: a person is asked; `nobody`: nothing fits, and `reason` says why. */
  readonly kind: Candidate['kind'] | 'unsure' | 'nobody'
  readonly name?: string
  readonly reason: string
  readonly confidence: number
  /** How it was found. */
  readonly by: 'model' | 'words'
  readonly model?: string
  readonly usage?: Usage
  readonly cost?: number
  /** Of agents, for the question to the person. */
  readonly others?: readonly string[]
}

export interface ChoiceSetting {
  readonly definition: AgentDefinition
  readonly models: Models
  readonly skills: Skills
  readonly agents: Agents
  readonly spending?: Spending | undefined
}

export interface ChoiceOf extends Asked {
  readonly session: Session
  readonly run: RunId
  readonly signal: AbortSignal
}

/** Below it a model's choice is a guess. */
export const sureEnough = 0.6
/** Milliseconds of the call, unless the definition says otherwise. */
const callMs = 30_000

/** @throws NoRoom, and what an aborted call throws */
export async function choose(setting: ChoiceSetting, asked: ChoiceOf): Promise<Choice> {
  const { definition, agents, skills, models } = setting
  const candidates = candidatesFor(asked, definition, agents, skills)
  const names = definition.models ?? (models.standard === null ? [] : [models.standard])
  const model = names.length === 0 ? undefined : models.get(names)
  if (!model) return byWords(setting, asked) ?? nobody(names[0] === undefined ? noModel : models.why(names[0]))
  if (candidates.length === 0) return nobody('there is no agent, skill or program that could take it')
  const answered = await ask(setting, asked, candidates, model)
  if ('failed' in answered) return byWords(setting, asked) ?? nobody(answered.failed)
  const { chosen, ...took } = answered
  if (chosen && chosen.confidence >= sureEnough) {
    const { candidate, reason, confidence } = chosen
    return { kind: candidate.kind, name: candidate.name, reason, confidence, by: 'model', ...took }
  }
  const found = byWords(setting, asked)
  if (found) return { ...found, ...took }
  const others = candidates.filter(({ kind }) => kind !== 'skill').map(({ name }) => name)
  const guess = chosen ? { name: chosen.candidate.name } : undefined
  const { reason = '', confidence = 0 } = chosen ?? {}
  return { kind: 'unsure', ...guess, reason, confidence, by: 'model', others, ...took }
}

const noModel = 'no model is configured'

function nobody(reason: string): Choice {
  return { kind: 'nobody', reason, confidence: 0, by: 'words' }
}

type Took = Pick<Choice, 'model' | 'usage' | 'cost'>

/** A call that fails is no failure of the turn: words are left, and people. */
async function ask(
  { definition, spending }: ChoiceSetting,
  asked: ChoiceOf,
  candidates: readonly Candidate[],
  model: Model,
): Promise<({ readonly chosen: ReturnType<typeof chosenIn> } & Took) | { readonly failed: string }> {
  const { session, run, signal, text } = asked
  const request = await questionFor(text, candidates, session, definition)
  const reserved = await spending?.reserve({
    ...{ session, run, agent: definition.name, model: model.facts },
    ...{ inputTokens: tokensOf(request, model), outputTokens: answerTokens, signal },
  })
  try {
    const timeoutMs = definition.limits?.callMs ?? callMs
    const answer = await settling(reserved, () => model.call(request, { signal, timeoutMs }))
    const { usage, cost } = answer
    const { input_tokens, output_tokens, total_tokens } = usage
    const counted = {
      ...(input_tokens === undefined ? undefined : { input_tokens }),
      ...(output_tokens === undefined ? undefined : { output_tokens }),
      ...(total_tokens === undefined ? undefined : { total_tokens }),
    }
    const took = { model: answer.model, usage: counted, ...(cost === undefined ? undefined : { cost }) }
    return { chosen: chosenIn(answer, candidates), ...took }
  } catch (error) {
    if (signal.aborted || !(error instanceof ModelFailure)) throw error
    return { failed: error.message }
  }
}

function byWords({ skills, definition }: ChoiceSetting, { text, caller, ...context }: ChoiceOf): Choice | null {
  const { skill, confidence, why } = routeOf(skills, text, caller, context)
  if (skill === null || !isNamed(skill, definition.skills ?? [])) return null
  const words = [...new Set(why.map(({ word }) => `“${word}”`))].join(', ')
  return {
    kind: 'skill',
    name: skill,
    reason: `the words speak for it: ${words}`.slice(0, 1000),
    confidence,
    by: 'words',
  }
}
