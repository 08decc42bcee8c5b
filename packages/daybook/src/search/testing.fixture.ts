// A search for tests of what stands above it: in memory, opened only when something is looked for.

import type { Store } from '../store/store.ts'
import { openSearch, type Search } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

export function searchOf(store: Store): Search {
  return openSearch({ store, index: sqliteIndex({ path: ':memory:' }) })
}
