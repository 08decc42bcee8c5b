// Lays the words of all skills out for looking up: which words there are, and which skill says them in which field.
import { emptyWords } from '../../text/common-words.ts'
import type { Script } from '../../text/fold.ts'
import { stemOf } from '../../text/stems.ts'
import { meaningsOf } from './concepts.ts'
import type { Field, Routable } from './contract.ts'
import { lettersOf } from './near.ts'
import { pairsOf, partsOf, type Word, wordsOf } from './words.ts'

export const fields: readonly Field[] = ['id', 'name', 'description', 'tags']

/** One distinct word of the catalogue. */
export interface Term {
  readonly plain: string
  readonly stem: string
  readonly script: Script
  readonly letters: number
  readonly meanings: readonly number[]
  /** Places, as `skill * fields.length + field`, and beside each how the word is written there. */
  readonly places: number[]
  readonly written: string[]
}

export interface Catalogue {
  /** Ordered by id, so that the order in which skills were given decides nothing. */
  readonly skills: readonly Routable[]
  readonly terms: readonly Term[]
  readonly byPlain: ReadonlyMap<string, Term>
  readonly byStem: ReadonlyMap<string, readonly Term[]>
  readonly byMeaning: ReadonlyMap<number, readonly Term[]>
  /** Stems in the order of their code units, for those that begin with a given one. */
  readonly stems: readonly string[]
  /** For each place, how many words stand there in relation to the mean of that field. */
  readonly lengths: Float64Array
}

const byId = (one: Routable, other: Routable): number => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)

function textsOf(skill: Routable, field: Field): readonly string[] {
  return field === 'tags' ? skill.tags : [skill[field]]
}

/** `e-mail` is found as `email` too. */
function hyphenated(text: string): Word[] {
  return [...text.matchAll(/\p{L}+(?:-\p{L}+)+/gu)].flatMap(({ 0: whole, index }) =>
    wordsOf(whole.replaceAll('-', '')).map((joined) => ({
      ...joined,
      written: whole,
      start: index,
      end: index + whole.length,
    })),
  )
}

/** What a text of a skill can be found by, words that say nothing left out. */
function findable(text: string): Word[] {
  const words = wordsOf(text)
  const runs = words.flatMap((word, at) => {
    if (word.script !== 'han' || (words[at - 1]?.script === 'han' && words[at - 1]?.end === word.start)) return []
    let end = at
    while (words[end + 1]?.script === 'han' && words[end + 1]?.start === words[end]?.end) end++
    return pairsOf({ ...word, written: text.slice(word.start, words[end]?.end) })
  })
  const all = [...words, ...words.flatMap(partsOf), ...runs, ...hyphenated(text)]
  return all.filter(({ plain }) => !emptyWords.has(plain))
}

function group<K>(terms: readonly Term[], keysOf: (term: Term) => readonly K[]): Map<K, Term[]> {
  const groups = new Map<K, Term[]>()
  for (const term of terms) {
    for (const key of keysOf(term)) {
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [term])
      else known.push(term)
    }
  }
  return groups
}

function addPlace(byPlain: Map<string, Term>, { plain, script, written }: Word, place: number): void {
  let term = byPlain.get(plain)
  if (term === undefined) {
    const stem = stemOf(plain, script)
    const meanings = meaningsOf(plain, stem)
    term = { plain, stem, script, letters: lettersOf(plain), meanings, places: [], written: [] }
    byPlain.set(plain, term)
  }
  if (term.places.at(-1) === place) return
  term.places.push(place)
  term.written.push(written)
}

/** Each length in relation to the mean of its field. */
function relate(lengths: Float64Array, skills: number): void {
  for (let field = 0; field < fields.length; field++) {
    let sum = 0
    for (let place = field; place < lengths.length; place += fields.length) sum += lengths[place] ?? 0
    const mean = Math.max(1, sum / Math.max(1, skills))
    for (let place = field; place < lengths.length; place += fields.length)
      lengths[place] = (lengths[place] ?? 0) / mean
  }
}

export function catalogueOf(given: readonly Routable[]): Catalogue {
  const skills = [...given].sort(byId)
  const byPlain = new Map<string, Term>()
  const lengths = new Float64Array(skills.length * fields.length)
  for (const [at, skill] of skills.entries()) {
    for (const [offset, field] of fields.entries()) {
      const place = at * fields.length + offset
      for (const text of textsOf(skill, field)) {
        const words = findable(text)
        lengths[place] = (lengths[place] ?? 0) + words.length
        for (const word of words) addPlace(byPlain, word, place)
      }
    }
  }
  relate(lengths, skills.length)
  const terms = [...byPlain.values()]
  const byStem = group(terms, ({ stem }) => [stem])
  const byMeaning = group(terms, ({ meanings }) => meanings)
  return { skills, terms, byPlain, byStem, byMeaning, stems: [...byStem.keys()].sort(), lengths }
}
