// The store in one SQLite file: the default of daybook, safe for several processes of one host.

import { DaybookError } from '../schema/errors.ts'
import type { Bus } from './bus.ts'
import { hintTopic, localBus } from './bus.ts'
import { LaneFailure } from './lane.ts'
import { unhurried } from './paging.ts'
import { scopeOf } from './scopes.ts'
import { sqliteAdmin } from './sqlite/admin.ts'
import { due } from './sqlite/due.ts'
import { feedPage, tip } from './sqlite/feed.ts'
import { OpenFile } from './sqlite/open.ts'
import type { Op, Result } from './sqlite/ops.ts'
import { SqliteScope } from './sqlite/scoped.ts'
import type { Store, Supports } from './store.ts'

export interface SqliteOptions {
  /** Path of the file; it and its folder are made when missing. Large blobs stand in `<path>-blobs`. */
  readonly path: string
  /** Write in a thread of its own: for servers, whose event loop must not wait for the disk. Default false. */
  readonly worker?: boolean
  /** `full` (default) survives the loss of power, `relaxed` the death of the process. */
  readonly durability?: 'full' | 'relaxed'
  /** Milliseconds since 1970, for leases, due, tombstones and sweeping; default `Date.now`. */
  readonly clock?: () => number
  /** Milliseconds a write waits for another process before it fails with `store_busy`; default 5,000. */
  readonly wait?: number
  /** Most bytes the file may grow to; writes beyond fail with `store_full`. Default: the disk. */
  readonly maxBytes?: number
}

const supports = (durability: 'full' | 'relaxed'): Supports =>
  Object.freeze({
    durable: durability === 'full' ? 'power' : 'process',
    shared: 'host',
    push: false,
    feed: 'total',
    backup: true,
  })

export const sqliteSupports = supports('full')

/** Opens nothing yet. A path in memory is refused: the memory store is that. */
export function sqliteStore(options: SqliteOptions): Store {
  if (options.path === '' || options.path.startsWith(':memory:') || options.path.startsWith('file:')) {
    throw new DaybookError('invalid', 'The SQLite store needs the path of a file.', { field: 'path' })
  }
  const bus = localBus()
  const file = new OpenFile({ ...options, worker: options.worker ?? false }, (group, results) =>
    hint(bus, group, results),
  )
  const close = () => file.close()
  return {
    name: 'sqlite',
    supports: options.durability === 'relaxed' ? supports('relaxed') : sqliteSupports,
    bus,
    admin: sqliteAdmin(file),
    open: () => file.open(),
    close,
    [Symbol.asyncDispose]: close,
    within: (scope) => new SqliteScope(file, scopeOf(scope)),
    now: () => Math.floor(file.clock()),
    feed: async (cursor, limit) => unhurried(file.read((connection) => feedPage(connection, cursor, limit))),
    tip: async () => file.read((connection) => String(tip(connection))),
    due: async (limit, place) => file.read((connection) => due(connection, file.clock(), limit, place)),
  }
}

/** One hint per session and commit, with the last seq written. */
function hint(bus: Bus, group: readonly Op[], results: readonly (Result | LaneFailure)[]): void {
  const written = new Map<string, Map<string, number>>()
  for (const [index, op] of group.entries()) {
    if (op.type !== 'append' && op.type !== 'delete') continue
    const result = results[index]
    if (typeof result !== 'object' || result === null || result instanceof LaneFailure) continue
    if (!('ok' in result) || !result.ok || result.replayed) continue
    const { tenant } = op.asker
    const sessions = written.get(tenant) ?? new Map<string, number>()
    written.set(tenant, sessions.set(op.type === 'append' ? op.append.session : op.session, result.last))
  }
  for (const [tenant, sessions] of written) {
    for (const [session, seq] of sessions) bus.publish(hintTopic, { tenant, session, seq })
  }
}
