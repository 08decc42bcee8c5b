// Composes finding: which search index belongs to a store, and where it is.

import { join } from 'node:path'
import { type Env, userFolder } from './cli/folders.ts'
import type { SearchIndex } from './search/contract.ts'
import type { Search } from './search/search.ts'
import { digestOf } from './store/hash.ts'
import type { Store } from './store/store.ts'
import { pathOf, postgresOf, splitAt } from './store-url.ts'

export interface FindingSettings {
  /** Follow the store in a thread of its own; for servers. Without it the index catches up when somebody asks. */
  readonly follow?: boolean
  readonly onError?: (error: unknown) => void
  /** Where the user's folders are; default: the environment of the process. */
  readonly env?: Env
}

/** Milliseconds that a server lets an answer wait for what was stored last. */
const longestWait = 2_000

/**
 * The file of the index of the store at `url`: `<file>-search` beside a store that is a file; one named after the address in the user's
 * cache folder for a store in Redis, which has no words to be asked for; in memory for a store in memory.
 */
export function indexPathOf(url: string, env: Env): string {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  switch (scheme) {
    case 'sqlite':
      return `${pathOf(splitAt(rest, '?')[0] ?? '')}-search`
    case 'redis':
    case 'rediss':
      return join(userFolder('cache', env), 'search', `${nameOf(url)}.db`)
    default:
      return ':memory:'
  }
}

/** The password says nothing about which store it is, and must not be guessed from a name. */
function nameOf(url: string): string {
  const address = new URL(url)
  address.password = ''
  return Buffer.from(digestOf(address.href)).toString('hex', 0, 16)
}

async function indexOf(url: string, worker: boolean, env: Env): Promise<SearchIndex> {
  const [scheme] = splitAt(url, ':')
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return (await import('./search-postgres.ts')).postgresIndex(postgresOf(url))
  }
  return (await import('./search/sqlite.ts')).sqliteIndex({ path: indexPathOf(url, env), worker })
}

/** Nothing is opened before it is needed. */
export async function openFinding(store: Store, url: string, settings: FindingSettings = {}): Promise<Search> {
  const { follow = false, onError, env = process.env } = settings
  const [{ openSearch }, index] = await Promise.all([import('./search/search.ts'), indexOf(url, follow, env)])
  return openSearch({
    store,
    index,
    follow,
    ...(follow ? { wait: longestWait } : {}),
    ...(onError ? { onError } : {}),
  })
}
