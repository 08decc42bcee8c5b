// What is wanted as alternatives of phrases, each with its question to the vector and, where words have an order, a piece of text.

import { isPair } from '../known.ts'
import type { Level, Term, Wanted } from '../query.ts'
import { gramsOf } from '../words.ts'
import { lexemeOf } from './lexemes.ts'

/** A piece of `words`, or of `names`, that has to be there. */
export interface Piece {
  readonly column: 'words' | 'names'
  readonly text: string
}

/** Words next to each other, a beginning, or part of a name: what is counted and weighed as one. */
export interface Phrase {
  /** Every entry with the phrase fits it. */
  readonly query: string
  /** What only an entry with the phrase has; null: the question alone tells. */
  readonly piece: Piece | null
  /** How often it stands among the words and among the forms, as questions for one lexeme each. */
  readonly counted: { readonly words: string; readonly forms: string | null } | null
  readonly begins: boolean
}

/** All of its phrases. */
export type Option = readonly Phrase[]
/** One of its options. */
export type Alternatives = readonly Option[]

/** Beginnings of fewer letters fit too much to say anything. */
const shortestBeginning = 3

/** One per term; none where nothing is left to ask for. */
export function alternativesOf({ terms }: Wanted, level: Level): readonly Alternatives[] {
  const heavy = terms.filter((term) => !term.light)
  const asked = level === 'all' || heavy.length === 0 ? terms : heavy
  return asked.map((term) => unique(optionsOf(term, level))).filter((options) => options.length > 0)
}

export function queryOf(options: Alternatives): string {
  return `(${options.map((phrases) => `(${phrases.map(({ query }) => query).join(' & ')})`).join(' | ')})`
}

const inWords = (tokens: readonly string[]): Phrase => {
  const lexemes = tokens.map((token) => lexemeOf('words', token))
  const [first = ''] = lexemes
  const single = tokens.length === 1
  return {
    query: together(lexemes),
    piece: single ? null : { column: 'words', text: ` ${tokens.join(' ')} ` },
    counted: single ? { words: first, forms: null } : null,
    begins: false,
  }
}

const inForms = (token: string, begins = false): Phrase => {
  const [words, forms] = (['words', 'forms'] as const).map((column) => lexemeOf(column, token) + (begins ? ':*' : ''))
  return { query: `(${words} | ${forms})`, piece: null, counted: { words: words ?? '', forms: forms ?? '' }, begins }
}

export const inNames = (name: string): Phrase => ({
  query: together(gramsOf(name).map((gram) => lexemeOf('names', gram))),
  piece: { column: 'names', text: name },
  counted: null,
  begins: false,
})

function together(lexemes: readonly string[]): string {
  return `(${[...new Set(lexemes)].join(' & ')})`
}

function unique(options: readonly Option[]): Alternatives {
  return [...new Map(options.map((option) => [JSON.stringify(option), option])).values()]
}

function optionsOf(term: Term, level: Level): readonly Option[] {
  const { words, name, isName } = term
  const options = asWritten(term)
  if (isName && name !== null) options.push([inNames(name)])
  if (level === 'all' || term.kind === 'phrase') return options
  if (name !== null) options.push([inNames(name)])
  return [...options, ...(words.length > 1 ? apart(term, level) : beginnings(term))]
}

function asWritten({ kind, words, stems }: Term): Option[] {
  const [word] = words
  const [stem] = stems
  if (word === undefined || stem === undefined) return []
  if (words.length > 1) return [[inWords(words)]]
  if (kind === 'beginning') return [[inForms(word, true)]]
  if (kind === 'phrase' || isPair(word)) return [[inWords([word])]]
  // An entry with the word has its stem too; the word by itself lets those stand in front that have it exactly.
  return word === stem ? [[inForms(word)]] : [[inForms(stem)], [inWords([word])]]
}

function beginnings({ words, stems }: Term): Option[] {
  const [word] = words
  const [stem] = stems
  if (word === undefined || stem === undefined || isPair(word)) return []
  const start = stem.length >= shortestBeginning && word.startsWith(stem) ? stem : word
  return start.length < shortestBeginning ? [] : [[inForms(start, true)]]
}

/** The words of one chunk, no longer next to each other; of pairs of signs every second one, which together hold each sign. */
function apart({ words, stems }: Term, level: Level): Option[] {
  const ask = (word: string, at: number): Phrase => (isPair(word) ? inWords([word]) : inForms(stems[at] ?? word))
  if (level === 'some') return words.map((word, at) => [ask(word, at)])
  const last = words.length - 1
  return [words.flatMap((word, at) => (!isPair(word) || at % 2 === 0 || at === last ? [ask(word, at)] : []))]
}
