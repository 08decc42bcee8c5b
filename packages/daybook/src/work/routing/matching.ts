// Finds the words of a catalogue that a word of a query may mean, and says how surely.
import type { Catalogue, Term } from './catalogue.ts'
import { meaningsOf } from './concepts.ts'
import type { Match } from './contract.ts'
import { distance, errorsAllowed, lettersAllow, lettersOf } from './near.ts'
import type { Asked } from './query.ts'
import { pairsOf, partsOf, type Word } from './words.ts'

export interface Found {
  readonly term: Term
  /** The part of the query that was recognised. */
  readonly word: Word
  readonly match: Match
  /** From 0 to 1. */
  readonly sureness: number
}

const sure = { exact: 1, stem: 0.95, beginning: 0.75, synonym: 0.85, part: 0.9, oneError: 0.75, twoErrors: 0.6 }
const shortestBeginning = 4

/** First come, first kept: callers ask for the surest kinds first. */
class Findings {
  readonly #byTerm = new Map<Term, Found>()

  add(terms: readonly Term[] | undefined, word: Word, match: Match, sureness: number): void {
    for (const term of terms ?? []) {
      const known = this.#byTerm.get(term)
      if (known === undefined || known.sureness < sureness) this.#byTerm.set(term, { term, word, match, sureness })
    }
  }

  get empty(): boolean {
    return this.#byTerm.size === 0
  }

  all(): Found[] {
    return [...this.#byTerm.values()]
  }
}

/** Where the first stem stands that is not before the given one. */
function seek(stems: readonly string[], stem: string): number {
  let low = 0
  let high = stems.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((stems[middle] ?? '') < stem) low = middle + 1
    else high = middle
  }
  return low
}

/** Stems that continue one another by little: `summar` and `summari`, `currenc` and `currency`. */
function beginnings({ stems, byStem }: Catalogue, { stem, word }: Asked, found: Findings): void {
  if ((word.script !== 'latin' && word.script !== 'cyrillic') || /\p{N}/u.test(stem)) return
  const shortest = Math.max(shortestBeginning, Math.ceil((stem.length * 2) / 3))
  for (let length = shortest; length < stem.length; length++) {
    found.add(byStem.get(stem.slice(0, length)), word, 'form', sure.beginning)
  }
  if (stem.length < shortestBeginning) return
  const longest = Math.floor(stem.length * 1.5)
  for (let at = seek(stems, stem); stems[at]?.startsWith(stem); at++) {
    const longer = stems[at] ?? ''
    if (longer.length <= longest) found.add(byStem.get(longer), word, 'form', sure.beginning)
  }
}

/** The first letter is rarely mistyped, and by it other words are told apart: weather and leather. */
function misspelled({ terms }: Catalogue, { word, stem }: Asked, found: Findings): void {
  const { plain, script } = word
  const errors = errorsAllowed(plain.length)
  if (errors === 0 || (script !== 'latin' && script !== 'cyrillic')) return
  const letters = lettersOf(plain)
  for (const term of terms) {
    if (term.script !== script || term.plain[0] !== plain[0] || !lettersAllow(letters, term.letters, errors)) continue
    const most = Math.min(errors, errorsAllowed(term.plain.length))
    let apart = distance(plain, term.plain, most)
    const mostInStem = Math.min(most, errorsAllowed(Math.min(stem.length, term.stem.length)))
    if (apart > most && mostInStem > 0) {
      const inStem = distance(stem, term.stem, mostInStem)
      if (inStem <= mostInStem) apart = inStem
    }
    if (apart <= most) found.add([term], word, 'typo', apart < 2 ? sure.oneError : sure.twoErrors)
  }
}

function lookUp({ byPlain, byStem }: Catalogue, word: Word, stem: string, found: Findings, most: number): void {
  const exact = byPlain.get(word.plain)
  if (exact !== undefined) found.add([exact], word, 'exact', most)
  if (word.script !== 'number' && word.script !== 'han') found.add(byStem.get(stem), word, 'form', sure.stem * most)
}

/** Everything that the word may mean, each term once; a guess at misspelling only where nothing else is found. */
export function findTerms(catalogue: Catalogue, asked: Asked): Found[] {
  const found = new Findings()
  const { word, stem, meanings } = asked
  lookUp(catalogue, word, stem, found, sure.exact)
  for (const meaning of meanings) found.add(catalogue.byMeaning.get(meaning), word, 'synonym', sure.synonym)
  beginnings(catalogue, asked, found)
  if (!found.empty) return found.all()
  if (word.script === 'han') {
    const pairs = pairsOf(word)
    const most = sure.part / Math.max(1, pairs.length - 1)
    for (const pair of pairs) {
      lookUp(catalogue, pair, pair.plain, found, most)
      for (const meaning of meaningsOf(pair.plain, pair.plain)) {
        found.add(catalogue.byMeaning.get(meaning), pair, 'synonym', most * sure.synonym)
      }
    }
  } else {
    for (const part of partsOf(word)) {
      if (part.script !== 'number') lookUp(catalogue, part, part.plain, found, sure.part)
    }
  }
  if (found.empty) misspelled(catalogue, asked, found)
  return found.all()
}

/** A pair of neighbours counts only as the very word that a skill has. */
export function findJoined({ byPlain }: Catalogue, joined: Word): Found[] {
  const term = byPlain.get(joined.plain)
  return term === undefined ? [] : [{ term, word: joined, match: 'form', sureness: sure.stem }]
}
