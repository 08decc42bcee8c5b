// Turns the messages of the log into the form that provider packages take.

import type { JsonObject } from '../schema/json.ts'
import { isSeenType, isTextType } from '../schema/media.ts'
import type { Part } from '../schema/parts.ts'
import type { ModelMessage, ModelRequest } from './contract.ts'
import type { SdkCall, SdkMessage } from './provider.ts'
import { metadataFor } from './signed.ts'

type Assistant = Extract<SdkMessage, { role: 'assistant' }>['content'][number]
type User = Extract<SdkMessage, { role: 'user' }>['content'][number]
type Result = Extract<Extract<SdkMessage, { role: 'tool' }>['content'][number], { type: 'tool-result' }>
type File = Extract<User, { type: 'file' }>

export interface Taking {
  /** Who is asked: only what this very model signed goes back to it. */
  readonly model: string
  readonly images: boolean
  /** Where images are seen. */
  readonly pdf: boolean
}

/** The prompt of a request whose messages are in order (see `order.ts`). */
export function promptOf(request: ModelRequest, messages: readonly ModelMessage[], taking: Taking): SdkCall['prompt'] {
  const names = new Map<string, string>()
  const prompt: SdkMessage[] =
    request.instructions.trim() === '' ? [] : [{ role: 'system', content: request.instructions }]
  const turn = messages.findLastIndex(({ role }) => role === 'user')
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant') {
      const content = partsOf(message).flatMap((part) => spoken(part, names, taking, index > turn))
      if (content.length > 0) prompt.push({ role: 'assistant', content })
    } else if (message.role === 'tool') {
      prompt.push({ role: 'tool', content: partsOf(message).flatMap((part) => resultOf(part, names)) })
    } else {
      prompt.push({ role: 'user', content: partsOf(message).flatMap((part) => heard(part, message, taking)) })
    }
  }
  return prompt
}

/** The parts of a message; its text where they have none. */
export function partsOf({ content, parts = [] }: ModelMessage): readonly Part[] {
  if (content.trim() === '' || parts.some((part) => part.type === 'text')) return parts
  return [{ type: 'text', text: content }, ...parts]
}

function spoken(part: Part, names: Map<string, string>, taking: Taking, now: boolean): Assistant[] {
  const meta = metadataFor(part, taking.model)
  const signed = meta ? { providerOptions: meta } : {}
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...signed }]
    case 'reasoning':
      // Thoughts of another model are worth nothing to this one. Unsigned ones are asked for within the turn and no longer.
      return meta && (now || Object.keys(meta).length > 0) ? [{ type: 'reasoning', text: part.text, ...signed }] : []
    case 'call':
      names.set(part.call_id, part.name)
      return [
        { type: 'tool-call', toolCallId: part.call_id, toolName: part.name, input: inputOf(part.input), ...signed },
      ]
    case 'file':
    case 'edit':
      return [{ type: 'text', text: inWords(part) }]
    default:
      return []
  }
}

/** Providers take objects only; what a model wrote that is none goes back to it as it was. */
function inputOf(input: unknown): JsonObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as JsonObject
  return input === undefined || input === null || input === '' ? {} : { unreadable: input as string }
}

function resultOf(part: Part, names: ReadonlyMap<string, string>): Result[] {
  if (part.type !== 'result') return []
  const { call_id: toolCallId, output, error = false } = part
  const value = output ?? (error ? 'It failed.' : 'Done.')
  return [
    {
      type: 'tool-result',
      toolCallId,
      toolName: names.get(toolCallId) ?? 'unknown',
      output:
        typeof value === 'string'
          ? { type: error ? 'error-text' : 'text', value }
          : { type: error ? 'error-json' : 'json', value: value as JsonObject },
    },
  ]
}

function heard(part: Part, { files }: ModelMessage, taking: Taking): User[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.type !== 'file') return part.type === 'edit' ? [{ type: 'text', text: inWords(part) }] : []
  const bytes = part.blob === undefined ? undefined : files?.get(part.blob)
  const { media_type: mediaType = 'application/octet-stream', name } = part
  if (bytes !== undefined && isTextType(mediaType)) {
    return [{ type: 'text', text: `${name ?? 'A file'}:\n\n${new TextDecoder().decode(bytes)}` }]
  }
  if (bytes === undefined || !isSeenType(mediaType, taking)) return [{ type: 'text', text: inWords(part) }]
  const file: File = { type: 'file', mediaType, data: { type: 'data', data: bytes } }
  return [name === undefined ? file : { ...file, filename: name }]
}

function inWords(part: Extract<Part, { type: 'file' | 'edit' }>): string {
  if (part.type === 'edit') return `[${part.operation} of ${part.path}]`
  const about = [part.media_type, part.size === undefined ? undefined : `${part.size} bytes`, part.url]
  return `[file ${part.name ?? ''} ${about.filter((each) => each !== undefined).join(', ')}]`.replace('  ', ' ')
}
