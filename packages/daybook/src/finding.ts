// Composes finding: the search index of a store, in a file of its own beside it.

import type { Search } from './search/search.ts'
import type { Store } from './store/store.ts'
import { pathOf, splitAt } from './store-url.ts'

export interface FindingSettings {
  /** Follow the store in a thread of its own; for servers. Without it the index catches up when somebody asks. */
  readonly follow?: boolean
  readonly onError?: (error: unknown) => void
}

/** Milliseconds that a server lets an answer wait for what was stored last. */
const longestWait = 2_000

/** The index of the store at `url`: `<file>-search` beside it, in memory for a store that is no file. */
export function indexPathOf(url: string): string {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  return scheme === 'sqlite' ? `${pathOf(splitAt(rest, '?')[0] ?? '')}-search` : ':memory:'
}

/** Nothing is opened before it is needed. */
export async function openFinding(store: Store, url: string, settings: FindingSettings = {}): Promise<Search> {
  const [{ openSearch }, { sqliteIndex }] = await Promise.all([
    import('./search/search.ts'),
    import('./search/sqlite.ts'),
  ])
  const { follow = false, onError } = settings
  return openSearch({
    store,
    index: sqliteIndex({ path: indexPathOf(url), worker: follow }),
    follow,
    ...(follow ? { wait: longestWait } : {}),
    ...(onError ? { onError } : {}),
  })
}
