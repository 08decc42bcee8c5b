// What `codex exec --json` prints: a thread, its turn, and items that begin and end.

import type { FormatReader, ProgramEvent } from '../contract.ts'
import { AnswerKeeper } from './answer.ts'
import {
  call,
  edit,
  type Fields,
  fieldsOf,
  foreign,
  type Operation,
  reasoning,
  recordOf,
  result,
  textOf,
  usageOf,
} from './fields.ts'

const operations: Readonly<Record<string, Operation>> = { add: 'create', delete: 'delete', update: 'update' }

export class CodexReader implements FormatReader {
  readonly #answer = new AnswerKeeper()
  /** Calls that were told when they began. */
  readonly #begun = new Set<unknown>()

  push(line: string): readonly ProgramEvent[] {
    const record = recordOf(line)
    const item = fieldsOf(record.item)
    switch (record.type) {
      case 'thread.started': {
        const token = textOf(record.thread_id)
        return token === undefined ? [foreign(record.type, record)] : [{ type: 'token', token }]
      }
      case 'turn.started':
        return []
      case 'item.started':
        return this.#answer.before(this.#begins(item))
      case 'item.updated':
        return item.type === 'todo_list' ? this.#answer.before([foreign(item.type, record)]) : []
      case 'item.completed':
        return this.#completed(item, record)
      case 'turn.completed':
        return [...usage(record), ...this.#answer.final(), { type: 'done', ok: true }]
      case 'turn.failed': {
        const error = textOf(fieldsOf(record.error).message) ?? 'the turn failed'
        return this.#answer.before([{ type: 'done', ok: false, error }])
      }
      default:
        return this.#answer.before([foreign(record.type, record)])
    }
  }

  end(): readonly ProgramEvent[] {
    return this.#answer.flush()
  }

  #completed(item: Fields, record: Fields): readonly ProgramEvent[] {
    const text = textOf(item.text)
    if (item.type === 'agent_message') {
      return text === undefined ? [] : this.#answer.hold(text)
    }
    if (item.type === 'reasoning') return text === undefined ? [] : this.#answer.before([reasoning(text)])
    const ended = resultOf(item)
    return this.#answer.before(ended === null ? [foreign(item.type, record)] : [...this.#begins(item), ended])
  }

  /** The call of an item, once. */
  #begins(item: Fields): readonly ProgramEvent[] {
    const told = callOf(item)
    if (told === null || this.#begun.has(item.id)) return []
    this.#begun.add(item.id)
    return [told]
  }
}

function callOf(item: Fields): ProgramEvent | null {
  switch (item.type) {
    case 'command_execution':
      return call(item.id, 'command', { command: item.command })
    case 'file_change':
      return call(item.id, 'file_change', { changes: item.changes })
    case 'mcp_tool_call':
      return call(item.id, [item.server, item.tool].filter((one) => typeof one === 'string').join('.'), item.arguments)
    case 'web_search':
      return call(item.id, 'web_search', { query: item.query })
    default:
      return null
  }
}

function resultOf(item: Fields): ProgramEvent | null {
  const hasFailed = item.status === 'failed' || item.status === 'declined'
  switch (item.type) {
    case 'command_execution': {
      const error = hasFailed || (typeof item.exit_code === 'number' && item.exit_code !== 0)
      return result(item.id, { output: item.aggregated_output, exit_code: item.exit_code }, error)
    }
    case 'file_change': {
      const changes = Array.isArray(item.changes) ? item.changes.map(fieldsOf) : []
      const edits = changes.map(({ path, kind }) => edit(path, operations[String(kind)] ?? 'update'))
      return result(item.id, undefined, hasFailed, edits)
    }
    case 'mcp_tool_call':
      return result(item.id, item.error ?? item.result, hasFailed || fieldsOf(item.error) === item.error)
    case 'web_search':
      return result(item.id, undefined, hasFailed)
    default:
      return null
  }
}

/** Codex counts from the beginning of its thread on. */
function usage(record: Fields): readonly ProgramEvent[] {
  const { input_tokens, output_tokens } = fieldsOf(record.usage)
  const told = usageOf(input_tokens, output_tokens)
  return told === null ? [] : [{ type: 'usage', usage: told, total: true }]
}
