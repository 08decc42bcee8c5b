// What an answer took: as the provider reported it, or estimated from the texts and marked so; and what that cost.

import type { ModelFacts, ModelMessage, ModelRequest, ModelUsage } from './contract.ts'
import { type Estimator, fileTokens, messageTokens, roughTokens } from './estimate.ts'
import type { Gathering } from './gather.ts'
import { partsOf } from './prompt.ts'

/** The uncorrected estimate of a question. */
export function roughQuestion(
  { instructions, skills = [], output }: ModelRequest,
  messages: readonly ModelMessage[],
): number {
  let tokens = roughTokens(instructions)
  for (const skill of skills) tokens += roughTokens(skill.description) + roughTokens(JSON.stringify(skill.input)) + 8
  if (output) tokens += roughTokens(JSON.stringify(output))
  for (const message of messages) tokens += messageTokens + roughMessage(message)
  return tokens
}

function roughMessage(message: ModelMessage): number {
  let tokens = 0
  for (const part of partsOf(message)) {
    if (part.type === 'text' || part.type === 'reasoning') tokens += roughTokens(part.text)
    else if (part.type === 'file') tokens += message.files?.has(part.blob ?? '') ? fileTokens(part) : 24
    else if (part.type === 'call') tokens += 8 + roughTokens(JSON.stringify(part.input ?? {}))
    else if (part.type === 'result') {
      tokens += 8 + roughTokens(typeof part.output === 'string' ? part.output : (JSON.stringify(part.output) ?? ''))
    }
  }
  return tokens
}

export function roughAnswer(gathering: Gathering): number {
  const calls = gathering.parts.map((part) => (part.type === 'call' ? JSON.stringify(part.input) : '')).join('')
  return roughTokens(gathering.text) + roughTokens(gathering.reasoning) + roughTokens(calls)
}

/** Of a whole answer, or of what came of one. Corrects the estimator where the provider reported. */
export function usageOf(gathering: Gathering, question: number, estimator: Estimator): ModelUsage {
  const told = gathering.ended?.usage
  const [input, output] = [told?.inputTokens.total ?? 0, told?.outputTokens.total ?? 0]
  if (told === undefined || input + output === 0) {
    const input = Math.ceil(question * estimator.ratio)
    const output = Math.ceil(roughAnswer(gathering) * estimator.ratio)
    return { input_tokens: input, output_tokens: output, total_tokens: input + output, estimated: true }
  }
  estimator.reported(question, input)
  const { cacheRead, cacheWrite } = told.inputTokens
  const { reasoning } = told.outputTokens
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    ...(cacheRead ? { cached_tokens: cacheRead } : {}),
    ...(cacheWrite ? { written_tokens: cacheWrite } : {}),
    ...(reasoning ? { reasoning_tokens: reasoning } : {}),
  }
}

/** US dollars; undefined where the model has no price. */
export function costOf(usage: ModelUsage, price: ModelFacts['price']): number | undefined {
  if (price === null) return undefined
  const {
    input_tokens: input = 0,
    output_tokens: output = 0,
    cached_tokens: cached = 0,
    written_tokens: written = 0,
  } = usage
  const fresh = Math.max(0, input - cached - written)
  const kept = cached * (price.cachedInput ?? price.input) + written * (price.writtenInput ?? price.input)
  const dollars = (fresh * price.input + kept + output * price.output) / 1e6
  return Number(dollars.toFixed(9))
}

const counted = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cached_tokens',
  'written_tokens',
  'reasoning_tokens',
] as const

export function added(one: ModelUsage, other: ModelUsage): ModelUsage {
  const sums = counted.flatMap((key): [string, number][] => {
    const sum = (one[key] ?? 0) + (other[key] ?? 0)
    return one[key] === undefined && other[key] === undefined ? [] : [[key, sum]]
  })
  return { ...Object.fromEntries(sums), ...(one.estimated || other.estimated ? { estimated: true } : {}) }
}
