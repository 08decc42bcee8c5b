// One message of the log as a piece of a context, seen by one agent: its own words, calls and results, and what others said as told text.

import type { StoredEntry } from '../../../schema/entries.ts'
import type { RunId, Seq } from '../../../schema/ids.ts'
import type { Message, Part } from '../../../schema/parts.ts'
import { dataOf } from '../../../session/decode.ts'
import type { Caps } from './caps.ts'
import { cutInput, cutOutput, cutText } from './cut.ts'
import { quoted } from './marks.ts'

export type Call = Extract<Part, { type: 'call' }>
export type Result = Extract<Part, { type: 'result' }>
export type FilePart = Extract<Part, { type: 'file' }>
type Plain = Extract<Part, { type: 'text' | 'reasoning' }>
export type Block = Plain | Call | Result | FilePart

export interface Piece {
  readonly seq: Seq
  readonly run: RunId | undefined
  /** Who speaks to the model: results stand under `tool` until their calls are known. */
  readonly role: 'user' | 'assistant' | 'tool'
  /** A person said it. */
  readonly asked: boolean
  readonly blocks: readonly Block[]
  /** Texts that were cut. */
  readonly cuts: number
  /** What was called by others, whose results are told as text. */
  readonly told: ReadonlyMap<string, string>
}

/** For whom a context is made. */
export interface Viewer {
  readonly agent: string
  /** The provider whose own fields may go back to it. */
  readonly provider: string
  readonly caps: Caps
}

/** Null for what a model is not given: erased messages, empty ones, and what was said to other models about this session. */
export function pieceOf(entry: StoredEntry, viewer: Viewer, most: number = viewer.caps.message): Piece | null {
  const message = dataOf(entry, 'message')
  if (!message || message.metadata?.preamble !== undefined || message.metadata?.status === 'empty') return null
  if (message.role === 'system' && message.metadata?.record !== undefined) return null
  const maker = new Maker(entry.seq, viewer, most)
  const { role } = message
  const others = role === 'assistant' && message.agent !== undefined && message.agent !== viewer.agent
  if (others) maker.tell(message, message.agent ?? role)
  else if (role === 'system') maker.tell(message, message.name ?? role)
  else maker.take(message)
  if (maker.blocks.length === 0) return null
  return {
    seq: entry.seq,
    run: entry.run,
    role: others || role === 'system' ? 'user' : role,
    asked: role === 'user',
    blocks: maker.blocks,
    cuts: maker.cuts,
    told: maker.told,
  }
}

class Maker {
  readonly blocks: Block[] = []
  readonly told = new Map<string, string>()
  cuts = 0
  readonly #seq: Seq
  readonly #viewer: Viewer
  readonly #most: number

  constructor(seq: Seq, viewer: Viewer, most: number) {
    this.#seq = seq
    this.#viewer = viewer
    this.#most = most
  }

  /** The person's words, or those of the agent itself. */
  take(message: Message): void {
    const mine = message.role === 'assistant' && providerOf(message.model) === this.#viewer.provider
    const name = message.role === 'tool' ? (message.name ?? 'a tool') : undefined
    const isResult = message.role === 'tool' && message.parts?.some((part) => part.type === 'result') === true
    for (const part of spoken(message)) {
      // What a result says stands in its message's text once more.
      if ((part.type === 'text' || part.type === 'edit') && isResult) continue
      if (part.type === 'text') this.#text(name === undefined ? part.text : quoted(name, part.text), part, mine)
      else if (part.type === 'call') this.#call(part, mine)
      else if (part.type === 'result') this.#result(part)
      else if (part.type === 'reasoning') this.#reasoning(part, mine)
      else if (part.type === 'file') this.blocks.push(part)
      else this.#text(`[${part.operation} ${part.path}]`, part, false)
    }
    const status = message.metadata?.status
    if (status === 'failed' || status === 'cancelled' || status === 'cut_off')
      this.#text('[it broke off here]', undefined, false)
  }

  /** What another one said, with who it was. */
  tell(message: Message, by: string): void {
    for (const part of spoken(message)) {
      if (part.type === 'text') this.#text(quoted(by, part.text), undefined, false)
      else if (part.type === 'call') {
        this.told.set(part.call_id, part.name)
        const input = JSON.stringify(part.input) ?? ''
        this.#text(quoted(by, `[called ${part.name} ${this.#cut(input, this.#viewer.caps.input)}]`), undefined, false)
      } else if (part.type === 'result') this.blocks.push(part)
      else if (part.type === 'edit') this.#text(quoted(by, `[${part.operation} ${part.path}]`), undefined, false)
      else if (part.type === 'file') this.#text(quoted(by, `[${fileName(part)}]`), undefined, false)
    }
  }

  #cut(text: string, most: number): string {
    const cut = cutText(text, most, this.#seq)
    if (cut !== text) this.cuts += 1
    return cut
  }

  #text(text: string, part: Part | undefined, mine: boolean): void {
    if (text.trim() === '') return
    const cut = this.#cut(text.toWellFormed(), this.#most)
    this.blocks.push({ type: 'text', text: cut, ...(mine && cut === text ? own(part) : undefined) })
  }

  #call(part: Call, mine: boolean): void {
    const { value, isCut } = cutInput(part.input ?? {}, this.#viewer.caps.input, this.#seq)
    if (isCut) this.cuts += 1
    const input = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
    this.blocks.push({
      type: 'call',
      call_id: part.call_id,
      name: nameOf(part.name),
      input,
      ...(mine ? own(part) : {}),
    })
  }

  #result(part: Result): void {
    const { value, isCut } = cutOutput(part.output ?? null, this.#viewer.caps.result, this.#seq)
    if (isCut) this.cuts += 1
    this.blocks.push({ type: 'result', call_id: part.call_id, output: value, ...(part.error ? { error: true } : {}) })
  }

  /** Only for the provider that gave it: no other one takes it back. */
  #reasoning(part: Plain, mine: boolean): void {
    if (mine) this.blocks.push({ type: 'reasoning', text: part.text, ...own(part) })
  }
}

function own(part: Part | undefined): { provider?: NonNullable<Part['provider']> } {
  return part?.provider === undefined ? {} : { provider: part.provider }
}

/** Parts in their order, the text among them wherever it stands. */
function spoken({ content, parts = [] }: Message): readonly Part[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const isThere = content === '' || texts.join('').includes(content) || texts.join('\n\n').includes(content)
  if (isThere) return parts
  // Thoughts come before what they led to.
  const thoughts = parts.filter(({ type }) => type === 'reasoning')
  const rest = parts.filter(
    (part) => part.type !== 'reasoning' && (part.type !== 'text' || !content.includes(part.text)),
  )
  return [...thoughts, { type: 'text', text: content }, ...rest]
}

function providerOf(model: string | undefined): string {
  return model?.split('/', 1)[0] ?? ''
}

/** What every provider takes as the name of a skill. */
function nameOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)
}

export function fileName({ name, url, blob, media_type: type, size }: FilePart): string {
  const facts = [name ?? url ?? blob ?? '', type ?? '', size === undefined ? '' : `${size} bytes`]
  return `file ${facts.filter((fact) => fact !== '').join(', ')}`
}
