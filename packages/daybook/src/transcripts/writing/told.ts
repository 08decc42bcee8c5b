// What writers of transcripts share: the facts of a session, its calls together with what came of them, and derived ids.

import { Buffer } from 'node:buffer'
import type { Seq } from '../../schema/ids.ts'
import type { Part } from '../../schema/parts.ts'
import type { Session } from '../../session/contract.ts'
import type { HistoryMessage } from '../../session/views/contract.ts'
import { digestOf } from '../../store/hash.ts'
import { fieldsOf, timeOf } from '../fields.ts'
import type { Told } from './contract.ts'

export type Call = Extract<Part, { type: 'call' }>
export type Edit = Extract<Part, { type: 'edit' }>

/** What came of a call. */
export interface Outcome {
  readonly output: unknown
  readonly failed: boolean
  readonly edits: readonly Edit[]
  readonly at: number
}

/** A message with what came of its calls, by their id. */
export interface Answered {
  readonly message: HistoryMessage
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The active history of a session at the call, or as it stood at `until`. `cwd` is for an agent when the log names no folder. */
export async function toldOf(session: Session, cwd: string, until?: Seq): Promise<Told> {
  const [head, { metadata }] = await Promise.all([session.head(), session.cell()])
  const seq = until ?? head.seq
  return {
    session: session.id,
    seq,
    title: head.name ?? head.title ?? session.id,
    cwd: typeof metadata.cwd === 'string' ? metadata.cwd : cwd,
    ...(head.branch === null ? undefined : { branch: head.branch }),
    ...(head.repository === null ? undefined : { repository: head.repository }),
    startedAt: startOf(metadata.adopted) ?? head.createdAt,
    messages: (await session.view('history', { until: seq })).messages,
  }
}

function startOf(adopted: unknown): number | undefined {
  return timeOf(fieldsOf(adopted).started_at)
}

/**
 * Messages in their order, each call with its outcome, as agents keep them that have both in one record. A message waits
 * until its calls are answered or the person speaks; results of calls that nobody made are messages of their own.
 */
export async function* answered(messages: AsyncIterable<HistoryMessage>): AsyncGenerator<Answered> {
  let waiting: { message: HistoryMessage; outcomes: Map<string, Outcome> }[] = []
  const open = new Map<string, Map<string, Outcome>>()
  for await (const message of messages) {
    if (message.role === 'tool') {
      const left = give(message, open)
      if (left !== null) waiting.push({ message: left, outcomes: new Map() })
    } else {
      if (message.role === 'user') open.clear()
      if (open.size === 0) {
        yield* waiting
        waiting = []
      }
      const outcomes = new Map<string, Outcome>()
      for (const { call_id: id } of callsOf(message)) open.set(id, outcomes)
      waiting.push({ message, outcomes })
    }
  }
  yield* waiting
}

/** Puts results where their calls wait; what is left belongs to none. */
function give(message: HistoryMessage, open: Map<string, Map<string, Outcome>>): HistoryMessage | null {
  const left: Part[] = []
  let edits: Edit[] | null = null
  for (const part of message.parts ?? []) {
    const outcomes = part.type === 'result' ? open.get(part.call_id) : undefined
    if (part.type === 'result' && outcomes !== undefined) {
      edits = []
      outcomes.set(part.call_id, { output: part.output, failed: part.error === true, edits, at: message.at })
      open.delete(part.call_id)
    } else if (part.type === 'edit' && edits !== null) edits.push(part)
    else left.push(part)
  }
  if (left.length === 0 && message.content.trim() === '') return null
  return { ...message, parts: left }
}

export function callsOf(message: HistoryMessage): readonly Call[] {
  return (message.parts ?? []).filter((part) => part.type === 'call')
}

/** What was said: the text, parts of text that are not in it, and names in place of files. */
export function wordsOf({ content, parts = [] }: HistoryMessage): string {
  const words = [content]
  for (const part of parts) {
    if (part.type === 'text' && !content.includes(part.text)) words.push(part.text)
    if (part.type === 'file') words.push(`[file ${part.name ?? part.url ?? part.blob ?? part.media_type ?? ''}]`)
  }
  return words.filter((each) => each.trim() !== '').join('\n\n')
}

export function thoughtOf({ parts = [] }: HistoryMessage): string {
  return parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n')
}

/** A result as text, for forms that know no other. */
export function textOfOutput(output: unknown): string {
  return typeof output === 'string' ? output : output === undefined ? '' : JSON.stringify(output)
}

/** Said in place of a result that never came. */
export const noResult = 'The session holds no result of this call.'

/**
 * What neither side said, for forms in which only the person and the agent speak. Null for what an adopted program told its
 * own model: the next one brings its own instructions.
 */
export function reminderOf(message: HistoryMessage): string | null {
  if (message.role === 'system' && message.metadata?.record !== undefined) return null
  const results = (message.parts ?? []).flatMap((part) => (part.type === 'result' ? [textOfOutput(part.output)] : []))
  const words = [wordsOf(message), ...results].filter((each) => each !== '').join('\n\n')
  return words === '' ? null : `<system-reminder>\n${words}\n</system-reminder>`
}

/** An id in the form of a UUID, the same for the same names. */
export function uuidOf(...names: readonly (string | number)[]): string {
  const bytes = Buffer.from(digestOf(JSON.stringify(names)).subarray(0, 16))
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export function isoOf(at: number): string {
  return new Date(at).toISOString()
}
