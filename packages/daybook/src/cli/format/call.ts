// A call of a skill and what came of it, in few words.

import { idOfCalled } from '../../work/agents/call-names.ts'
import { cut, oneLine } from './width.ts'

/** Models know a skill by another name than people do. */
export function callName(name: string): string {
  return idOfCalled(oneLine(name))
}

/** The one text of an input, else all of it. */
export function inputText(input: unknown): string {
  if (typeof input === 'string') return oneLine(input)
  const values = Object.values(input ?? {})
  if (values.length === 0) return ''
  const [only] = values
  return oneLine(values.length === 1 && typeof only === 'string' ? only : JSON.stringify(input))
}

/** Why a call failed, as far as it fits into so many cells. */
export function failureText(output: unknown, cells: number): string {
  return cut(oneLine(typeof output === 'string' ? output : (JSON.stringify(output) ?? '')), cells)
}
