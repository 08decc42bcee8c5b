// Adding up what models reported. Totals end at the largest number that JSON and every reader of it keeps: a head that
// went on to infinity would come back from its store as another head.

import type { Usage } from './parts.ts'

/** Tokens of a usage record; the sum of both directions where no total was given. */
export function totalTokens(usage: Usage | undefined): number {
  if (!usage) return 0
  return usage.total_tokens ?? addTokens(usage.input_tokens ?? 0, usage.output_tokens ?? 0)
}

export function addTokens(left: number, right: number): number {
  return Math.min(left + right, Number.MAX_SAFE_INTEGER)
}

/** US dollars. */
export function addCost(left: number, right: number): number {
  return Math.min(left + right, Number.MAX_VALUE)
}

interface Totals {
  readonly tokens: number
  readonly cost: number
}

export function addUsage(totals: Totals, usage: Usage | undefined, cost = 0): Totals {
  return { tokens: addTokens(totals.tokens, totalTokens(usage)), cost: addCost(totals.cost, cost) }
}
