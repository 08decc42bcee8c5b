// Splits text into words of any script, each as it was written and in the form under which it is compared.

import { plainForm, type Script, scriptOf, spaceless } from '../../text/fold.ts'

/** Words of scripts without spaces are found by a dictionary of the runtime, all others by their letters. */
const pieces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー])[\p{L}\p{M}\p{N}])+/gu
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

export interface Word {
  /** A part of the text, unchanged. */
  readonly written: string
  /** Lower case, without accents on Latin letters, of full width made plain. */
  readonly plain: string
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly script: Script
}

function word(written: string, start: number): Word {
  const plain = plainForm(written)
  return { written, plain, start, end: start + written.length, script: scriptOf(plain) }
}

/** The words of a text in their order, found again in it at their places. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(pieces)].flatMap(({ 0: piece, index }) => {
    if (!spaceless.test(piece)) return [word(piece, index)]
    return [...segmenter.segment(piece)].map((part) => word(part.segment, index + part.index))
  })
}

/** The parts of a word that people write together: `getPriceList`, `500kg`, `ISO9001`; none for a simple word. */
export function partsOf({ written, start, script }: Word): Word[] {
  if (script === 'han') return []
  const parts = [...written.matchAll(/\p{N}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+/gu)]
  return parts.length < 2 ? [] : parts.map((part) => word(part[0], start + part.index))
}

/** Overlapping pairs of characters, by which Chinese is found however it is segmented. */
export function pairsOf({ written, start }: Word): Word[] {
  const characters = [...written]
  let at = start
  return characters.slice(1).map((character, index) => {
    const before = characters[index] ?? ''
    const pair = word(before + character, at)
    at += before.length
    return pair
  })
}
