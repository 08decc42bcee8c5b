// The store of a URL: which engine it names, loaded when it is asked for.

import { DaybookError } from './schema/errors.ts'
import type { Store } from './store/store.ts'
import { durabilityOf, pathOf, postgresOf, redisOf, splitAt, unknownStore } from './store-url.ts'

export interface StoreOptions {
  /** Write in a thread of its own, where the store is a file; for servers. */
  readonly worker?: boolean
  /** URL of a Redis that carries hints and deltas between the servers of a PostgreSQL store; others refuse it as `invalid`. */
  readonly bus?: string
}

/**
 * The store of a URL, opened; anything else than these is `invalid`:
 * - `sqlite:./path` or `sqlite:///absolute/path`, with `?durability=relaxed` to survive crashes only;
 * - `postgres://user:password@host/database`, with `?schema=name` for another schema than `daybook`;
 * - `redis://host:port/number` (`rediss:` for TLS), with `?prefix=name` in front of its keys, and `?durable=process` or
 *   `durable=none` where the server keeps no more than that;
 * - `memory:`.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const store = options.bus === undefined ? await storeOf(url, options) : await besideBus(url, options.bus)
  await store.open()
  return store
}

async function besideBus(url: string, address: string): Promise<Store> {
  if (!/^postgres(?:ql)?:/.test(url)) {
    const why = 'only a PostgreSQL store takes another bus than its own'
    throw new DaybookError('invalid', why, { field: 'bus' })
  }
  const { redisBus } = await import('./store/redis.ts')
  const { url: server, prefix } = redisOf(address)
  const bus = redisBus({ url: server, ...(prefix === undefined ? {} : { prefix }) })
  await bus.open()
  const { postgresStore } = await import('./store/postgres.ts')
  const store = postgresStore({ ...postgresOf(url), bus })
  const close = async (): Promise<void> => {
    await store.close()
    await bus.close()
  }
  const open = (): Promise<void> =>
    store.open().catch(async (error: unknown) => {
      await bus.close()
      throw error
    })
  return { ...store, open, close, [Symbol.asyncDispose]: close }
}

async function storeOf(url: string, { worker = false }: StoreOptions): Promise<Store> {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  switch (scheme) {
    case 'memory':
      return (await import('./store/memory.ts')).memoryStore()
    case 'sqlite': {
      if (rest === '') throw unknownStore(url)
      const [address = '', query = ''] = splitAt(rest, '?')
      const { sqliteStore } = await import('./store/sqlite.ts')
      return sqliteStore({ path: pathOf(address), worker, durability: durabilityOf(new URLSearchParams(query)) })
    }
    case 'postgres':
    case 'postgresql':
      return (await import('./store/postgres.ts')).postgresStore(postgresOf(url))
    case 'redis':
    case 'rediss':
      return (await import('./store/redis.ts')).redisStore(redisOf(url))
    default:
      throw unknownStore(url)
  }
}

/** Whether any process has the store of this URL open, as far as its file tells: what is no file is told by nobody. */
export async function isInUse(url: string): Promise<boolean> {
  const [scheme = '', rest = ''] = splitAt(url, ':')
  if (scheme !== 'sqlite') return false
  if (rest === '') throw new DaybookError('invalid', 'the URL of a SQLite store names its file', { field: 'store' })
  const inUse = await import('./store/sqlite/in-use.ts')
  return inUse.isInUse(pathOf(splitAt(rest, '?')[0] ?? ''))
}
