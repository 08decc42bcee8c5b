// The form of one call as provider packages take it.

import type { JsonObject } from '../schema/json.ts'
import type { ModelFacts, ModelMessage, ModelRequest } from './contract.ts'
import { partsOf, promptOf } from './prompt.ts'
import type { ProviderKind, SdkCall } from './provider.ts'
import { schemaInWords } from './value.ts'

type Tools = NonNullable<SdkCall['tools']>

export interface Formed {
  readonly kind: Pick<ProviderKind, 'options' | 'limitAlways' | 'mark'>
  readonly facts: ModelFacts
  /** Whether the schema of the answer has to be told in words too. */
  readonly schemaInWords: boolean
}

/** @param question its estimated tokens */
export function formOf(
  request: ModelRequest,
  messages: readonly ModelMessage[],
  question: number,
  formed: Formed,
): SdkCall {
  const { kind, facts } = formed
  const { output, temperature, reasoning } = request
  const told =
    output && formed.schemaInWords ? { ...request, instructions: schemaInWords(request.instructions, output) } : request
  const limit = limitOf(
    request.maxOutputTokens ?? (kind.limitAlways ? facts.maxOutputTokens : undefined),
    question,
    facts,
  )
  const options = kind.options?.(request)
  const prompt = promptOf(told, messages, { model: facts.name, images: facts.images, pdf: facts.pdf })
  return {
    prompt: kind.mark?.(prompt) ?? prompt,
    ...toolsOf(request, messages),
    ...(output ? { responseFormat: { type: 'json', name: 'answer', schema: output as object } } : {}),
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(options ? { providerOptions: options } : {}),
  }
}

/** Question and answer share the context: providers refuse a call whose sum might be more, whatever the answer would take. */
function limitOf(wanted: number | undefined, question: number, { contextTokens, maxOutputTokens }: ModelFacts) {
  if (wanted === undefined) return undefined
  const room = contextTokens - Math.ceil(question * 1.1)
  return Math.max(leastAnswer, Math.min(wanted, maxOutputTokens, room))
}

/** Tokens; with less room than that the question is too long anyway, which the provider says better. */
const leastAnswer = 16

/** Where none are offered but the conversation has calls, providers want to see what was called. It cannot be called again. */
function toolsOf(
  { skills = [], choice = 'auto' }: ModelRequest,
  messages: readonly ModelMessage[],
): Pick<SdkCall, 'tools' | 'toolChoice'> {
  const tools: Tools = skills.map(({ name, description, input }) => tool(name, description, input))
  if (tools.length > 0) return { tools, toolChoice: { type: choice } }
  const called = new Set<string>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const part of partsOf(message)) if (part.type === 'call') called.add(part.name)
  }
  if (called.size === 0) return {}
  return {
    tools: Array.from(called, (name) => tool(name, 'Not available any more.', { type: 'object' })),
    toolChoice: { type: 'none' },
  }
}

function tool(name: string, description: string, input: JsonObject): Tools[number] {
  return { type: 'function', name, description, inputSchema: input as object }
}
