// Writes a transcript of Gemini CLI: a first line about the session, then its messages, calls together with their results.

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { originMark } from '../mark.ts'
import type { Resuming, Told, TranscriptWriter } from './contract.ts'
import {
  type Answered,
  answered,
  type Call,
  callsOf,
  isoOf,
  noResult,
  type Outcome,
  reminderOf,
  textOfOutput,
  thoughtOf,
  uuidOf,
  wordsOf,
} from './told.ts'

type Place = Omit<Told, 'messages'>

export const geminiWriter: TranscriptWriter = {
  agent: 'gemini',
  title: 'Gemini CLI',
  extension: '.jsonl',
  resuming,
  async *write(told) {
    const startTime = isoOf(told.startedAt)
    const from = { originator: originMark(told) }
    const projectHash = createHash('sha256').update(told.cwd).digest('hex')
    yield line({ sessionId: idOf(told), projectHash, startTime, lastUpdated: startTime, kind: 'main', ...from })
    for await (const one of answered(told.messages)) yield* linesOf(told, one)
  },
}

function resuming(told: Place): Resuming {
  const id = idOf(told)
  const minute = isoOf(told.startedAt).slice(0, 16).replace(':', '-')
  const place = `.gemini/tmp/${folderOf(told.cwd)}/chats/session-${minute}-${id.slice(0, 8)}.jsonl`
  return { id, place, commands: [`gemini --resume ${id}`] }
}

/** As the program names it after the project's own; it adds a number where two projects share a name. */
function folderOf(cwd: string): string {
  const words = basename(cwd)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return words.filter((word) => word !== '').join('-') || 'project'
}

function idOf({ session, seq }: Place): string {
  return uuidOf('gemini', session, seq)
}

function* linesOf(told: Place, one: Answered): Generator<string> {
  const { message } = one
  const { role, seq, at } = message
  const opening = { id: uuidOf('gemini', told.session, seq), timestamp: isoOf(at) }
  const said = role === 'user' ? wordsOf(message) : role === 'assistant' ? null : reminderOf(message)
  if (said !== null) yield line({ ...opening, type: 'user', content: [{ text: said }] })
  if (role !== 'assistant') return
  const thought = thoughtOf(message)
  const calls = callsOf(message).map((call) => toolCall(call, one.outcomes.get(call.call_id), at))
  yield line({
    ...opening,
    type: 'gemini',
    content: wordsOf(message),
    thoughts: thought === '' ? [] : [{ subject: '', description: thought, timestamp: isoOf(at) }],
    ...(message.model === undefined ? undefined : { model: message.model }),
    ...(calls.length === 0 ? undefined : { toolCalls: calls }),
  })
}

function toolCall({ call_id: id, name, input }: Call, outcome: Outcome | undefined, at: number) {
  const text = textOfOutput(outcome?.output ?? noResult)
  const failed = outcome?.failed ?? true
  const response = failed ? { error: text } : { output: text }
  return {
    id,
    name,
    args: typeof input === 'object' && input !== null ? input : { input },
    result: [{ functionResponse: { id, name, response } }],
    status: outcome === undefined ? 'cancelled' : failed ? 'error' : 'success',
    timestamp: isoOf(outcome?.at ?? at),
    resultDisplay: displayOf(outcome) ?? text,
    displayName: name,
    description: '',
    renderOutputAsMarkdown: false,
  }
}

/** The first edit of a call is shown in place of its text. */
function displayOf(outcome: Outcome | undefined): object | null {
  const edit = outcome?.edits.find(({ diff }) => diff !== undefined)
  if (edit === undefined) return null
  const { path, operation, diff } = edit
  return { fileDiff: diff, fileName: basename(path), filePath: path, isNewFile: operation === 'create' }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
