// Makes messages of what an agent tells during a turn: its answer in pieces, its thoughts, its calls and what came of them.

import type { Part } from '../../schema/parts.ts'
import type { ProgramEvent } from '../contract.ts'
import { AnswerKeeper } from '../formats/answer.ts'
import {
  call,
  edit,
  type Fields,
  fieldsOf,
  foreign,
  type Operation,
  reasoning,
  result,
  textOf,
  usageOf,
} from '../formats/fields.ts'
import { type Contents, hashesOf, wholeOf } from './contents.ts'
import { diffOf } from './diff.ts'

/** Calls whose results may still come; with more than these the oldest is no longer waited for. */
const mostCalls = 256
/** Characters that a call printed. */
const mostPrinted = 262_144
/** Characters of the reason of a failure. */
const mostWords = 2048
/** Of the agent's surroundings, not of the turn. */
const passedOver: ReadonlySet<unknown> = new Set([
  ...['user_message_chunk', 'available_commands_update', 'current_mode_update', 'config_option_update'],
  'usage_update',
])

/** Why a turn ended that did not end well. */
const reasons: Readonly<Record<string, string>> = {
  cancelled: 'its turn was cancelled',
  refusal: 'it refused the prompt',
  max_tokens: 'it reached the most tokens of an answer',
  max_turn_requests: 'it asked its model as often as it may in one turn',
}

/** A call as it is known so far: later words replace earlier ones. */
interface Call {
  readonly fields: Fields
  /** What it printed so far, where that comes in pieces of their own. */
  readonly printed: string
  readonly isTold: boolean
  readonly isOver: boolean
}

/** One for each turn. Of the same words it makes the same messages, whenever they are read, but for the hashes of edited files. */
export class Updates {
  readonly #contents: Contents
  readonly #answer = new AnswerKeeper()
  readonly #calls = new Map<string, Call>()
  /** The last that it said. */
  #said = ''
  /** Codex tells a turn that failed as one that ended, with the reason as its last words. */
  #hasBroken = false
  /** What it is saying or thinking, of which more may come. */
  #open: { readonly kind: 'said' | 'thought'; readonly id: unknown; text: string } | null = null

  constructor(contents: Contents) {
    this.#contents = contents
  }

  push(update: Fields): readonly ProgramEvent[] {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return this.#piece('said', update)
      case 'agent_thought_chunk':
        return this.#piece('thought', update)
      case 'tool_call':
      case 'tool_call_update':
        return this.#called(update)
      case 'session_info_update':
        this.#hasBroken ||= fieldsOf(fieldsOf(fieldsOf(update._meta).codex).threadStatus).type === 'systemError'
        return []
      default:
        return passedOver.has(update.sessionUpdate) ? [] : this.kept(update.sessionUpdate, update)
    }
  }

  /** What has no meaning here, beside the messages. */
  kept(kind: unknown, record: unknown): readonly ProgramEvent[] {
    return this.#behind([foreign(kind, record)])
  }

  /** It asks for the permission to make this call. */
  asked(toolCall: Fields): readonly ProgramEvent[] {
    const id = idOf(toolCall)
    const known = this.#merged(id, toolCall)
    return known.isTold ? this.#behind([]) : this.#tell(id, known)
  }

  /** It did not get the permission; some say nothing more of such a call. */
  denied(toolCall: Fields): readonly ProgramEvent[] {
    const id = idOf(toolCall)
    const known = this.#merged(id, toolCall)
    this.#calls.set(id, { ...known, isOver: true })
    return this.#behind([result(id, 'not permitted', true)])
  }

  /** The turn is over, as its answer says. */
  over(answer: Fields): readonly ProgramEvent[] {
    const { stopReason } = answer
    const ok = stopReason === 'end_turn' && !this.#hasBroken
    const before = this.#flush()
    const words = stopReason === 'end_turn' ? this.#said.trim().slice(0, mostWords) : reasons[String(stopReason)]
    const error = words || `its turn ended with ${String(stopReason)}`
    return [
      ...before,
      ...usageEvents(answer),
      ...(ok ? this.#answer.final() : this.#answer.flush()),
      ok ? { type: 'done', ok } : { type: 'done', ok, error },
    ]
  }

  /** It could not do it. */
  failed(error: string): readonly ProgramEvent[] {
    return [...this.end(), { type: 'done', ok: false, error }]
  }

  /** Nothing more comes of it. */
  end(): readonly ProgramEvent[] {
    return this.#behind([])
  }

  #piece(kind: 'said' | 'thought', { content, messageId, _meta }: Fields): readonly ProgramEvent[] {
    const { type, text } = fieldsOf(content)
    if (type !== 'text' || typeof text !== 'string') return this.kept(`${kind} ${String(type)}`, content)
    // Qwen Code tells what each answer of its model took in a piece without a text.
    if (text === '') return usageEvents(fieldsOf(_meta))
    const open = this.#open
    const isMore = open?.kind === kind && (open.id === messageId || open.id === undefined || messageId === undefined)
    const before = isMore ? [] : this.#flush()
    if (isMore) open.text += text
    else this.#open = { kind, id: messageId, text }
    return kind === 'said' ? [...before, { type: 'delta', text }] : before
  }

  /** What was being said is a whole message. */
  #flush(): readonly ProgramEvent[] {
    const open = this.#open
    this.#open = null
    if (open === null || open.text.trim() === '') return []
    if (open.kind === 'said') this.#said = open.text
    return open.kind === 'said' ? this.#answer.hold(open.text) : this.#answer.before([reasoning(open.text)])
  }

  #behind(events: readonly ProgramEvent[]): readonly ProgramEvent[] {
    return [...this.#flush(), ...this.#answer.before(events)]
  }

  #called(update: Fields): readonly ProgramEvent[] {
    const id = idOf(update)
    const known = this.#merged(id, update)
    const { status } = known.fields
    const isOver = status === 'completed' || status === 'failed'
    // Of one that is pending not all is known yet.
    if (known.isOver || (!isOver && status !== 'in_progress')) return []
    const told = known.isTold ? [] : this.#tell(id, known)
    if (!isOver) return told
    this.#calls.set(id, { ...known, isTold: true, isOver })
    return [...told, ...this.#behind([resultOf(id, known, this.#contents)])]
  }

  #tell(id: string, known: Call): readonly ProgramEvent[] {
    this.#calls.set(id, { ...known, isTold: true })
    const { name, kind, rawInput, title, locations, _meta } = known.fields
    const said = Object.keys(fieldsOf(rawInput)).length > 0 || typeof rawInput === 'string'
    const input = said ? rawInput : { title, paths: pathsOf(locations) }
    return this.#behind([call(id, name ?? fieldsOf(_meta).toolName ?? kind ?? 'other', input)])
  }

  #merged(id: string, update: Fields): Call {
    const known = this.#calls.get(id) ?? { fields: {}, printed: '', isTold: false, isOver: false }
    const news = Object.entries(update).filter(([, value]) => value !== undefined && value !== null)
    const { data } = fieldsOf(fieldsOf(update._meta).terminal_output_delta)
    const printed = typeof data === 'string' ? (known.printed + data).slice(0, mostPrinted) : known.printed
    const merged = { ...known, printed, fields: { ...known.fields, ...Object.fromEntries(news) } }
    this.#calls.set(id, merged)
    const [oldest] = this.#calls.keys()
    if (this.#calls.size > mostCalls && oldest !== undefined) this.#calls.delete(oldest)
    return merged
  }
}

