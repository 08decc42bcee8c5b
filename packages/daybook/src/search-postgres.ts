// Composes the search index of a store in PostgreSQL with connections to that server.

import type { SearchIndex } from './search/contract.ts'
import type { Database } from './search/postgres/database.ts'
import { postgresIndex as indexOver } from './search/postgres.ts'
import { Connection } from './store/postgres/connection.ts'
import { loadDriver } from './store/postgres/driver.ts'
import { toDaybookError } from './store/postgres/errors.ts'

export interface PostgresIndexOptions {
  /** As for `postgresStore`. */
  readonly url: string
  /** Schema of the store, default `daybook`; the index is in `<schema>_search`, made when missing. */
  readonly schema?: string
  /** Connections at most, default 3; they are made as questions come. */
  readonly connections?: number
  /** Milliseconds until a statement that gets no answer fails with `store_busy` or `unreachable`; default 10,000. */
  readonly wait?: number
}

/** Opens nothing yet. Needs the package `postgres`, else opening fails with `invalid`. */
export function postgresIndex(options: PostgresIndexOptions): SearchIndex {
  const { schema = 'daybook' } = options
  return indexOver({ connect: () => connect(options), schema })
}

/** For what only composes: connections as an index needs them. */
export async function connect({ url, connections = 3, wait = 10_000 }: PostgresIndexOptions): Promise<Database> {
  const connection = new Connection(await loadDriver(), { url, max: connections, wait, named: (text) => text })
  const told = (error: unknown): never => {
    throw toDaybookError(error)
  }
  return {
    ask: (text, values) => connection.ask(text, values).catch(told),
    // What is lost with the server's power is read from the feed again: no commit waits for the disk.
    writing: (work) =>
      connection
        .writing(async (ask) => {
          await ask('SET LOCAL synchronous_commit = off')
          return work(ask)
        })
        .catch(told),
    close: () => connection.close(),
  }
}
