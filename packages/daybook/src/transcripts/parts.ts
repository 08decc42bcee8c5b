// Parts and messages made of what another agent wrote: within our limits, cut where the record beside keeps the whole.

import type { Message, Part, Usage } from '../schema/parts.ts'
import type { Role } from '../schema/states.ts'
import { checkJson } from '../session/values.ts'
import { sha256 } from '../store/hash.ts'
import type { Translation } from './contract.ts'
import { countOf } from './fields.ts'

/** Characters of a text of its own, of one inside of a call, of a result, of a diff. The record beside keeps the rest. */
const longestText = 128 * 1024
const longestInside = 16 * 1024
const longestResult = 640
const longestDiff = 8 * 1024

/** Characters, at most, of telling how much is missing, and of what is put in front where it is written for another agent. */
const longestAdded = 64

/** The beginning and the end of a text, and how much is missing between: so short that it is not cut again. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const room = most - longestAdded
  const head = whole(text.slice(0, Math.floor(room * 0.75)))
  const tail = text.slice(-Math.floor(room * 0.25)).replace(/^[\uDC00-\uDFFF]/, '')
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`
}

function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '')
}

/** A value that the log takes: long texts cut, what JSON would not bring back equal as text. */
export function kept(value: unknown, most = longestInside): unknown {
  const short = shortened(value, most, 0)
  try {
    checkJson(short, 'value')
    return short
  } catch {
    return cut(JSON.stringify(value) ?? '', most) // unsafe numbers, names or depths: the text says the same
  }
}

/** The same value where nothing in it is too long. */
function shortened(value: unknown, most: number, depth: number): unknown {
  if (typeof value === 'string') return cut(value, most)
  if (typeof value !== 'object' || value === null || depth > 64 || !isLong(value, most, depth)) return value
  if (Array.isArray(value)) return value.map((one) => shortened(one, most, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one, most, depth + 1)]))
}

