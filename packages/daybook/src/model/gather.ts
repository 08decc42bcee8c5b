// Gathers what a provider streams into the parts of one answer, in the order in which the model began them.

import type { Part } from '../schema/parts.ts'
import type { Finish, InvalidCall, ModelDelta, ModelName } from './contract.ts'
import type { SdkPart } from './provider.ts'
import { signed } from './signed.ts'

interface Piece {
  readonly type: 'text' | 'reasoning'
  text: string
  metadata: Readonly<Record<string, object>>
}

type Call = Extract<Part, { type: 'call' }>
type Ended = Extract<SdkPart, { type: 'finish' }>

/** UTF-8 bytes of an answer that are taken; what comes behind them is cut off as if the model had reached its limit. */
const mostBytes = 900 * 1024
/** UTF-16 units of a call's input. */
const longestInput = 512 * 1024

export class Gathering {
  readonly #model: ModelName
  readonly #onDelta: ((delta: ModelDelta) => void) | undefined
  readonly #all: (Piece | Call)[] = []
  readonly #open = new Map<string, Piece>()
  readonly #begun = new Set<string>()
  readonly invalid: InvalidCall[] = []
  #ended: Ended | undefined
  /** Whether anything came that stands in the answer. */
  begun = false
  #bytes = 0

  constructor(model: ModelName, onDelta: ((delta: ModelDelta) => void) | undefined) {
    this.#model = model
    this.#onDelta = onDelta
  }

  /** @throws what the provider said went wrong */
  take(part: SdkPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        this.#opened(part.type === 'text-start' ? 'text' : 'reasoning', part.id, part.providerMetadata)
        break
      case 'text-delta':
      case 'reasoning-delta':
        this.#grew(part.type === 'text-delta' ? 'text' : 'reasoning', part)
        break
      case 'text-end':
      case 'reasoning-end':
        this.#closed(part.type === 'text-end' ? 'text' : 'reasoning', part.id, part.providerMetadata)
        break
      case 'tool-input-start':
        this.#calling(part.id, part.toolName)
        break
      case 'tool-call':
        this.#called(part)
        break
      case 'finish':
        this.#ended = part
        break
      case 'error':
        throw part.error
      default:
    }
  }

  get text(): string {
    return this.#texts('text')
  }

  get reasoning(): string {
    return this.#texts('reasoning')
  }

  get ended(): Ended | undefined {
    return this.#ended
  }

  /** No more is taken: an entry of the log could not hold it. */
  get full(): boolean {
    return this.#bytes >= mostBytes
  }

  /** The end was told, not only reached: several packages make one up where a stream merely stops. */
  get whole(): boolean {
    if (this.full) return true
    const reason = this.#ended?.finishReason
    if (reason === undefined || reason.unified === 'interrupted') return false
    return reason.raw !== undefined || (reason.unified !== 'other' && reason.unified !== 'error')
  }

  get parts(): Part[] {
    return this.#all.flatMap((each): Part[] => {
      if (each.type === 'call') return [each]
      if (each.text === '' && Object.keys(each.metadata).length === 0) return []
      const kept = signed(this.#model, each.metadata, each.type === 'reasoning')
      return [{ type: each.type, text: each.text, ...kept }]
    })
  }

  get finish(): Finish {
    const told = this.#ended?.finishReason.unified
    if (told === 'length' || this.full) return 'length'
    if (told === 'content-filter') return 'refused'
    if (this.#all.some((each) => each.type === 'call')) return 'calls'
    return told === 'stop' ? 'stop' : 'other'
  }

  #opened(type: Piece['type'], id: string, metadata: Piece['metadata'] | undefined): void {
    const piece: Piece = { type, text: '', metadata: metadata ?? {} }
    this.#all.push(piece)
    this.#open.set(type + id, piece)
  }

  #grew(type: Piece['type'], part: { id: string; delta: string; providerMetadata?: Piece['metadata'] }): void {
    if (!this.#open.has(type + part.id)) this.#opened(type, part.id, undefined)
    const piece = this.#open.get(type + part.id)
    if (piece === undefined) return
    if (part.providerMetadata) piece.metadata = merged(piece.metadata, part.providerMetadata)
    const text = this.#room(part.delta)
    if (text === '') return
    piece.text += text
    this.begun = true
    this.#onDelta?.({ type, text })
  }

  /** As much of a text as is taken. */
  #room(text: string): string {
    const left = mostBytes - this.#bytes
    this.#bytes += Buffer.byteLength(text)
    return this.full ? text.slice(0, Math.max(0, Math.floor(left / 3))).toWellFormed() : text
  }

  #closed(type: Piece['type'], id: string, metadata: Piece['metadata'] | undefined): void {
    const piece = this.#open.get(type + id)
    if (piece && metadata) piece.metadata = merged(piece.metadata, metadata)
    this.#open.delete(type + id)
  }

  #calling(id: string, name: string): void {
    if (this.#begun.has(id)) return
    this.#begun.add(id)
    this.begun = true
    this.#onDelta?.({ type: 'call', call_id: id, name })
  }

  #called(part: Extract<SdkPart, { type: 'tool-call' }>): void {
    this.#calling(part.toolCallId, part.toolName)
    const read = inputOf(part.input)
    this.#bytes += 'why' in read ? read.input.length : Buffer.byteLength(part.input)
    if ('why' in read) this.invalid.push({ call_id: part.toolCallId, why: read.why })
    this.#all.push({
      type: 'call',
      call_id: part.toolCallId,
      name: part.toolName,
      input: read.input,
      ...signed(this.#model, part.providerMetadata),
    })
  }

  #texts(type: Piece['type']): string {
    return this.#all.reduce((text, each) => (each.type === type ? text + each.text : text), '')
  }
}

function merged(one: Piece['metadata'], other: Piece['metadata']): Piece['metadata'] {
  return Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [key, { ...one[key], ...other[key] }]),
  )
}

/** What a model wrote as the input of a call; as it stands, with the reason, where it is no JSON object. */
function inputOf(text: string): { input: unknown } | { input: string; why: string } {
  if (text.trim() === '') return { input: {} }
  if (text.length > longestInput) {
    return { input: text.slice(0, 1024).toWellFormed(), why: `the input has more than ${longestInput} characters` }
  }
  try {
    const input: unknown = JSON.parse(text)
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { input }
    return { input: text, why: 'the input is not a JSON object' }
  } catch {
    return { input: text, why: 'the input is not JSON' }
  }
}
