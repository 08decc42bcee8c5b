// Puts a store around a state of the memory store; the suite's own tests reach into such a state.

import { DaybookError } from '../../schema/errors.ts'
import { limits } from '../../schema/json.ts'
import { localBus } from '../bus.ts'
import { scopeOf } from '../scopes.ts'
import type { Store, Supports } from '../store.ts'
import { memoryAdmin } from './admin.ts'
import { feedPage } from './read.ts'
import { MemoryScope } from './scoped.ts'
import { leaseLives, pageLimit, type Row, type State } from './state.ts'

export const memorySupports: Supports = Object.freeze({
  durable: 'none',
  shared: 'process',
  push: true,
  feed: 'total',
  backup: false,
})

export function storeOver(state: State): Store {
  const bus = localBus()
  const guard = () => {
    if (state.closed) throw new DaybookError('shutting_down', 'The store is closed.')
  }
  const close = async () => {
    state.closed = true
  }
  return {
    name: 'memory',
    supports: memorySupports,
    bus,
    admin: memoryAdmin(state, guard),
    async open() {
      guard()
    },
    close,
    [Symbol.asyncDispose]: close,
    within: (scope) => new MemoryScope(state, bus, scopeOf(scope), guard),
    now: () => Math.floor(state.clock()),
    async feed(cursor, limit) {
      guard()
      return feedPage(state, cursor, limit, () => true)
    },
    async tip() {
      guard()
      return String(state.feedRows.length)
    },
    async due(limit, place) {
      guard()
      const free = (row: Row) => !leaseLives(state, row) && (place === undefined || row.head.place === place)
      const rows = state.due.take(state.clock(), pageLimit(limit, limits.pageItems), free)
      return rows.map((row) => ({ tenant: row.tenant.name, session: row.id, due: row.head.due ?? 0 }))
    },
  }
}
