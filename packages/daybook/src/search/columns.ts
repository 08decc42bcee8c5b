// What an index stores of an entry's texts: words in their order, their other forms, and overlapping threes of names.

import { longestWord } from './known.ts'
import type { EntryTexts } from './texts.ts'
import { Cutter, codeIn, eachWord, gramsOf, identifiersOf, Names, plainIdentifier } from './words.ts'

/** Changes with every change of what stands in the columns; an index of another version is made anew. */
export const textVersion = 1

/** Tokens between spaces; no token holds one. */
export interface Columns {
  /** Every word in its order, passages apart: for phrases, exact words and beginnings of words. */
  readonly words: string
  /** Stems that differ from their words, and the parts of names that are written together. */
  readonly forms: string
  /** Threes of characters of every name of code. */
  readonly grams: string
  /** The same of the paths that the entry touches. */
  readonly files: string
}

/** Between passages and names: no word and no three characters, so nothing is found across it. */
const gap = '.'

export function columnsOf({ passages, files }: EntryTexts): Columns {
  const words: string[] = []
  const forms = new Set<string>()
  const names = new Set<string>()
  for (const { text, code = false } of passages) {
    if (words.length > 0) words.push(gap)
    const within = new Names(text, code, ({ plain }) => names.add(plain))
    const usual = usualText.test(text)
    let longest = 0
    const cutter = new Cutter(text)
    while (cutter.next()) {
      const { word, start, end } = cutter
      if (!usual) words.push(word.plain)
      else if (end - start > longest) longest = end - start
      if (word.forms !== null) for (const form of word.forms) forms.add(form)
      within.add(cutter)
    }
    if (usual && longest > 0) words.push(longest > longestWord ? wordsOf(text) : usualWords(text))
    within.end()
    if (!code) for (const span of codeIn(text)) for (const { plain } of identifiersOf(span, true)) names.add(plain)
  }
  return {
    words: words.join(' '),
    forms: [...forms].join(' '),
    grams: gramText(names),
    files: files.length === 0 ? '' : gramText(new Set(files.map(plainIdentifier))),
  }
}

const usualText = /^[\x00-\x7fА-яЁё\xa0«»—–…“”’]*$/
const between = / ?[^a-z0-9а-я ]+ ?/g

/** The plain words of a text of usual letters: what folding each of them gives, in a fraction of the time. */
function usualWords(text: string): string {
  const words = text.toLowerCase().replaceAll('ё', 'е').replace(between, ' ').trim()
  return words.includes('  ') ? words.replace(/ {2,}/g, ' ') : words
}

function wordsOf(text: string): string {
  const words: string[] = []
  eachWord(text, ({ plain }) => words.push(plain))
  return words.join(' ')
}

function gramText(names: ReadonlySet<string>): string {
  if (names.size === 0) return ''
  return [...names]
    .map(gramsOf)
    .filter((grams) => grams.length > 0)
    .map((grams) => grams.join(' '))
    .join(` ${gap} `)
}
