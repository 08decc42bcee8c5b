// Reads the catalogues and queries that judge routing, and counts how many of them find their skill.
import { readFileSync } from 'node:fs'
import type { Routable, Router } from './contract.ts'

export interface Judged {
  readonly query: string
  readonly expected: string
}

interface Own {
  readonly skills: readonly Routable[]
  readonly queries: readonly Judged[]
  readonly across: readonly Judged[]
  readonly paraphrases: readonly Judged[]
  readonly spelling: readonly Judged[]
  readonly unrelated: readonly string[]
  readonly lookalikes: readonly string[]
}

const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'))

export const catalog = load<readonly Routable[]>('catalog.json')
export const given = load<readonly Judged[]>('queries.json')
export const own = load<Own>('own.json')

export interface Accuracy {
  readonly share: number
  readonly hits: number
  /** One line per query that found another skill, or none. */
  readonly misses: readonly string[]
}

export function accuracy({ route }: Router, queries: readonly Judged[]): Accuracy {
  const misses = queries.flatMap(({ query, expected }) => {
    const { skill, confidence, alternatives } = route(query)
    const next = alternatives[0]?.id ?? 'nothing'
    return skill === expected ? [] : [`${query} -> ${skill} ${confidence}, then ${next}, not ${expected}`]
  })
  const hits = queries.length - misses.length
  return { share: hits / queries.length, hits, misses }
}
