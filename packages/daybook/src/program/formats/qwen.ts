// What `qwen -o stream-json` prints: messages part by part as they are complete, their pieces before, and a result at the end.

import type { Part } from '../../schema/parts.ts'
import type { FormatReader, ProgramEvent } from '../contract.ts'
import { AnswerKeeper } from './answer.ts'
import { call, edit, type Fields, fieldsOf, foreign, reasoning, recordOf, result, textOf, usageOf } from './fields.ts'
import { Pending } from './pending.ts'

export class QwenReader implements FormatReader {
  readonly #answer = new AnswerKeeper()
  /** The last that it said. */
  #said = ''
  /** Paths that calls under way would change. */
  readonly #pending = new Pending<unknown>()

  push(line: string): readonly ProgramEvent[] {
    const record = recordOf(line)
    switch (record.type) {
      case 'system':
        return this.#system(record)
      case 'stream_event':
        return isNested(record) ? [] : piece(fieldsOf(record.event))
      case 'assistant':
      case 'user':
        return partsIn(record).flatMap((part) => this.#part(record, part))
      case 'result':
        return this.#result(record)
      default:
        return this.#beside(record)
    }
  }

  end(): readonly ProgramEvent[] {
    return this.#answer.flush()
  }

  #system(record: Fields): readonly ProgramEvent[] {
    const token = record.subtype === 'init' ? textOf(record.session_id) : undefined
    return token === undefined ? this.#beside(record) : [{ type: 'token', token }]
  }

  #part(record: Fields, part: Fields): readonly ProgramEvent[] {
    const { type, id, name, input, tool_use_id: called, content } = part
    if (type === 'tool_use') {
      if (name === 'write_file' || name === 'edit') this.#pending.remember(id, fieldsOf(input).file_path)
      return this.#answer.before([call(id, name, input)])
    }
    if (type === 'tool_result') {
      const path = this.#pending.take(called)
      const edits = path === undefined ? [] : [edited(path, content)]
      return this.#answer.before([result(called, content, part.is_error === true, edits)])
    }
    if (isNested(record)) return this.#beside(record)
    const text = textOf(type === 'thinking' ? part.thinking : part.text)
    if (record.type === 'user' || (type !== 'text' && type !== 'thinking')) return this.#beside(record)
    if (text === undefined) return []
    return type === 'text' ? this.#says(text) : this.#answer.before([reasoning(text)])
  }

  #says(text: string): readonly ProgramEvent[] {
    this.#said = text
    return this.#answer.hold(text)
  }

  #result(record: Fields): readonly ProgramEvent[] {
    const { input_tokens, output_tokens } = fieldsOf(record.usage)
    const told = usageOf(input_tokens, output_tokens)
    // Counted since its session began, also in earlier processes.
    const used: readonly ProgramEvent[] = told === null ? [] : [{ type: 'usage', usage: told, total: true }]
    if (record.subtype !== 'success' || record.is_error === true) {
      const error = textOf(fieldsOf(record.error).message) ?? `it ended with ${String(record.subtype)}`
      // It says its failure as an answer, too.
      const held = this.#answer.flush()
      return [...used, ...(this.#said === error ? [] : held), { type: 'done', ok: false, error }]
    }
    const text = textOf(record.result)
    const before = text === undefined || text === this.#said ? [] : this.#says(text)
    return [...before, ...used, ...this.#answer.final(), { type: 'done', ok: true }]
  }

  #beside(record: Fields): readonly ProgramEvent[] {
    return this.#answer.before([foreign(record.type, record)])
  }
}

/** Of an agent that it gave a part of its work to: what that one calls is done, what it says is no answer. */
function isNested(record: Fields): boolean {
  return textOf(record.parent_tool_use_id) !== undefined
}

function partsIn({ message }: Fields): readonly Fields[] {
  const { content } = fieldsOf(message)
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.map(fieldsOf) : []
}

/** Of what is shown as it comes only the text; the rest is told again when it is complete. */
function piece({ type, delta }: Fields): readonly ProgramEvent[] {
  const { type: kind, text } = fieldsOf(delta)
  return type === 'content_block_delta' && kind === 'text_delta' && typeof text === 'string' && text !== ''
    ? [{ type: 'delta', text }]
    : []
}

/** Whether the file was there before stands in its words alone. */
function edited(path: unknown, words: unknown): Part | null {
  const isNew = typeof words === 'string' && /^(?:Successfully created|Created new file)/.test(words)
  return edit(path, isNew ? 'create' : 'update')
}
