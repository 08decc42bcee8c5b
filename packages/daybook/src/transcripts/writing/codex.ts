// Writes a transcript of Codex: the response items that its model is shown again, and the events that its window shows.

import type { Part } from '../../schema/parts.ts'
import type { HistoryMessage } from '../../session/views/contract.ts'
import { originMark } from '../mark.ts'
import type { Resuming, Told, TranscriptWriter } from './contract.ts'
import { isoOf, textOfOutput, thoughtOf, uuidOf, wordsOf } from './told.ts'

type Place = Omit<Told, 'messages'>

export const codexWriter: TranscriptWriter = {
  agent: 'codex',
  title: 'Codex',
  extension: '.jsonl',
  resuming,
  async *write(told) {
    yield line(told.startedAt, 'session_meta', metaOf(told))
    const texts = new Set<string>()
    for await (const message of told.messages) yield* linesOf(message, texts)
  },
}

function resuming(told: Place): Resuming {
  const id = idOf(told)
  const [day = '', time = ''] = isoOf(told.startedAt).slice(0, 19).split('T')
  const name = `rollout-${day}T${time.replaceAll(':', '-')}-${id}.jsonl`
  return {
    id,
    place: `.codex/sessions/${day.replaceAll('-', '/')}/${name}`,
    commands: [`codex resume ${id}`],
  }
}

function idOf({ session, seq }: Place): string {
  return uuidOf('codex', session, seq)
}

function metaOf(told: Place): object {
  const { branch, repository } = told
  const git = {
    ...(branch === undefined ? undefined : { branch }),
    ...(repository === undefined ? undefined : { repository_url: repository }),
  }
  return {
    id: idOf(told),
    timestamp: isoOf(told.startedAt),
    cwd: told.cwd,
    originator: originMark(told),
    cli_version: '0.0.0',
    instructions: null,
    source: 'cli',
    ...(Object.keys(git).length === 0 ? undefined : { git }),
  }
}

/** `texts`: ids of calls that took text, whose results are of another type. */
function* linesOf(message: HistoryMessage, texts: Set<string>): Generator<string> {
  const { role, at, parts = [] } = message
  if (role === 'system' && message.metadata?.record !== undefined) return // the next program brings its own instructions
  const thought = thoughtOf(message)
  // Shown, but no response item: Codex would send it to the model, whose interface takes only thoughts that it sealed itself.
  if (thought !== '') yield line(at, 'event_msg', { type: 'agent_reasoning', text: thought })
  const words = wordsOf(message)
  if (words !== '') yield* spoken(role, words, at)
  for (const part of parts) {
    const item = itemOf(part, texts)
    if (item !== null) yield line(at, 'response_item', item)
  }
}

function* spoken(role: HistoryMessage['role'], words: string, at: number): Generator<string> {
  const known = role === 'user' || role === 'assistant' ? role : 'developer'
  if (role === 'user') yield line(at, 'event_msg', { type: 'user_message', message: words, images: [] })
  if (role === 'assistant') yield line(at, 'event_msg', { type: 'agent_message', message: words })
  const content = [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: words }]
  yield line(at, 'response_item', { type: 'message', role: known, content })
}

/** A call whose input is text is one of a tool that takes text. */
function itemOf(part: Part, texts: Set<string>): object | null {
  if (part.type === 'call') {
    const { call_id, name, input } = part
    if (typeof input === 'string') {
      texts.add(call_id)
      return { type: 'custom_tool_call', call_id, name, input }
    }
    return { type: 'function_call', call_id, name, arguments: input === undefined ? '{}' : JSON.stringify(input) }
  }
  if (part.type !== 'result') return null
  const text = textOfOutput(part.output)
  // The form has no field for it: Codex tells a failure in the text.
  const output = part.error && !tellsFailure(text) ? `execution error: ${text}` : text
  const type = texts.has(part.call_id) ? 'custom_tool_call_output' : 'function_call_output'
  return { type, call_id: part.call_id, output }
}

function tellsFailure(text: string): boolean {
  return /^(?:Process exited with code|Exit code:) [1-9]/m.test(text.slice(0, 512)) || /"exit_code":[1-9]/.test(text)
}

function line(at: number, type: string, payload: object): string {
  return `${JSON.stringify({ timestamp: isoOf(at), type, payload })}\n`
}
