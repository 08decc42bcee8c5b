// Writes a session in the form that `opencode import` takes: one document with the session, its messages and their parts.

import { basename } from 'node:path'
import type { HistoryMessage } from '../../session/views/contract.ts'
import { sha256 } from '../../store/hash.ts'
import { originMark } from '../mark.ts'
import type { Resuming, Told, TranscriptWriter } from './contract.ts'
import {
  type Answered,
  answered,
  type Call,
  callsOf,
  noResult,
  type Outcome,
  reminderOf,
  textOfOutput,
  thoughtOf,
  wordsOf,
} from './told.ts'

type Place = Omit<Told, 'messages'>

export const opencodeWriter: TranscriptWriter = {
  agent: 'opencode',
  title: 'OpenCode',
  extension: '.json',
  resuming,
  async *write(told) {
    yield `{"info":${JSON.stringify(infoOf(told))},\n"messages":[`
    const ids = new Ids(told)
    let separator = '\n'
    for await (const one of answered(told.messages)) {
      const made = messageOf(told, one, ids)
      if (made === null) continue
      yield `${separator}${JSON.stringify(made)}`
      separator = ',\n'
    }
    yield '\n]}\n'
  },
}

function resuming(told: Place): Resuming {
  const id = sessionId(told)
  return { id, place: null, commands: ['opencode import FILE', `opencode --session ${id} --model PROVIDER/MODEL`] }
}

function infoOf(told: Place): object {
  const { cwd, title, startedAt } = told
  return {
    id: sessionId(told),
    slug: originMark(told),
    projectID: 'global',
    directory: cwd,
    title,
    version: '0.0.0',
    time: { created: startedAt, updated: startedAt },
  }
}

interface MessageIds {
  readonly id: string
  readonly sessionID: string
  part(): { readonly id: string; readonly sessionID: string; readonly messageID: string }
}

/** Ids that sort as what they name: their first twelve digits are the time, then a count. */
class Ids {
  readonly #told: Place
  readonly #session: string
  #last = 0n
  #user = ''

  constructor(told: Place) {
    this.#told = told
    this.#session = sessionId(told)
  }

  /** The person's message that those of the agent answer. */
  get user(): string {
    return this.#user
  }

  of(at: number, isUser: boolean): MessageIds {
    const id = this.#next('msg', at)
    if (isUser) this.#user = id
    const sessionID = this.#session
    return { id, sessionID, part: () => ({ id: this.#next('prt', at), sessionID, messageID: id }) }
  }

  #next(prefix: string, at: number): string {
    const wanted = BigInt(at) * 0x1000n
    this.#last = wanted > this.#last ? wanted : this.#last + 1n
    const time = hex(this.#last)
    return `${prefix}_${time}${letters(this.#told.session, this.#told.seq, prefix, time)}`
  }
}

function messageOf(told: Place, { message, outcomes }: Answered, ids: Ids): object | null {
  const { role, at } = message
  if (role !== 'assistant') {
    const text = role === 'user' ? wordsOf(message) : reminderOf(message)
    if (text === null || text === '') return null
    const own = ids.of(at, true)
    const model = { providerID: 'daybook', modelID: 'none' }
    return {
      info: { id: own.id, sessionID: own.sessionID, role: 'user', time: { created: at }, agent: 'build', model },
      parts: [{ ...own.part(), type: 'text', text, ...(role === 'user' ? undefined : { synthetic: true }) }],
    }
  }
  const { user } = ids
  const own = ids.of(at, false)
  return { info: agentInfo(told, message, own, user), parts: agentParts(message, outcomes, own) }
}

function agentInfo(told: Place, message: HistoryMessage, { id, sessionID }: MessageIds, parentID: string): object {
  const { at, model, usage } = message
  const [input, output] = [usage?.input_tokens ?? 0, usage?.output_tokens ?? 0]
  return {
    id,
    sessionID,
    role: 'assistant',
    parentID,
    mode: 'build',
    agent: 'build',
    path: { cwd: told.cwd, root: told.cwd },
    cost: 0,
    tokens: { input, output, reasoning: 0, cache: { read: 0, write: 0 } },
    modelID: model ?? 'none',
    providerID: 'daybook',
    time: { created: at, completed: at },
    finish: callsOf(message).length > 0 ? 'tool-calls' : 'stop',
  }
}

function agentParts(message: HistoryMessage, outcomes: Answered['outcomes'], own: MessageIds): readonly object[] {
  const { at } = message
  const time = { start: at, end: at }
  const [thought, words] = [thoughtOf(message), wordsOf(message)]
  return [
    // Shown to another model, a thought becomes the beginning of the text.
    ...(thought === ''
      ? []
      : [{ ...own.part(), type: 'reasoning', text: words === '' ? thought : `${thought}\n\n`, time }]),
    ...(words === '' ? [] : [{ ...own.part(), type: 'text', text: words, time }]),
    ...callsOf(message).map((call) => ({ ...own.part(), ...toolPart(call, outcomes.get(call.call_id), at) })),
  ]
}

function toolPart({ call_id: callID, name, input }: Call, outcome: Outcome | undefined, at: number): object {
  const time = { start: at, end: Math.max(at, outcome?.at ?? at) }
  const text = textOfOutput(outcome?.output ?? noResult)
  const given = typeof input === 'object' && input !== null ? input : { input }
  const failed = outcome?.failed ?? true
  const edit = outcome?.edits[0]
  const metadata = edit === undefined ? {} : { diff: edit.diff ?? '', exists: edit.operation !== 'create' }
  const state = failed
    ? { status: 'error', input: given, error: text, time }
    : { status: 'completed', input: given, output: text, title: edit ? basename(edit.path) : name, metadata, time }
  return { type: 'tool', callID, tool: name, state }
}

/** Newer sessions sort first: the time counts down. */
function sessionId({ session, seq, startedAt }: Place): string {
  return `ses_${hex(~(BigInt(startedAt) * 0x1000n))}${letters(session, seq)}`
}

function hex(number: bigint): string {
  return BigInt.asUintN(48, number).toString(16).padStart(12, '0')
}

function letters(...names: readonly (string | number)[]): string {
  return hashOf(...names).slice(0, 14)
}

function hashOf(...names: readonly (string | number)[]): string {
  return sha256(JSON.stringify(names)).replace(/[-_]/g, 'x')
}
