// Servers of one store in PostgreSQL, with one index, each with connections of its own.

import { connect } from '../../search-postgres.ts'
import type { ScopedSessions } from '../../session/contract.ts'
import { openSessions } from '../../session/sessions.ts'
import { dropSchema, freshSchema, sharedServer } from '../../store/postgres/server.fixture.ts'
import { postgresStore } from '../../store/postgres.ts'
import type { SearchIndex } from '../contract.ts'
import { type PostgresIndexOptions, postgresIndex } from '../postgres.ts'
import { openSearch, type Search } from '../search.ts'

export const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const
export const scope = { tenant: 'acme', subjects: ['user:anna'] }

export interface Place {
  readonly url: string
  readonly schema: string
}

export async function inSchema(work: (place: Place) => Promise<void>): Promise<void> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  try {
    await work({ url, schema })
  } finally {
    for (const each of [schema, `${schema}_search`]) await dropSchema(url, each)
  }
}

export interface Server extends AsyncDisposable {
  readonly mine: ScopedSessions
  readonly index: SearchIndex
  readonly search: Search
  /** Parts of the feed that this one took in. */
  taken(): number
}

export async function server(
  { url, schema }: Place,
  follow: boolean,
  options: Partial<PostgresIndexOptions> = {},
): Promise<Server> {
  const store = postgresStore({ url, schema, connections: 2 })
  const sessions = await openSessions({ store })
  const index = postgresIndex({ connect: () => connect({ url }), schema, ...options })
  let taken = 0
  const apply = index.apply.bind(index)
  index.apply = async (batch) => {
    const applied = await apply(batch)
    if (applied && batch.entries.length > 0) taken += 1
    return applied
  }
  const search = openSearch({ store, index, follow })
  return {
    mine: sessions.within(scope),
    index,
    search,
    taken: () => taken,
    async [Symbol.asyncDispose]() {
      await search.close()
      await sessions.close()
      await store.close()
    },
  }
}

export async function found({ search, mine }: Server, q: string): Promise<number> {
  return (await search.find(mine, { q })).total
}

export async function contentsOf(index: SearchIndex): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of index.contents()) lines.push(line)
  return lines
}