function idOf({ toolCallId }: Fields): string {
  return textOf(toolCallId) ?? 'unknown'
}

function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function pathsOf(locations: unknown): readonly string[] {
  return itemsOf(locations).flatMap(({ path }) => textOf(path) ?? [])
}

function resultOf(id: string, { fields, printed }: Call, contents: Contents): ProgramEvent {
  const { status, rawOutput, content, kind, locations } = fields
  const { output, metadata } = fieldsOf(rawOutput)
  const { exit, exists } = fieldsOf(metadata)
  const hasFailed = status === 'failed' || (typeof exit === 'number' && exit !== 0)
  const items = itemsOf(content)
  const diffs = items.filter(({ type }) => type === 'diff').map((item) => editOf(item, contents))
  const whole: Operation | null = kind === 'delete' ? 'delete' : kind === 'edit' ? 'update' : null
  const paths = diffs.length === 0 && whole !== null ? pathsOf(locations) : []
  const edits = paths.map((path) => {
    const operation = exists === false ? 'create' : (whole ?? 'update')
    const part = edit(path, operation)
    return part && { ...part, ...hashesOf(operation, { after: contents(path) }) }
  })
  // Qwen Code says nothing as an empty text, and an edit as both whole files once more.
  const raw = rawOutput === '' || 'fileDiff' in fieldsOf(rawOutput) ? undefined : rawOutput
  return result(id, textOf(output) ?? textOf(printed) ?? raw ?? saidIn(items), hasFailed, [...diffs, ...edits])
}

/** The texts of a result. */
function saidIn(items: readonly Fields[]): string | undefined {
  const texts = items.filter(({ type }) => type === 'content').map(({ content }) => textOf(fieldsOf(content).text))
  return textOf(texts.filter((text) => text !== undefined).join('\n'))
}

/** Where only the changed piece is known, line numbers count from its beginning. */
function editOf({ path, oldText, newText, _meta }: Fields, contents: Contents): Part | null {
  const before = typeof oldText === 'string' ? oldText : ''
  const after = typeof newText === 'string' ? newText : ''
  const { kind } = fieldsOf(_meta)
  const operation: Operation =
    kind === 'delete' ? 'delete' : kind === 'add' || (kind === undefined && before === '') ? 'create' : 'update'
  const whole = wholeOf(path, operation, { before, after }, contents)
  const diff = diffOf(whole?.before ?? before, whole?.after ?? after) ?? undefined
  const part = edit(path, operation, diff)
  return part && { ...part, ...hashesOf(operation, whole ?? {}) }
}

/** As the protocol has it, or as Gemini CLI tells it. */
function usageEvents({ usage, _meta }: Fields): readonly ProgramEvent[] {
  const { inputTokens, outputTokens } = fieldsOf(usage)
  const { input_tokens, output_tokens } = fieldsOf(fieldsOf(fieldsOf(_meta).quota).token_count)
  const used = usageOf(inputTokens ?? input_tokens, outputTokens ?? output_tokens)
  return used === null ? [] : [{ type: 'usage', usage: used }]
}
