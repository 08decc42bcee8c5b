// What `opencode run --format json` prints: the parts of each step when they are complete.

import type { Part } from '../../schema/parts.ts'
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

export class OpencodeReader implements FormatReader {
  readonly #answer = new AnswerKeeper()
  #token: string | undefined
  /** Of a record that told one; the turn may go on behind it. */
  #error: string | null = null

  push(line: string): readonly ProgramEvent[] {
    const record = recordOf(line)
    return [...this.#tokenOf(record), ...this.#eventsOf(record, fieldsOf(record.part))]
  }

  end(): readonly ProgramEvent[] {
    const error = this.#error
    return error === null ? this.#answer.flush() : this.#answer.before([{ type: 'done', ok: false, error }])
  }

  /** It stands in every record. */
  #tokenOf({ sessionID }: Fields): readonly ProgramEvent[] {
    const token = textOf(sessionID)
    if (token === undefined || token === this.#token) return []
    this.#token = token
    return [{ type: 'token', token }]
  }

  #eventsOf(record: Fields, part: Fields): readonly ProgramEvent[] {
    const text = textOf(part.text)
    switch (record.type) {
      case 'step_start':
        return this.#answer.flush()
      case 'text':
        return text === undefined ? [] : this.#answer.hold(text)
      case 'reasoning':
        return text === undefined ? [] : this.#answer.before([reasoning(text)])
      case 'tool_use':
        return this.#answer.before(called(part))
      case 'step_finish':
        return this.#finished(part)
      case 'error':
        this.#error = errorOf(fieldsOf(record.error))
        return this.#answer.before([foreign(record.type, record)])
      default:
        return this.#answer.before([foreign(record.type, record)])
    }
  }

  #finished(part: Fields): readonly ProgramEvent[] {
    const { input, output, reasoning: thought, cache } = fieldsOf(part.tokens)
    const { read, write } = fieldsOf(cache)
    const told = usageOf(sum(input, read, write), sum(output, thought))
    const used: readonly ProgramEvent[] = told === null ? [] : [{ type: 'usage', usage: told }]
    const { reason } = part
    if (reason === 'tool-calls' || reason === 'unknown') return used // another step follows
    this.#error = null
    if (reason === 'stop') return [...used, ...this.#answer.final(), { type: 'done', ok: true }]
    const error = `its answer ended with ${String(reason)}`
    return [...used, ...this.#answer.before([{ type: 'done', ok: false, error }])]
  }
}

function sum(...counts: readonly unknown[]): number {
  return counts.reduce<number>((all, one) => all + (typeof one === 'number' && one > 0 ? one : 0), 0)
}

function called(part: Fields): readonly ProgramEvent[] {
  const { input, output, error, status, metadata } = fieldsOf(part.state)
  const { exit, exists, filediff, filepath } = fieldsOf(metadata)
  const hasFailed = status === 'error' || (typeof exit === 'number' && exit !== 0)
  const { file, patch } = fieldsOf(filediff)
  const operation: Operation = exists === false ? 'create' : 'update'
  const path = file ?? filepath ?? fieldsOf(input).filePath
  const edits: readonly (Part | null)[] = changing.has(part.tool) ? [edit(path, operation, textOf(patch))] : []
  return [call(part.callID, part.tool, input), result(part.callID, output ?? error, hasFailed, edits)]
}

const changing: ReadonlySet<unknown> = new Set(['write', 'edit'])

function errorOf({ name, data }: Fields): string {
  return textOf(fieldsOf(data).message) ?? textOf(name) ?? 'the turn failed'
}
