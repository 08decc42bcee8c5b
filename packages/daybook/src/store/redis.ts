// The store in one Redis server, shared by several servers of daybook; and Redis as a bus beside another store.

import { DaybookError } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'
import type { Place } from '../schema/states.ts'
import { places } from '../schema/states.ts'
import type { Bus } from './bus.ts'
import { pageLimit, unhurried } from './paging.ts'
import { redisAdmin } from './redis/admin.ts'
import { WireBus } from './redis/bus.ts'
import { OpenRedis } from './redis/open.ts'
import { feedPage } from './redis/reading.ts'
import { RedisScope } from './redis/scoped.ts'
import { scopeOf } from './scopes.ts'
import type { SessionRef, Store, Supports } from './store.ts'
import { fromText } from './text.ts'

export interface RedisOptions {
  /** `redis://`, `rediss://` (TLS) or the path of a socket, as the driver reads it. */
  readonly url: string
  /** In front of every key and channel; several stores may share a server under different ones. Default `daybook:`. */
  readonly prefix?: string
  /**
   * What an acknowledged append survives of the server: loss of power (default), its death, or nothing. The settings of the
   * server must give at least that, else opening fails with `invalid`.
   */
  readonly durable?: Supports['durable']
  /** Milliseconds since 1970, for leases, due, tombstones and sweeping; default the clock of the server. */
  readonly clock?: () => number
  /** Milliseconds that a call waits for a server that is away or busy, before `unreachable` or `store_busy`; default 5,000. */
  readonly wait?: number
}

const supports = (durable: Supports['durable']): Supports =>
  Object.freeze({ durable, shared: 'network', push: true, feed: 'total', backup: false })

export const redisSupports = supports('power')

/** Connects to nothing yet. Needs the package `ioredis`, and a Redis from 7.0 on that is one primary and evicts no keys. */
export function redisStore(options: RedisOptions): Store {
  const { durable = 'power', clock } = options
  const open = new OpenRedis({ ...placed(options), durable, ...(clock && { clock }) })
  const close = () => open.close()
  return {
    name: 'redis',
    supports: durable === 'power' ? redisSupports : supports(durable),
    bus: open.bus,
    admin: redisAdmin(open),
    open: () => open.open(),
    close,
    [Symbol.asyncDispose]: close,
    within: (scope) => new RedisScope(open, scopeOf(scope)),
    now: () => open.time(),
    feed: async (cursor, limit) => unhurried(await feedPage(open.ready(), null, cursor, limit)),
    tip: async () => open.ready().ask<string>(['tip']),
    due: async (limit, place) => due(open, limit, place),
  }
}

export interface RedisBusOptions {
  /** As of the store. */
  readonly url: string
  readonly prefix?: string
  /** Milliseconds that opening waits for the server; default 5,000. */
  readonly wait?: number
}

export interface RedisBus extends Bus, AsyncDisposable {
  /** Before it is open, and while the server is away, only listeners of this process hear. `unreachable` without a server. */
  open(): Promise<void>
  close(): Promise<void>
}

/** Hints and deltas for servers that share another store, such as PostgreSQL. Nothing is kept in Redis. */
export function redisBus(options: RedisBusOptions): RedisBus {
  const bus = new WireBus(placed(options))
  const close = async () => bus.close()
  return {
    publish: (topic, message) => bus.publish(topic, message),
    subscribe: (topic, listener) => bus.subscribe(topic, listener),
    open: () => bus.open(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function placed({ url, prefix = 'daybook:', wait = 5000 }: RedisBusOptions) {
  if (url === '') throw new DaybookError('invalid', 'The Redis store needs the address of a server.', { field: 'url' })
  return { url, prefix, wait }
}

async function due(open: OpenRedis, limit: number, place: Place | undefined): Promise<readonly SessionRef[]> {
  const most = pageLimit(limit, limits.pageItems)
  const items: SessionRef[] = []
  const where = place === undefined ? '' : String(places.indexOf(place))
  for (let passed = '0'; passed !== '' && items.length < most; ) {
    const [next = '', ...found] = await open.ready().ask<string[]>(['due', String(most), where, passed])
    for (let at = 0; at + 3 <= found.length; at += 3) {
      const [tenant = '', session = '', when] = found.slice(at, at + 3)
      items.push({ tenant: fromText(tenant), session: fromText(session), due: Number(when) })
    }
    passed = next
  }
  return items.slice(0, most)
}
