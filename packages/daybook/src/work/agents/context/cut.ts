// Cuts what is too long for a context in its middle, with a mark that names the entry which holds it whole.

import type { Seq } from '../../../schema/ids.ts'
import type { Json } from '../../../schema/json.ts'

/** Characters of a mark, at most. */
export const markLength = 96
/** Of what is kept, this much is its beginning. */
const beginning = 0.6

/** The text in at most `most` characters (never fewer than a mark needs), whole where it fits. */
export function cutText(text: string, most: number, seq: Seq): string {
  if (text.length <= most) return text
  const kept = Math.max(0, most - markLength)
  const first = wholeEnd(text, Math.ceil(kept * beginning))
  const last = wholeBegin(text, text.length - Math.floor(kept * (1 - beginning)))
  const mark = `[… ${last - first} characters left out here: entry ${seq} holds it whole …]`
  return [text.slice(0, first), mark, text.slice(last)].filter((each) => each !== '').join('\n')
}

/** Half of what is written as two units is never left standing. */
function wholeEnd(text: string, at: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) ? at - 1 : at
}

function wholeBegin(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at
}

/** A value whose JSON has at most about `most` characters: its long texts are cut, and where that is not enough, the whole as text. */
export function cutInput(input: unknown, most: number, seq: Seq): { readonly value: unknown; readonly isCut: boolean } {
  const json = JSON.stringify(input) ?? ''
  if (json.length <= most) return { value: input, isCut: false }
  const shorter = withTexts(input as Json, Math.max(markLength, Math.floor(most / 2)), seq)
  if (JSON.stringify(shorter).length <= most) return { value: shorter, isCut: true }
  return { value: { left_out: cutText(json, most, seq) }, isCut: true }
}

function withTexts(value: Json, most: number, seq: Seq): Json {
  if (typeof value === 'string') return cutText(value, most, seq)
  if (Array.isArray(value)) return value.map((each: Json) => withTexts(each, most, seq))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTexts(each, most, seq)]))
}

/** What a result is for a model: as it is, or as text that was cut. */
export function cutOutput(
  output: unknown,
  most: number,
  seq: Seq,
): { readonly value: unknown; readonly isCut: boolean } {
  const text = typeof output === 'string' ? output : (JSON.stringify(output) ?? '')
  return text.length <= most ? { value: output, isCut: false } : { value: cutText(text, most, seq), isCut: true }
}
