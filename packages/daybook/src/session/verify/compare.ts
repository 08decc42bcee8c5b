// Stored heads and cells against folds of the log: which fields differ.

import { isDeepStrictEqual } from 'node:util'
import { type Cell, foldVersion, type Head } from '../../schema/heads.ts'
import type { Folded } from '../fold.ts'

/** What every version of the fold says alike. */
const identity = ['session', 'seq', 'hash'] as const

/**
 * Names of fields that differ. With `usageAtLeast` tokens and cost may be more than the log shows: what entries had
 * reported that were erased in a base stays counted, also when the base's record of it is gone.
 */
export function differentFields(stored: Head, folded: Head, usageAtLeast: boolean): readonly string[] {
  if (stored.fold > foldVersion) return identity.filter((name) => stored[name] !== folded[name])
  const { tokens, cost, fold: _, ...rest } = plain(folded)
  const different = Object.keys(rest).filter((name) => {
    const field = name as keyof typeof rest
    return !isDeepStrictEqual(plain(stored)[field], rest[field])
  })
  if (usageAtLeast ? !(stored.tokens >= tokens) : stored.tokens !== tokens) different.push('tokens')
  if (!sameCost(stored.cost, cost) && !(usageAtLeast && stored.cost > cost)) different.push('cost')
  return different
}

export function differentCell(stored: Cell, folded: Cell): readonly string[] {
  const [a, b] = [plain(stored), plain(folded)]
  return (['state', 'metadata', 'agentData'] as const).filter((name) => !isDeepStrictEqual(a[name], b[name]))
}

/** Sums of fractions depend on their order, and an erasure adds what it keeps at another place. */
function sameCost(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
}

/** As stores keep it: JSON knows no undefined members. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** The fold with usage not below what the stored head had counted, where the log cannot show all of it. */
export function withUsageOf(folded: Folded, stored: Head | null): Folded {
  if (!stored || !(stored.tokens >= folded.head.tokens) || !(stored.cost >= folded.head.cost)) return folded
  return { ...folded, head: { ...folded.head, tokens: stored.tokens, cost: stored.cost } }
}
