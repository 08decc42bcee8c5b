// How fast one address may write: a bucket of tokens for each, of which only the moment is kept when it is full again.

import { DaybookError } from '../schema/errors.ts'

export interface RateOptions {
  /** Writes a second that one address may go on with, above 0; a burst takes twice as many, and one at least. */
  readonly rate: number
  /** Milliseconds that only ever rise. */
  readonly clock: () => number
  /** Addresses that are told apart at once; default 10,000. Beyond them the one that asked longest ago is forgotten. */
  readonly most?: number
}

export interface Rate {
  /** Takes a token and gives null; where there is none, the whole seconds until there is one again. */
  take(address: string): number | null
}

/** Milliseconds that sums of fractions may be off. */
const rounding = 1e-6

export function openRate({ rate, clock, most = 10_000 }: RateOptions): Rate {
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new DaybookError('invalid', 'a rate is a number of writes a second above 0', { field: 'rate' })
  }
  const interval = 1000 / rate
  /** How far from full a bucket may be that still has a token. */
  const reach = (Math.max(1, 2 * rate) - 1) * interval
  const fullAt = new Map<string, number>()
  return {
    take(address) {
      const now = clock()
      const full = Math.max(now, fullAt.get(address) ?? now)
      const wait = full - now - reach
      const granted = wait <= rounding
      // In the order of their calls, so that the first one is the one to forget.
      fullAt.delete(address)
      fullAt.set(address, granted ? full + interval : full)
      if (fullAt.size > most) fullAt.delete(fullAt.keys().next().value ?? '')
      return granted ? null : Math.ceil((wait - rounding) / 1000)
    },
  }
}
