// The question to FTS5, put together from tokens that we quote: nothing that a person types is ever its syntax.

import { isPair } from '../known.ts'
import type { Level, Term, Wanted } from '../query.ts'
import { gramsOf } from '../words.ts'

const quote = (tokens: readonly string[]): string => `"${tokens.join(' ').replaceAll('"', '""')}"`
const inWords = (tokens: readonly string[]): string => `words : ${quote(tokens)}`
const inForms = (token: string): string => `{words forms} : ${quote([token])}`
const inGrams = (name: string): string => `grams : ${quote(gramsOf(name))}`
const either = (options: readonly string[]): string =>
  options.length === 1 ? (options[0] ?? '') : `(${options.join(' OR ')})`

/** Beginnings of fewer letters fit too much to say anything. */
const shortestBeginning = 3

/** Null where nothing is left to ask for. */
export function matchOf({ terms }: Wanted, level: Level): string | null {
  const heavy = terms.filter((term) => !term.light)
  const asked = level === 'all' || heavy.length === 0 ? terms : heavy
  const parts = asked.flatMap((term) => {
    const options = optionsOf(term, level)
    return options.length === 0 ? [] : [either([...new Set(options)])]
  })
  if (parts.length === 0) return null
  return parts.join(level === 'some' ? ' OR ' : ' AND ')
}

function optionsOf(term: Term, level: Level): string[] {
  const { words, name, isName } = term
  const options = asWritten(term)
  if (isName && name !== null) options.push(inGrams(name))
  if (level === 'all' || term.kind === 'phrase') return options
  if (name !== null) options.push(inGrams(name))
  if (words.length > 1) options.push(...apart(term, level))
  else options.push(...beginnings(term))
  return options
}

function asWritten({ kind, words, stems }: Term): string[] {
  const [word] = words
  const [stem] = stems
  if (word === undefined || stem === undefined) return []
  if (words.length > 1) return [inWords(words)]
  if (kind === 'beginning') return [`{words forms} : ${quote([word])} *`]
  if (kind === 'phrase' || isPair(word)) return [inWords([word])]
  // An entry with the word has its stem too; the word by itself lets those stand in front that have it exactly.
  return word === stem ? [inForms(word)] : [inForms(stem), inWords([word])]
}

function beginnings({ words, stems }: Term): string[] {
  const [word] = words
  const [stem] = stems
  if (word === undefined || stem === undefined || isPair(word)) return []
  const start = stem.length >= shortestBeginning && word.startsWith(stem) ? stem : word
  return start.length < shortestBeginning ? [] : [`{words forms} : ${quote([start])} *`]
}

/** The words of one chunk, no longer next to each other; of pairs of signs every second one, which together hold each sign. */
function apart({ words, stems }: Term, level: Level): string[] {
  const ask = (word: string, at: number): string => (isPair(word) ? inWords([word]) : inForms(stems[at] ?? word))
  if (level === 'some') return words.map(ask)
  const last = words.length - 1
  const kept = words.map((word, at) => (!isPair(word) || at % 2 === 0 || at === last ? ask(word, at) : null))
  return [`(${kept.filter((each) => each !== null).join(' AND ')})`]
}
