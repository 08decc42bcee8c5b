// The store in memory: the executable reading of the contract, for tests and for sessions that need not last.

import { storeOver } from './memory/build.ts'
import { newState } from './memory/state.ts'
import type { Store } from './store.ts'

export interface MemoryOptions {
  /** Milliseconds since 1970, for leases, due, tombstones and sweeping; default `Date.now`. */
  readonly clock?: () => number
}

/**
 * A store that lives as long as this object. What it is given it freezes and keeps: entries, heads and cells are the
 * caller's own objects from then on, and readers get the same ones.
 */
export function memoryStore(options: MemoryOptions = {}): Store {
  return storeOver(newState(options.clock ?? Date.now))
}
