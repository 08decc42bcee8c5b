// Reads what a person types into a search field: words, "phrases", beginnings*, names of code. Any text is a query.

import { DaybookError } from '../schema/errors.ts'
import { emptyWords } from '../text/common-words.ts'
import { stemOfWord } from './known.ts'
import { eachWord, gramsOf, identifiersOf, plainIdentifier } from './words.ts'

/**
 * - `all`: every word, in any of its forms, every phrase, every name.
 * - `parts`: also where a word is only the beginning or part of another one.
 * - `some`: at least one of them.
 */
export const levels = ['all', 'parts', 'some'] as const
export type Level = (typeof levels)[number]

export interface Term {
  readonly kind: 'word' | 'phrase' | 'beginning'
  /** Plain words in their order. */
  readonly words: readonly string[]
  /** The stem of each. */
  readonly stems: readonly string[]
  /** The whole as a name of code, where it can be one; three characters or more. */
  readonly name: string | null
  /** It is written like one, so that parts of names are looked for at once. */
  readonly isName: boolean
  /** Says little: left out where not everything has to be found. */
  readonly light: boolean
}

export interface Wanted {
  readonly terms: readonly Term[]
}

/** Characters of a query that are read. */
export const longestQuery = 1024
const mostTerms = 32

const quoted = /"([^"]*)"|“([^”]*)”|«([^»]*)»|「([^」]*)」|『([^』]*)』|([^\s"“«「『]+)|./gsu

/** Never fails for the form of a text; null where it holds nothing that can be looked for. */
export function readQuery(text: string): Wanted | null {
  const terms: Term[] = []
  for (const match of text.slice(0, longestQuery).toWellFormed().matchAll(quoted)) {
    const phrase = match.slice(1, 6).find((each) => each !== undefined)
    const chunk = match[6]
    const found = phrase !== undefined ? phraseOf(phrase) : chunk !== undefined ? chunkOf(chunk) : null
    if (found !== null) terms.push(found)
  }
  return terms.length === 0 ? null : { terms: terms.slice(0, mostTerms) }
}

/** Refuses a part of a path that is too short to be looked for. */
export function readFile(text: string): readonly string[] {
  const grams = gramsOf(plainIdentifier(text))
  if (grams.length > 0) return grams
  throw new DaybookError('invalid', 'part of a path has at least three characters', { field: 'file' })
}

/** Only the name, for showing where it stands. */
export function namedBy(text: string): Wanted {
  return { terms: [termOf('word', [], plainIdentifier(text), true)] }
}

/** The plain words in the order of the index, without the sign that ends a run where more may follow in a text. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  let ended = false
  eachWord(text, ({ plain }, _start, _end, rest) => {
    words.push(plain)
    ended = rest
  })
  return ended ? words.slice(0, -1) : words
}

function termOf(kind: Term['kind'], words: readonly string[], name: string | null, isName: boolean): Term {
  const light = kind !== 'phrase' && words.length === 1 && emptyWords.has(words[0] ?? '')
  return { kind, words, stems: words.map(stemOfWord), name, isName, light }
}

function phraseOf(text: string): Term | null {
  const words = wordsOf(text)
  if (words.length > 0) return termOf('phrase', words, null, false)
  return chunkOf(text.trim())
}

function chunkOf(chunk: string): Term | null {
  const beginning = /[\p{L}\p{M}\p{N}]\*+$/u.test(chunk)
  const text = beginning ? chunk.replace(/\*+$/, '') : chunk
  const words = wordsOf(text)
  const plain = plainIdentifier(text)
  const name = [...plain].length >= 3 ? plain : null
  if (words.length === 0) return name === null ? null : termOf('word', [], name, true)
  const single = words.length === 1 && [...(words[0] ?? '')].length === 1 && /\p{Lo}/u.test(words[0] ?? '')
  if (beginning || single) return termOf('beginning', words, name, false)
  return termOf('word', words, name, name !== null && identifiersOf(text, false).length > 0)
}
