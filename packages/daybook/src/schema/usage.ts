// Adding up what models reported.

import type { Usage } from './parts.ts'

/** Tokens of a usage record; the sum of both directions where no total was given. */
export function totalTokens(usage: Usage | undefined): number {
  if (!usage) return 0
  return usage.total_tokens ?? (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0)
}
