// Looking into records that a program wrote, of which nothing is certain, and the parts that are made of them.

import { DaybookError } from '../../schema/errors.ts'
import type { Part, Usage } from '../../schema/parts.ts'
import type { ProgramEvent } from '../contract.ts'
import { cut, kept, longestDiff } from './kept.ts'

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** Characters of a line; one that is longer is no record of a conversation. */
const longestLine = 8 * 1024 * 1024

/** The record of a line. `too_large` for a line over 8 MB, `invalid` for one that is no JSON object. */
export function recordOf(line: string): Fields {
  if (line.length > longestLine) throw new DaybookError('too_large', `a line is longer than ${longestLine} characters`)
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new DaybookError('invalid', `a line is not JSON: ${line.slice(0, 80)}`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new DaybookError('invalid', `a line is no JSON object: ${line.slice(0, 80)}`)
}

/** The members of an object; of anything else none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none
}

/** A text with something in it, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Tokens; null where none were told. */
export function usageOf(input: unknown, output: unknown): Usage | null {
  const [in_, out] = [countOf(input), countOf(output)]
  return in_ === 0 && out === 0 ? null : { input_tokens: in_, output_tokens: out }
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

export function foreign(kind: unknown, record: unknown): ProgramEvent {
  return { type: 'foreign', kind: label(kind, 'unknown'), record: kept(record) }
}

export function reasoning(text: string): ProgramEvent {
  return { type: 'message', role: 'assistant', content: '', parts: [{ type: 'reasoning', text: cut(text) }] }
}

export function call(id: unknown, name: unknown, input: unknown): ProgramEvent {
  const part: Part = { type: 'call', call_id: label(id, 'unknown'), name: label(name, 'unknown') }
  const parts = [input === undefined ? part : { ...part, input: kept(input) }]
  return { type: 'message', role: 'assistant', content: '', parts }
}

/** Of one call. */
const mostEdits = 100

/** What came of a call, and the files that it changed; one that failed changed none. */
export function result(
  id: unknown,
  output: unknown,
  error: boolean,
  edits: readonly (Part | null)[] = [],
): ProgramEvent {
  const part: Part = { type: 'result', call_id: label(id, 'unknown'), ...(error ? { error } : {}) }
  const told = output === undefined ? part : { ...part, output: kept(output) }
  const changed = error ? [] : edits.filter((one) => one !== null).slice(0, mostEdits)
  return { type: 'message', role: 'tool', content: '', parts: [told, ...changed] }
}

export type Operation = Extract<Part, { type: 'edit' }>['operation']

/** Null for a path that cannot be one. */
export function edit(path: unknown, operation: Operation, diff?: string): Part | null {
  if (typeof path !== 'string' || path === '' || path.length > 4096) return null
  return {
    type: 'edit',
    path,
    operation,
    ...(diff === undefined ? undefined : { diff: cut(diff, longestDiff), ...linesOf(diff) }),
  }
}

function linesOf(diff: string): { added: number; removed: number } {
  let [added, removed] = [0, 0]
  for (const line of diff.split('\n')) {
    if (line.startsWith('+') && !line.startsWith('+++')) added += 1
    else if (line.startsWith('-') && !line.startsWith('---')) removed += 1
  }
  return { added, removed }
}

/** A word of 1 to 256 characters. */
function label(value: unknown, otherwise: string): string {
  const text = typeof value === 'string' ? value.slice(0, 256).replace(/[\uD800-\uDBFF]$/, '') : ''
  return text === '' ? otherwise : text
}
