// What must hold: a bar, the looser limit a gate asks for on a shared machine, and whether a value holds.

/** What must hold. `limit` is the published bar; a gate on a shared machine asks for half of its headroom. */
export interface Bar {
  readonly id: string
  readonly what: string
  readonly value: number
  readonly is: 'at most' | 'at least'
  readonly limit: number
  /** Set for values with a unit (KB, ms); a bar without one is a ratio, whose point of no headroom is 1. */
  readonly unit?: string
  /** Why the bar cannot be judged on this machine; such a bar is printed and never fails a gate. */
  readonly void?: string
}

/** How many bars of a bench stood the gate; those that are void are skipped. */
export interface GateCount {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * The value at which a gate fails. A ratio bar leaves half of its distance from 1 (at least 8x is gated at 4.5x, at
 * most 2x at 3x); a bar below 1 or with a unit leaves a factor of two.
 */
export function gateLimit(bar: Pick<Bar, 'is' | 'limit' | 'unit'>): number {
  const ratio = bar.unit === undefined && bar.limit > 1
  if (bar.is === 'at least') return ratio ? 1 + (bar.limit - 1) / 2 : bar.limit / 2
  return ratio ? 1 + (bar.limit - 1) * 2 : bar.limit * 2
}

export function holds(bar: Pick<Bar, 'is' | 'value'>, limit: number): boolean {
  return bar.is === 'at least' ? bar.value >= limit : bar.value <= limit
}