/** Whether a text in it is longer than that. */
function isLong(value: object, most: number, depth: number): boolean {
  for (const one of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof one === 'string' ? one.length > most : isObject(one) && depth < 64 && isLong(one, most, depth + 1))
      return true
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A word of 1 to 256 characters. */
export function label(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? whole(value.slice(0, 256)) : otherwise
}

export function reasoning(text: string): Part {
  return { type: 'reasoning', text: cut(text, longestText) }
}

export function call(id: unknown, name: unknown, input: unknown): Part {
  const part = { type: 'call', call_id: label(id, 'unknown'), name: label(name, 'unknown') } as const
  return input === undefined ? part : { ...part, input: kept(input) }
}

export function result(id: unknown, output: unknown, error = false): Part {
  const part = { type: 'result', call_id: label(id, 'unknown'), ...(error ? { error } : undefined) } as const
  return output === undefined ? part : { ...part, output: kept(output, longestResult) }
}

/** A picture or document that stands in the record itself. */
export function file(name: string | undefined, mediaType: string | undefined, url?: string): Part {
  return {
    type: 'file',
    ...(name === undefined ? undefined : { name: whole(name.slice(0, 1024)) }),
    ...(mediaType === undefined ? undefined : { media_type: mediaType.slice(0, 256) }),
    ...(url === undefined || url.length > 4096 || url.startsWith('data:') ? undefined : { url }),
  }
}

export interface Edited {
  readonly path: string
  readonly operation: 'create' | 'update' | 'delete' | 'rename'
  /** Whole contents, where the record has them. */
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly to?: string | undefined
  readonly diff?: string | undefined
}

/** An edit; null for a path that cannot be one. Contents become hashes, lines are counted from the diff. */
export function edit({ path, operation, before, after, to, diff }: Edited): Part | null {
  if (path === '' || path.length > 4096) return null
  const counts = diff !== undefined ? linesOf(diff) : operation === 'create' ? { added: rows(after), removed: 0 } : {}
  return {
    type: 'edit',
    path,
    operation,
    ...(before === undefined ? undefined : { before: contentHash(before) }),
    ...(after === undefined ? undefined : { after: contentHash(after) }),
    ...(to === undefined || to.length > 4096 ? undefined : { to }),
    ...counts,
    ...(diff === undefined ? undefined : { diff: cut(diff, longestDiff) }),
  }
}

export function contentHash(text: string): string {
  return sha256(text)
}

function rows(text: string | undefined): number {
  if (!text) return 0
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function linesOf(diff: string): { added: number; removed: number } {
  let added = 0
  let removed = 0
  for (const line of diff.split('\n')) {
    if (line.startsWith('+') && !line.startsWith('+++')) added += 1
    else if (line.startsWith('-') && !line.startsWith('---')) removed += 1
  }
  return { added, removed }
}

/** Tokens; undefined where none were told. */
export function usage(input: unknown, output: unknown): Usage | undefined {
  const [in_, out] = [countOf(input), countOf(output)]
  if (!in_ && !out) return undefined
  return { ...(in_ ? { input_tokens: in_ } : undefined), ...(out ? { output_tokens: out } : undefined) }
}

export interface Said {
  readonly role: Role
  readonly text?: string | undefined
  readonly parts?: readonly (Part | null)[]
  readonly agent: string
  readonly model?: string | undefined
  readonly usage?: Usage | undefined
  readonly cost?: number | undefined
  readonly at?: number | undefined
  /** Its line in the blob beside. */
  readonly record: number
}

/** A message entry; null where nothing was said. */
export function message(said: Said): Translation | null {
  const { role, text = '', agent, model, cost, at } = said
  const parts = (said.parts ?? []).filter((part) => part !== null)
  if (text.trim() === '' && parts.length === 0 && said.usage === undefined) return null
  const data: Message = {
    role,
    content: cut(text, longestText),
    ...(parts.length === 0 ? undefined : { parts }),
    ...(role === 'assistant' ? { agent } : undefined),
    ...(role !== 'assistant' || model === undefined ? undefined : { model: label(model, 'unknown') }),
    ...(said.usage === undefined ? undefined : { usage: said.usage }),
    ...(cost === undefined || !(cost > 0) ? undefined : { cost }),
    metadata: { record: said.record },
  }
  return { kind: 'message', data, actor: actorOf(role, agent), ...timed(at) }
}

/** Thoughts that one message holds. */
const mostThoughts = 4

/** A thought and what came of it as one message, where the agent wrote two records; null for others. */
export function joinedThought(first: Translation, second: Translation): Translation | null {
  if (first.kind !== 'message' || second.kind !== 'message') return null
  const [one, two] = [first.data, second.data]
  const thoughts = one.parts ?? []
  const isThought = one.content === '' && thoughts.length > 0 && thoughts.every(({ type }) => type === 'reasoning')
  if (!isThought || thoughts.length >= mostThoughts) return null
  if (two.role !== 'assistant' || two.agent !== one.agent || two.model !== one.model) return null
  const counted = one.usage && two.usage ? sum(one.usage, two.usage) : (one.usage ?? two.usage)
  const data: Message = {
    ...one,
    content: two.content,
    parts: [...thoughts, ...(two.parts ?? [])],
    ...(counted === undefined ? undefined : { usage: counted }),
    ...(two.cost === undefined ? undefined : { cost: two.cost + (one.cost ?? 0) }),
  }
  return { ...first, data }
}

export function sum(one: Usage | null, two: Usage): Usage {
  const input = (one?.input_tokens ?? 0) + (two.input_tokens ?? 0)
  const output = (one?.output_tokens ?? 0) + (two.output_tokens ?? 0)
  return usage(input, output) ?? {}
}

/** A record that nobody here understands, verbatim. */
export function foreign(source: string, type: unknown, record: unknown, at?: number): Translation {
  const data = { source, ...(type === undefined ? undefined : { type: label(type, 'unknown') }), record: kept(record) }
  return { kind: 'foreign.recorded', data, actor: `agent:${source}`, ...timed(at) }
}

function timed(at: number | undefined): { at?: number } {
  return at === undefined ? {} : { at }
}

/** The person is not known by name to a transcript. */
function actorOf(role: Role, agent: string): string {
  return role === 'user' ? 'user:local' : `agent:${agent}`
}
