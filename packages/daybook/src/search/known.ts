// What is known of a word as it is written, however often it is met: its plain form, its stem, the parts that it is made of.

import { plainForm, scriptOf } from '../text/fold.ts'
import { stemOf } from '../text/stems.ts'
import { beginsSpaceless, type Units } from './letters.ts'

export interface Known {
  /** As it stands in texts. */
  readonly written: string
  /** As it is compared; empty for what folds to nothing. */
  readonly plain: string
  /** The word itself where its language has no stems. */
  readonly stem: string
  /** All that it is known by beside itself: its stem, and its parts with theirs; null where there is nothing. */
  readonly forms: readonly string[] | null
  /** The parts that people write together, as plain forms: `getUserToken`, `sha256`; none of a simple word. */
  readonly parts: readonly string[]
  /** Two signs of a script without spaces, or the last one of them. */
  readonly isPair: boolean
}

export const nothing: Known = Object.freeze({ written: '', plain: '', stem: '', forms: null, parts: [], isPair: false })

/** Longer words are noise (keys, encoded bytes); they are known by their beginning. */
export const longestWord = 64

/**
 * Words repeat, so that it pays to keep what is known of them. Each has a shelf for two: one that is met again stands in front,
 * a new one takes the place of that behind. What is kept is bounded, and nothing is ever swept.
 */
const shelves = 65_536
const kept = new Array<Known | undefined>(2 * shelves)

/** Of the word from `start` to `end`. No piece of the text is made for a word that is known already. */
export function knownAt(text: string, units: Units, start: number, end: number): Known {
  if (end - start > longestWord) return made(text.slice(start, end))
  let mark = 0x811c9dc5
  for (let at = start; at < end; at++) mark = Math.imul(mark ^ (units[at] ?? 0), 0x01000193)
  const front = 2 * ((mark ^ (mark >>> 16)) & (shelves - 1))
  const first = kept[front]
  if (first !== undefined && stands(first, units, start, end)) return first
  const behind = kept[front + 1]
  const isBehind = behind !== undefined && stands(behind, units, start, end)
  const known = isBehind ? behind : made(alone(text, start, end))
  kept[front + 1] = first
  kept[front] = known
  return known
}

function stands({ written }: Known, units: Units, start: number, end: number): boolean {
  if (written.length !== end - start) return false
  for (let at = 0; at < written.length; at++) if (written.charCodeAt(at) !== units[start + at]) return false
  return true
}

const ofOne: Units = new Uint16Array(longestWord)

export function knownOf(written: string): Known {
  for (let at = 0; at < Math.min(written.length, longestWord); at++) ofOne[at] = written.charCodeAt(at)
  return knownAt(written, ofOne, 0, written.length)
}

/** A piece that is kept must not keep the whole text that it was cut from. */
function alone(text: string, start: number, end: number): string {
  return ` ${text.slice(start, end)}`.slice(1)
}

const foreignSigns = /[^\p{L}\p{M}\p{N}]/gu

function made(written: string): Known {
  const folded = plainForm(written.slice(0, longestWord))
  const plain = simple.test(folded) ? folded : folded.replace(foreignSigns, '')
  const isPair = beginsSpaceless(plain)
  const stem = isPair ? plain : stemOf(plain, scriptOf(plain))
  const parts = isPair ? [] : partsOf(written)
  const forms = [...(stem === plain ? [] : [stem]), ...parts.flatMap((part) => [part, stemOfWord(part)])]
  return { written, plain, stem, forms: forms.length > 0 ? forms : null, parts, isPair }
}

const simple = /^[a-zа-я]+$/
const composed = /.\p{Lu}|\p{N}\p{L}|\p{L}\p{N}/u
const part = /\p{N}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+/gu

function partsOf(written: string): readonly string[] {
  if (simple.test(written) || !composed.test(written)) return []
  const parts = written.slice(0, longestWord).match(part) ?? []
  return parts.length < 2 ? [] : parts.map((each) => knownOf(each).plain).filter((each) => each !== '')
}

/** The stem of a plain form, or the form itself where its language has none. */
export function stemOfWord(plain: string): string {
  return knownOf(plain).stem
}

/** Whether a plain word is one of a script without spaces. */
export const isPair = beginsSpaceless
