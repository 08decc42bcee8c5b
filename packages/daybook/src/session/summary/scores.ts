// Which sentences say most: counts of terms in bounded memory, and the best sentences without near repeats.

import { termsOf } from './sentences.ts'

const mostTerms = 50_000

/** How often terms are met. Rare ones are forgotten when there are too many: they could not decide. */
export class TermCount {
  readonly #counts = new Map<string, number>()

  add(terms: readonly string[]): void {
    for (const term of terms) this.#counts.set(term, (this.#counts.get(term) ?? 0) + 1)
    for (let least = 1; this.#counts.size > mostTerms; least *= 2) {
      for (const [term, count] of this.#counts) if (count <= least) this.#counts.delete(term)
    }
  }

  of(term: string): number {
    return this.#counts.get(term) ?? 0
  }
}

export interface Candidate {
  readonly text: string
  readonly score: number
  /** Order in the session. */
  readonly at: number
}

/** The mean weight of its terms: a long sentence says no more by being long. 0 for fewer than three terms. */
export function weightOf(sentence: string, counts: TermCount): number {
  const terms = new Set(termsOf(sentence))
  if (terms.size < 3) return 0
  let sum = 0
  for (const term of terms) sum += Math.log1p(counts.of(term))
  return sum / (terms.size + 4)
}

/** The best of any number of candidates; holds at most so many. */
export class Best {
  readonly #most: number
  #kept: Candidate[] = []

  constructor(most: number) {
    this.#most = most
  }

  offer(candidate: Candidate): void {
    const last = this.#kept[this.#most - 1]
    if (last && last.score >= candidate.score) return
    if (this.#kept.some((kept) => kept.text === candidate.text && kept.score >= candidate.score)) return
    this.#kept = [...this.#kept.filter((kept) => kept.text !== candidate.text), candidate]
      .sort((a, b) => b.score - a.score || a.at - b.at)
      .slice(0, this.#most)
  }

  /** So many that differ from each other, in the session's order. */
  pick(count: number): readonly Candidate[] {
    const chosen: { readonly candidate: Candidate; readonly terms: ReadonlySet<string> }[] = []
    for (const candidate of this.#kept) {
      const terms = new Set(termsOf(candidate.text))
      if (chosen.length < count && !chosen.some((other) => alike(other.terms, terms))) chosen.push({ candidate, terms })
    }
    return chosen.map(({ candidate }) => candidate).sort((a, b) => a.at - b.at)
  }
}

/** Half of the terms of the smaller one. */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  let common = 0
  for (const term of a) if (b.has(term)) common += 1
  return common * 2 > Math.min(a.size, b.size)
}
