// Adds up, skill by skill, what the words of a query say for it: BM25 over weighted fields, with how much is explained.
import { type Catalogue, fields } from './catalogue.ts'
import { type Found, findJoined, findTerms } from './matching.ts'
import type { Query } from './query.ts'

/** What a field is worth, in the order of `fields`: names are chosen, tags are meant for finding, sentences wander. */
const worth = [0.8, 1.6, 1.2, 0.8]
/** BM25: how soon more places stop to count, and how much a long text weakens each of its words, by field. */
const saturation = 1.2
const dilution = [0, 0.2, 0.2, 0.3]
const fullPlaces = worth.reduce((sum, each) => sum + each, 0)
const fullWeight = fullPlaces / (saturation + fullPlaces)
/** Rarity is judged as if so many more skills stood there, for with three of them every word would look common. */
const unseenSkills = 20
/** What a long query does not explain counts no more than this: it may carry the very text to work on. */
const mostMissed = 2.4
const joinedVoice = 0.6

export interface Score {
  /** Position in the catalogue. */
  readonly skill: number
  /** Sum of the rarity of the words found in the skill, each by the worth of its places; about 1 for one telling word. */
  readonly strength: number
  /** From 0 to 1: how much of what the query says is found in the skill. */
  readonly explained: number
}

/** The words that were recognised, with what each may mean. */
export interface Recognised {
  readonly found: readonly Found[]
  readonly voice: number
}

export interface Reading {
  readonly recognised: readonly Recognised[]
  readonly missed: number
}

export function read(catalogue: Catalogue, { asked, joined }: Query): Reading {
  const together = joined.flatMap((word): Recognised[] => {
    const found = findJoined(catalogue, word)
    return found.length === 0 ? [] : [{ found, voice: joinedVoice }]
  })
  const covers = (start: number): boolean =>
    together.some(({ found }) => found.some(({ word }) => word.start <= start && start < word.end))
  const recognised: Recognised[] = []
  let missed = 0
  for (const each of asked) {
    const found = findTerms(catalogue, each)
    if (found.length > 0) recognised.push({ found, voice: each.voice })
    else if (!covers(each.word.start)) missed += each.missed
  }
  return { recognised: [...recognised, ...together], missed: Math.min(missed, mostMissed) }
}

function rarity(skills: number, within: number): number {
  const all = skills + unseenSkills
  const of = (count: number): number => Math.log(1 + (all - count + 0.5) / (count + 0.5))
  return of(within) / of(0)
}

/** The surest finding at each place. */
function bestAt(found: readonly Found[]): Map<number, number> {
  const best = new Map<number, number>()
  for (const { term, sureness } of found) {
    for (const place of term.places) {
      const known = best.get(place)
      if (known === undefined || known < sureness) best.set(place, sureness)
    }
  }
  return best
}

/** Every skill that has a word of the query, in no particular order. */
export function score({ skills, lengths }: Catalogue, { recognised, missed }: Reading): Score[] {
  const strength = new Float64Array(skills.length)
  const explained = new Float64Array(skills.length)
  let said = missed
  for (const { found, voice } of recognised) {
    const weight = new Map<number, number>()
    const surest = new Map<number, number>()
    for (const [place, sureness] of bestAt(found)) {
      const skill = Math.floor(place / fields.length)
      const thin = dilution[place % fields.length] ?? 0
      const value = ((worth[place % fields.length] ?? 0) * sureness) / (1 - thin + thin * (lengths[place] ?? 1))
      weight.set(skill, (weight.get(skill) ?? 0) + value)
      surest.set(skill, Math.max(surest.get(skill) ?? 0, sureness))
    }
    const rare = rarity(skills.length, weight.size) * voice
    said += rare
    for (const [skill, value] of weight) {
      strength[skill] = (strength[skill] ?? 0) + rare * Math.min(1, value / (saturation + value) / fullWeight)
      explained[skill] = (explained[skill] ?? 0) + rare * (surest.get(skill) ?? 0)
    }
  }
  return skills.flatMap((_, skill) => {
    const sum = strength[skill] ?? 0
    return sum > 0 ? [{ skill, strength: sum, explained: Math.min(1, (explained[skill] ?? 0) / said) }] : []
  })
}
