// Reads a query: which of its words ask for something, and how much each of them would be missed.
import { beforeValues, emptyWords, lightWords } from '../../text/common-words.ts'
import { stemOf } from '../../text/stems.ts'
import { meaningsOf } from './concepts.ts'
import { type Word, wordsOf } from './words.ts'

export const longestQuery = 4096
const mostWords = 64

/** What stays unexplained when a word is found in no skill: values of skills are many and stand in no text of theirs. */
const missed = { word: 0.5, value: 0.3, light: 0 }
/** Light words and numbers that do occur in a skill speak for it, quietly. */
const quiet = 0.2

export interface Asked {
  readonly word: Word
  readonly stem: string
  readonly meanings: readonly number[]
  /** How much it counts when a skill has it, from 0 to 1. */
  readonly voice: number
  /** How much it counts against all skills when none has it. */
  readonly missed: number
}

/** A name of one's own: not at the beginning of a sentence, and yet with a capital letter. */
function isProper(text: string, { written, start }: Word): boolean {
  return /^\p{Lu}\p{Ll}/u.test(written) && /[\p{L}\p{N},]\s+$/u.test(text.slice(Math.max(0, start - 4), start))
}

/** The dictionary leaves words that it does not know as single characters; neighbours among them are one word. */
function togetherAgain(text: string, words: readonly Word[]): Word[] {
  const result: Word[] = []
  const loose = ({ plain, script }: Word): boolean =>
    script === 'han' && [...plain].length === 1 && !emptyWords.has(plain) && !lightWords.has(plain)
  for (const [at, word] of words.entries()) {
    const last = result.at(-1)
    const before = words[at - 1]
    if (last !== undefined && before !== undefined && loose(before) && loose(word) && last.end === word.start) {
      const written = text.slice(last.start, word.end)
      result[result.length - 1] = { ...last, written, plain: last.plain + word.plain, end: word.end }
    } else result.push(word)
  }
  return result
}

function weigh(text: string, word: Word, before: Word | undefined): Asked {
  const stem = stemOf(word.plain, word.script)
  const single = [...word.plain].length === 1 && word.script !== 'han'
  const light = lightWords.has(word.plain) || word.script === 'number' || single
  const value = isProper(text, word) || (before !== undefined && beforeValues.has(before.plain))
  return {
    word,
    stem,
    meanings: meaningsOf(word.plain, stem),
    voice: light ? quiet : 1,
    missed: light ? missed.light : value ? missed.value : missed.word,
  }
}

export interface Query {
  readonly text: string
  /** Each word once, in the order of the text. */
  readonly asked: readonly Asked[]
  /** Neighbours that people write apart and skills together, as in `price list`. */
  readonly joined: readonly Word[]
}

export function readQuery(given: string): Query {
  const text = given.slice(0, longestQuery)
  const words = togetherAgain(text, wordsOf(text)).slice(0, mostWords)
  const seen = new Set<string>()
  const asked = words.flatMap((word, at) => {
    if (emptyWords.has(word.plain) || seen.has(word.plain)) return []
    seen.add(word.plain)
    return [weigh(text, word, words[at - 1])]
  })
  const joined = words.slice(1).flatMap((word, at): Word[] => {
    const before = words[at]
    if (
      before === undefined ||
      before.script !== word.script ||
      !/^[\s-]{1,2}$/.test(text.slice(before.end, word.start))
    )
      return []
    const written = text.slice(before.start, word.end)
    return [{ written, plain: before.plain + word.plain, start: before.start, end: word.end, script: word.script }]
  })
  return { text, asked, joined }
}
