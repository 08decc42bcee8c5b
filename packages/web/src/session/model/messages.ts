// Makes items of one message: its parts in their order, text first where it has none.

import type { EntryShape } from 'daybook/client'
import type { FileItem, Item, MessageItem } from './items.ts'
import { fieldsOf, placed } from './places.ts'

export interface MessagePart {
  readonly type: string
  readonly text?: string
  readonly duration_ms?: number
  readonly call_id?: string
  readonly name?: string
  readonly input?: unknown
  readonly output?: unknown
  readonly error?: boolean
  readonly path?: string
  readonly operation?: 'create' | 'update' | 'delete' | 'rename'
  readonly to?: string
  readonly before?: string
  readonly after?: string
  readonly added?: number
  readonly removed?: number
  readonly diff?: string
  readonly blob?: string
  readonly url?: string
  readonly media_type?: string
  readonly size?: number
}

export interface MessageData {
  readonly role: MessageItem['role']
  readonly content: string
  readonly name?: string
  readonly parts?: readonly MessagePart[]
  readonly agent?: string
  readonly model?: string
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number; readonly total_tokens?: number }
  readonly cost?: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

const known = new Set(['text', 'reasoning', 'call', 'result', 'edit', 'file'])

/** Of a message: its items, and the results that belong to calls which stand elsewhere. */
export interface SplitMessage {
  readonly items: readonly Item[]
  readonly results: readonly MessagePart[]
}

/** @throws never: parts of types that are not known here are passed over, their text stands in `content` */
export function splitMessage(entry: EntryShape): SplitMessage {
  const data = fieldsOf(entry) as unknown as MessageData
  const parts = (data.parts ?? []).filter((part) => known.has(part.type))
  const results = parts.filter((part) => part.type === 'result')
  const items: Item[] = []
  const add = (make: (number: number) => Item): void => {
    items.push(make(items.length))
  }
  const told = parts.some((part) => part.type === 'text' && part.text)
  if (!told && data.content !== '' && results.length === 0) {
    // Reasoning comes before what was said, and most providers keep the text beside the parts.
    for (const part of parts) if (part.type === 'reasoning') add((number) => partItem(entry, data, part, number))
    add((number) => message(entry, data, data.content, number))
    for (const part of parts) if (part.type !== 'reasoning') add((number) => partItem(entry, data, part, number))
  } else {
    const empty = (part: MessagePart): boolean => part.type === 'text' && part.text?.trim() === ''
    for (const part of parts)
      if (part.type !== 'result' && !empty(part)) add((number) => partItem(entry, data, part, number))
  }
  if (items.length === 0 && results.length === 0) add((number) => message(entry, data, data.content, number))
  return { items: lastOfText(items), results }
}

function message(entry: EntryShape, data: MessageData, text: string, number: number): MessageItem {
  const { usage } = data
  const sum = usage?.total_tokens ?? (usage ? (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0) : undefined)
  return {
    ...placed(entry, number),
    type: 'message',
    role: data.role,
    text,
    name: data.name,
    agent: data.agent,
    model: data.model,
    tokens: sum,
    cost: data.cost,
    partial: data.metadata?.partial === true,
  }
}

/** What an answer took is told once, beside its last text. */
function lastOfText(items: readonly Item[]): readonly Item[] {
  const last = items.findLastIndex((item) => item.type === 'message')
  return items.map((item, at) =>
    item.type === 'message' && at !== last ? { ...item, tokens: undefined, cost: undefined, partial: false } : item,
  )
}

function partItem(entry: EntryShape, data: MessageData, part: MessagePart, number: number): Item {
  const place = placed(entry, number)
  switch (part.type) {
    case 'reasoning':
      return { ...place, type: 'reasoning', text: part.text ?? '', duration: part.duration_ms }
    case 'call':
      return {
        ...place,
        type: 'tool',
        id: part.call_id ?? place.key,
        name: part.name ?? '',
        input: part.input,
        output: undefined,
        state: 'open',
      }
    case 'edit':
      return {
        ...place,
        type: 'edit',
        path: part.path ?? '',
        operation: part.operation ?? 'update',
        to: part.to,
        before: part.before,
        after: part.after,
        added: part.added,
        removed: part.removed,
        diff: part.diff,
      }
    case 'file':
      return fileItem(place, part)
    default:
      return message(entry, data, part.text ?? '', number)
  }
}

function fileItem(place: ReturnType<typeof placed>, part: MessagePart): FileItem {
  return {
    ...place,
    type: 'file',
    name: part.name ?? part.url ?? '',
    media: part.media_type ?? '',
    size: part.size,
    blob: part.blob,
    url: part.url,
  }
}
