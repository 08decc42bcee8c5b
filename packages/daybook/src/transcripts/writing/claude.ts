// Writes a transcript of Claude Code, as its form is publicly described: records in a chain, contents in blocks.

import type { HistoryMessage } from '../../session/views/contract.ts'
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
  uuidOf,
  wordsOf,
} from './told.ts'

type Place = Omit<Told, 'messages'>

export const claudeWriter: TranscriptWriter = {
  agent: 'claude',
  title: 'Claude Code',
  extension: '.jsonl',
  resuming,
  async *write(told) {
    const chain = new Chain(told)
    for await (const one of answered(told.messages)) yield* linesOf(chain, one)
    if (chain.last !== null) yield line({ type: 'summary', summary: told.title, leafUuid: chain.last })
  },
}

function resuming(told: Place): Resuming {
  const id = idOf(told)
  const folder = told.cwd.replace(/[^A-Za-z0-9]/g, '-')
  return { id, place: `.claude/projects/${folder}/${id}.jsonl`, commands: [`claude --resume ${id}`] }
}

function idOf({ session, seq }: Place): string {
  return uuidOf('claude', session, seq)
}

/** Each record names the one before it. */
class Chain {
  readonly #shared: object
  readonly #told: Place
  last: string | null = null

  constructor(told: Place) {
    const { cwd, branch = '' } = told
    const where = { cwd, sessionId: idOf(told), version: '0.0.0', gitBranch: branch }
    this.#told = told
    this.#shared = { isSidechain: false, userType: 'external', ...where }
  }

  /** `part` tells records of one message apart. */
  record(seq: number, part: string, at: number, rest: object): string {
    const { session, seq: head } = this.#told
    const uuid = uuidOf('claude', session, head, seq, part)
    const parentUuid = this.last
    const from = parentUuid === null ? { originator: originMark(this.#told) } : {}
    this.last = uuid
    return line({ parentUuid, ...this.#shared, ...from, ...rest, uuid, timestamp: isoOf(at) })
  }
}

/** What the agent said and called is one record, what came of all its calls the next one, as its model's interface asks. */
function* linesOf(chain: Chain, { message, outcomes }: Answered): Generator<string> {
  const { role, seq, at } = message
  if (role !== 'assistant') {
    const content = role === 'user' ? wordsOf(message) : reminderOf(message)
    if (content === null || content === '') return
    const beside = role === 'user' ? {} : { isMeta: true }
    yield chain.record(seq, 'said', at, { ...beside, type: 'user', message: { role: 'user', content } })
    return
  }
  const blocks = blocksOf(message)
  // Thoughts are left out: its model's interface takes only those that it signed itself.
  if (blocks.length === 0) return
  yield chain.record(seq, 'said', at, { type: 'assistant', message: spoken(chain, message, blocks) })
  const results = callsOf(message).map((call) => resultOf(call, outcomes.get(call.call_id)))
  if (results.length === 0) return
  const ended = Math.max(at, ...[...outcomes.values()].map((outcome) => outcome.at))
  const [only] = results
  yield chain.record(seq, 'results', ended, {
    type: 'user',
    message: { role: 'user', content: results },
    ...(results.length === 1 ? { toolUseResult: only?.content } : undefined),
  })
}

function spoken(chain: Chain, message: HistoryMessage, content: readonly object[]): object {
  const { seq, model = 'unknown' } = message
  const usage = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 }
  const id = `msg_${seq}_${(chain.last ?? '').slice(0, 8)}`
  const reason = callsOf(message).length > 0 ? 'tool_use' : 'end_turn'
  return { id, type: 'message', role: 'assistant', model, content, stop_reason: reason, stop_sequence: null, usage }
}

function blocksOf(message: HistoryMessage): readonly object[] {
  const words = wordsOf(message)
  const calls = callsOf(message).map(({ call_id, name, input }) => ({
    type: 'tool_use',
    id: wordOf(call_id),
    name: wordOf(name),
    input: typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input },
  }))
  return [...(words === '' ? [] : [{ type: 'text', text: words }]), ...calls]
}

function resultOf({ call_id }: Call, outcome: Outcome | undefined) {
  return {
    tool_use_id: wordOf(call_id),
    type: 'tool_result',
    content: textOfOutput(outcome?.output ?? noResult),
    ...((outcome?.failed ?? true) ? { is_error: true } : undefined),
  }
}

/** Ids and names of tools have only these characters, and not too many. */
function wordOf(text: string): string {
  return /^[\w-]{1,64}$/.test(text) ? text : `${text.replace(/[^\w-]/g, '_').slice(0, 40)}_${uuidOf(text).slice(0, 8)}`
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
