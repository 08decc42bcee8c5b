// The store in a PostgreSQL server, shared by servers on many hosts.

import { DaybookError } from '../schema/errors.ts'
import type { Bus } from './bus.ts'
import { unhurried } from './paging.ts'
import { postgresAdmin } from './postgres/admin.ts'
import { due } from './postgres/due.ts'
import { feedPage, tip } from './postgres/feed.ts'
import { OpenStore } from './postgres/open.ts'
import { PostgresScope } from './postgres/scoped.ts'
import { scopeOf } from './scopes.ts'
import type { Store, Supports } from './store.ts'

export interface PostgresOptions {
  /**
   * `postgres://user:password@host:port/database`; a `host` in the query is the folder of a socket. PostgreSQL 14 or newer,
   * UTF8. Behind a pooler of transactions other servers' writes are noticed within a second; opening fails with `invalid`
   * behind one of statements, and with `store_readonly` on a standby.
   */
  readonly url: string
  /** Schema of the store, made when missing; default `daybook`. */
  readonly schema?: string
  /** Connections that read and do single calls, from 1 on; default 8. Four more append, listen, and serve the operator. */
  readonly connections?: number
  /** Milliseconds until a call that gets no answer fails with `store_busy` or `unreachable`; default 5,000. */
  readonly wait?: number
  /** Carries hints and deltas between servers in place of NOTIFY, for example a Redis; its owner opens and closes it. */
  readonly bus?: Bus
  /** For tests: milliseconds since 1970, in place of the server's clock. */
  readonly clock?: () => number
}

export const postgresSupports: Supports = Object.freeze({
  durable: 'power',
  shared: 'network',
  push: true,
  feed: 'total',
  backup: false,
})

/** Opens nothing yet. Needs the package `postgres`, else opening fails with `invalid`. */
export function postgresStore(options: PostgresOptions): Store {
  const { url, schema = 'daybook', connections = 8, wait = 5000, clock = null, bus } = options
  for (const [field, value] of Object.entries({ connections, wait })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new DaybookError('invalid', `${field} must be a whole number from 1 on.`, { field })
  }
  const store = new OpenStore({ url, schema, connections, wait, clock, ...(bus ? { bus } : {}) })
  const close = () => store.close()
  return {
    name: 'postgres',
    supports: postgresSupports,
    bus: store.bus,
    admin: postgresAdmin(store),
    open: () => store.open(),
    close,
    [Symbol.asyncDispose]: close,
    within: (scope) => new PostgresScope(store, scopeOf(scope)),
    now: () => store.time(),
    feed: (cursor, limit) =>
      store.look(async ({ asking, heads }) => unhurried(await feedPage(asking, heads, null, cursor, limit))),
    tip: () => store.look(async ({ asking }) => String(await tip(asking))),
    due: (limit, place) => store.look(({ asking, now }) => due(asking, now(), limit, place)),
  }
}
