// The words of an entry as a text search vector that we make ourselves, and its words and names in their order, as texts.

import type { Columns } from '../columns.ts'

/** What stands before a lexeme says in which column it is, so that the inverted index answers for columns without looking at rows. */
export const columnMarks = Object.freeze({ words: '=', forms: '~', names: '#', files: '@' })
export type Column = keyof typeof columnMarks

/** Between passages and names. */
const gap = '.'
/** The server takes lexemes up to 2,046 bytes. */
const longestLexeme = 255
/** Bytes of a vector, about: the server refuses more than 2²⁰. Of an entry with more different words only the first are found. */
const mostBytes = 1_000_000
/** Occurrences that are counted of one word. */
const mostCounted = 8

/** As the server reads it in vectors and in questions; nothing of it is ever syntax. */
export function lexemeOf(column: Column, token: string): string {
  const cut = token.length > longestLexeme ? token.slice(0, longestLexeme).toWellFormed() : token
  return `'${columnMarks[column]}${syntax.test(cut) ? cut.replace(/['\\]/g, '$&$&') : cut}'`
}

const syntax = /['\\]/

export interface Lexemes {
  readonly found: string
  /** How many words, forms and parts of names. */
  readonly tokens: number
  /** Each between spaces. */
  readonly words: string
  /** Names of code, and files, between spaces. */
  readonly names: string
  readonly files: string
}

export function lexemesOf(columns: Columns): Lexemes {
  const vector = new Vector(columns)
  const words = tokensOf(columns.words)
  const counts = new Map<string, number>()
  for (const word of words) if (word !== gap) counts.set(word, (counts.get(word) ?? 0) + 1)
  for (const [word, count] of counts) vector.add('words', word, count === 1 ? 0 : Math.min(count, mostCounted))
  const forms = tokensOf(columns.forms)
  for (const form of forms) vector.add('forms', form, 0)
  const grams = tokensOf(columns.grams)
  for (const gram of new Set(grams)) if (gram !== gap) vector.add('names', gram, 0)
  const files = tokensOf(columns.files)
  for (const gram of new Set(files)) if (gram !== gap) vector.add('files', gram, 0)
  return {
    found: vector.text,
    tokens: words.length + forms.length + grams.length + files.length,
    words: ` ${columns.words} `,
    names: namesIn(columns.grams),
    files: namesIn(columns.files),
  }
}

class Vector {
  readonly #lexemes: string[] = []
  readonly #isShort: boolean
  #bytes = 0

  constructor({ words, forms, grams, files }: Columns) {
    this.#isShort = words.length + forms.length + grams.length + files.length < longestShort
  }

  get text(): string {
    return this.#lexemes.join(' ')
  }

  /** Counting bytes takes longer than all the rest. */
  #atMost(lexeme: string): number {
    return this.#isShort ? 0 : Buffer.byteLength(lexeme)
  }

  /** Nothing more when it is full. */
  add(column: Column, token: string, count: number): void {
    if (this.#bytes > mostBytes) return
    const lexeme = lexemeOf(column, token)
    this.#bytes += this.#atMost(lexeme) + 4 + 2 * count
    if (this.#bytes > mostBytes) return
    this.#lexemes.push(count === 0 ? lexeme : `${lexeme}:${places[count]}`)
  }
}

/** Characters of columns whose lexemes cannot fill a vector, whatever they are. */
const longestShort = mostBytes / 8

/** A vector counts by its positions; a lexeme without any counts as one. */
const places = Array.from({ length: mostCounted + 1 }, (_, count) =>
  Array.from({ length: count }, (_, at) => at + 1).join(','),
)

function tokensOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ')
}

/** The names that overlapping threes were made of. */
function namesIn(grams: string): string {
  if (grams === '') return ''
  const names = grams.split(` ${gap} `).map((each) => {
    const [first = '', ...rest] = each.split(' ')
    return first + rest.map(lastSign).join('')
  })
  return ` ${names.join(' ')} `
}

function lastSign(gram: string): string {
  const last = gram.length - 1
  const code = gram.charCodeAt(last)
  return code >= 0xdc00 && code <= 0xdfff ? gram.slice(last - 1) : gram.slice(last)
}
