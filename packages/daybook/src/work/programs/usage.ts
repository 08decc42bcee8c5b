// What one prompt has cost, where a program tells sums.

import type { Usage } from '../../schema/parts.ts'
import { addTokens } from '../../schema/usage.ts'

const fields = ['input_tokens', 'output_tokens', 'total_tokens'] as const

export function added(one: Usage | null, other: Usage): Usage {
  if (!one) return other
  return combined(one, other, addTokens)
}

/** Of a sum and the sum before. One that is smaller began anew. */
export function difference(sum: Usage, before: Usage | null): Usage {
  if (!before || fields.some((field) => (sum[field] ?? 0) < (before[field] ?? 0))) return sum
  return combined(sum, before, (now, then) => now - then)
}

function combined(one: Usage, other: Usage, how: (one: number, other: number) => number): Usage {
  const made: { -readonly [Name in keyof Usage]: Usage[Name] } = {}
  for (const field of fields) {
    if (one[field] === undefined && other[field] === undefined) continue
    made[field] = how(one[field] ?? 0, other[field] ?? 0)
  }
  return made
}
