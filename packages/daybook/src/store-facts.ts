// What there is to say about the server behind the URL of a store; nothing for stores that have none.

import type { StoreFact } from './store/facts.ts'
import { postgresOf, redisOf, splitAt } from './store-url.ts'

/** Asks the server and leaves nothing there. `unreachable` where none answers, `invalid` for a URL that is not understood. */
export async function factsOfStore(url: string): Promise<readonly StoreFact[]> {
  switch (splitAt(url, ':')[0]) {
    case 'postgres':
    case 'postgresql':
      return (await import('./store/postgres/facts.ts')).postgresFacts(postgresOf(url))
    case 'redis':
    case 'rediss':
      return (await import('./store/redis/facts.ts')).redisFacts(redisOf(url))
    default:
      return []
  }
}
