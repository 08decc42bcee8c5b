// How much of a model's context each part of a context may take; by the model's size alone, so that nothing moves from turn to turn.

import type { ModelFacts } from '../../../model/contract.ts'

/** Characters that are counted on for a token where texts are cut. */
const charactersPerToken = 3

/** Characters of one text. */
export interface Caps {
  /** A message, and what the person said last. */
  readonly message: number
  readonly asked: number
  /** The input of a call, and what came of it. */
  readonly input: number
  readonly result: number
  readonly state: number
  readonly notes: number
  readonly summary: number
  /** Passages, all together and each. */
  readonly recalled: number
  readonly passage: number
}

export function capsOf({ contextTokens }: Pick<ModelFacts, 'contextTokens'>): Caps {
  const share = (part: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.floor(contextTokens * charactersPerToken * part)))
  return {
    message: share(0.2, 200, 60_000),
    asked: share(0.4, 200, 400_000),
    input: share(0.06, 160, 16_000),
    result: share(0.1, 160, 48_000),
    state: share(0.04, 160, 8_000),
    notes: share(0.06, 160, 12_000),
    summary: share(0.15, 200, 24_000),
    recalled: share(0.06, 160, 6_000),
    passage: share(0.02, 120, 800),
  }
}

/** Until a model's estimates are corrected they may be wrong by a tenth; afterwards hardly. */
const safety = { guessed: 0.9, corrected: 0.98 }

/** Tokens that a question may take. */
export function budgetOf(facts: ModelFacts, corrected: boolean, answerTokens: number | undefined): number {
  const { contextTokens, maxOutputTokens } = facts
  const answer = answerTokens ?? Math.min(maxOutputTokens, Math.floor(contextTokens / 4))
  return Math.max(0, Math.floor((contextTokens - answer) * (corrected ? safety.corrected : safety.guessed)))
}
