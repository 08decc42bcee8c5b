// What `gemini -o stream-json` prints: pieces of its answer, calls with their results, and a result at the end.

import type { Part } from '../../schema/parts.ts'
import type { FormatReader, ProgramEvent } from '../contract.ts'
import { call, edit, type Fields, fieldsOf, foreign, recordOf, result, textOf, usageOf } from './fields.ts'
import { cut } from './kept.ts'
import { Pending } from './pending.ts'

export class GeminiReader implements FormatReader {
  /** The text of the answer so far: it comes in pieces, and nothing says which is the last one of a message. */
  #text = ''
  #model: string | undefined
  /** What calls under way would change. */
  readonly #pending = new Pending<Part>()

  push(line: string): readonly ProgramEvent[] {
    const record = recordOf(line)
    switch (record.type) {
      case 'init':
        return this.#init(record)
      case 'message':
        return this.#message(record)
      case 'tool_use': {
        const part = editOf(record.tool_name, fieldsOf(record.parameters))
        if (part !== null) this.#pending.remember(record.tool_id, part)
        return [...this.#said(), call(record.tool_id, record.tool_name, record.parameters)]
      }
      case 'tool_result': {
        const edits = [this.#pending.take(record.tool_id) ?? null]
        const hasFailed = record.status === 'error'
        return [...this.#said(), result(record.tool_id, record.output ?? record.error, hasFailed, edits)]
      }
      case 'result':
        return this.#result(record)
      default:
        return [...this.#said(), foreign(record.type, record)]
    }
  }

  end(): readonly ProgramEvent[] {
    return this.#said()
  }

  #init(record: Fields): readonly ProgramEvent[] {
    this.#model = textOf(record.model)
    const token = textOf(record.session_id)
    return token === undefined ? [foreign(record.type, record)] : [{ type: 'token', token }]
  }

  #message(record: Fields): readonly ProgramEvent[] {
    if (record.role === 'user') return [] // the prompt, said back
    const text = textOf(record.content)
    if (record.role !== 'assistant') return [...this.#said(), foreign(record.type, record)]
    if (text === undefined) return []
    if (record.delta === true) {
      this.#text += text
      return [{ type: 'delta', text }]
    }
    const before = this.#said()
    this.#text = text
    return before
  }

  #result(record: Fields): readonly ProgramEvent[] {
    const { input_tokens, output_tokens } = fieldsOf(record.stats)
    const told = usageOf(input_tokens, output_tokens)
    const ok = record.status === 'success'
    const error = textOf(fieldsOf(record.error).message) ?? `it ended with ${String(record.status)}`
    return [
      ...(told === null ? [] : [{ type: 'usage', usage: told } as const]),
      ...this.#said(ok),
      ok ? { type: 'done', ok } : { type: 'done', ok, error },
    ]
  }

  #said(isFinal = false): readonly ProgramEvent[] {
    const content = cut(this.#text)
    this.#text = ''
    if (content.trim() === '') return []
    const model = this.#model === undefined ? undefined : { model: this.#model }
    return [{ type: 'message', role: 'assistant', content, ...model, ...(isFinal ? { final: true } : undefined) }]
  }
}

/** Whether a written file was there before is not told. */
function editOf(name: unknown, { file_path: path }: Fields): Part | null {
  return name === 'write_file' || name === 'replace' ? edit(path, 'update') : null
}
