// `daybook agent test`: one real call of a model, from this process: how fast it answers, what that takes, or what to set.

import { type Model, ModelFailure, type Models } from '../../model/contract.ts'
import { modelShape } from '../../model/wire.ts'
import { noAgent } from '../agents.ts'
import type { Context } from '../context.ts'
import { exits, misuse, Refusal } from '../exits.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { modelSettings } from '../models.ts'

export const perform: Perform = async (context, call) => {
  const { host, output } = context
  const { openModels } = await host.parts()
  const models = await openModels(modelSettings(context.asked))
  const names = await namesOf(context, call.args[0], models)
  const model = models.get(names)
  if (model === undefined) throw cannotBeAsked(names[0] ?? '', models)
  const { answer, firstMs } = await asked(model, host.signal)
  const { usage, cost, durationMs } = answer
  if (output.json) {
    const took = { first_ms: firstMs, duration_ms: durationMs, usage, cost: cost ?? null }
    output.object({ ...modelShape(model.facts), name: answer.model, answer: answer.content, ...took })
    return undefined
  }
  const tokens = `${usage.input_tokens ?? 0} in, ${usage.output_tokens ?? 0} out${usage.estimated ? ' (estimated)' : ''}`
  output.line(output.style('bold', oneLine(answer.model)))
  output.table(
    [
      ['answer', oneLine(answer.content)],
      ['time', `${firstMs} ms to the first word, ${durationMs} ms in all`],
      ['tokens', tokens],
      ['cost', cost === undefined ? 'unknown: no price is known' : `$${cost.toFixed(6)}`],
      ['context', `${model.facts.contextTokens} tokens`],
    ],
    { columns: [{}, { flexible: true }], styles: ['dim'] },
  )
  return undefined
}

async function asked(model: Model, signal: AbortSignal) {
  const started = performance.now()
  let firstMs: number | undefined
  const onDelta = (): void => {
    firstMs ??= Math.round(performance.now() - started)
  }
  try {
    const instructions = 'You are being tried out. Answer with one short sentence.'
    const messages = [{ role: 'user', content: 'Say that you are ready.' }] as const
    const answer = await model.call({ instructions, messages }, { signal, onDelta, timeoutMs: 120_000 })
    return { answer, firstMs: firstMs ?? answer.durationMs }
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error
    throw new Refusal(...refusalOf(error))
  }
}

/** What people can do about it. */
const advice: Readonly<Partial<Record<ModelFailure['code'], string>>> = {
  unauthenticated: 'put a valid key into the variable that the provider is configured with',
  rate_limited: 'wait, or name another model under fallback in daybook.json',
  unreachable: 'check base_url under providers in daybook.json, and whether the server runs',
  invalid_request: 'check the name of the model, and base_url under providers in daybook.json',
  timeout: 'try again; a local model may have to be loaded first',
}

function refusalOf({ code, message }: ModelFailure): ConstructorParameters<typeof Refusal> {
  const next = advice[code]
  const lines = { what: message, ...(next === undefined ? {} : { next }) }
  if (code === 'unauthenticated') return [exits.notAllowed, 'unauthenticated', lines]
  if (code === 'rate_limited') return [exits.conflict, 'rate_limited', lines]
  if (code === 'aborted') return [exits.interrupted, 'aborted', lines]
  return [exits.unreachable, 'unreachable', lines]
}

function cannotBeAsked(name: string, models: Models): Refusal {
  return new Refusal(exits.notFound, 'not_found', { what: models.why(name), next: 'docs/guide/models.md' })
}

/** A model's own name, or those of an agent; an agent that names none asks the standard one. */
async function namesOf(context: Context, given: string | undefined, models: Models): Promise<readonly string[]> {
  const standard = models.standard === null ? [] : [models.standard]
  if (given === undefined) return standard
  if (given.includes('/')) return [given]
  const backend = await context.backend()
  const agents: readonly Asking[] = await backend.runs.agents()
  const agent = agents.find((each) => each.name === given)
  if (agent === undefined) throw await noAgent(context, backend, given, 'agent test')
  if (agent.kind === 'program' || agent.kind === 'team') {
    const what = `${given} is a ${agent.kind}, which asks no model by itself`
    throw misuse(what, `${context.me} agent show ${given}`)
  }
  return agent.models && agent.models.length > 0 ? agent.models : standard
}

interface Asking {
  readonly name: string
  readonly kind: string
  readonly models?: readonly string[]
}
