// What an index stores of an entry's texts: words in their order, their other forms, and overlapping threes of names.

import type { EntryTexts } from './texts.ts'
import { codeIn, eachWord, gramsOf, identifiersOf, Names, plainIdentifier } from './words.ts'

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
    eachWord(text, (word, start, end) => {
      words.push(word.plain)
      if (word.forms !== null) for (const form of word.forms) forms.add(form)
      within.add(word, start, end)
    })
    within.end()
    if (!code) for (const span of codeIn(text)) for (const { plain } of identifiersOf(span, true)) names.add(plain)
  }
  return {
    words: words.join(' '),
    forms: [...forms].join(' '),
    grams: gramText(names),
    files: gramText(new Set(files.map(plainIdentifier))),
  }
}

function gramText(names: ReadonlySet<string>): string {
  return [...names]
    .map(gramsOf)
    .filter((grams) => grams.length > 0)
    .map((grams) => grams.join(' '))
    .join(` ${gap} `)
}
