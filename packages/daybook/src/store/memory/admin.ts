// The operator's side of the memory store.

import { DaybookError } from '../../schema/errors.ts'
import { limits } from '../../schema/json.ts'
import { type Place, places } from '../../schema/states.ts'
import type { Row as AdminRow, Finding, HeldKey, HeldLease, HeldMark, KeyRange, StoreAdmin } from '../admin.ts'
import type { Page } from '../store.ts'
import { sweep } from './delete.ts'
import { cursorNumber, leaseLives, pageLimit, type Row, type State } from './state.ts'

export function memoryAdmin(state: State, guard: () => void): StoreAdmin {
  return {
    async stats() {
      guard()
      return stats(state)
    },
    async check() {
      guard()
      return check(state)
    },
    async mend() {
      guard()
      const found = check(state)
      if (found.length > 0) relist(state)
      return found
    },
    async rows(cursor, limit) {
      guard()
      return rows(state, cursor, pageLimit(limit, limits.pageItems))
    },
    async blobHashes(cursor, limit) {
      guard()
      const all = [...state.tenants.values()].flatMap(({ name, blobs }) =>
        [...blobs].map(([hash, blob]) => ({ tenant: name, hash, size: blob.bytes.length, used: blob.claims > 0 })),
      )
      const sorted = all.map((blob) => ({ blob, place: `${blob.hash} ${blob.tenant}` }))
      sorted.sort((a, b) => (a.place < b.place ? -1 : 1))
      const rest = cursor === null ? sorted : sorted.filter(({ place }) => place > cursor)
      const page = rest.slice(0, pageLimit(limit, limits.pageItems))
      return {
        items: page.map(({ blob }) => blob),
        cursor: page.length < rest.length ? (page.at(-1)?.place ?? null) : null,
      }
    },
    async keys(tenant, ranges) {
      guard()
      return ranges.map((range) => keysOf(state.tenants.get(tenant)?.rows.get(range.session), range))
    },
    async marks(cursor, limit) {
      guard()
      return marks(state, cursor, pageLimit(limit, limits.pageItems))
    },
    async leases(limit, holders = '') {
      guard()
      return leases(state, pageLimit(limit, limits.pageItems), holders)
    },
    async sweep() {
      guard()
      return sweep(state)
    },
    async vacuum() {
      guard()
    },
    async backup() {
      guard()
      throw new DaybookError('invalid', 'A store in memory cannot write a copy of itself; export its sessions.')
    },
  }
}

function stats(state: State) {
  let bytes = 0
  let entries = 0
  for (const row of state.rows) {
    entries += row.entries.length
    for (const entry of row.entries) bytes += entry.body?.length ?? 0
  }
  const living = state.rows.filter((row) => !row.gone)
  const systemSessions = living.filter((row) => row.system).length
  const blobs = [...state.tenants.values()].flatMap((tenant) => [...tenant.blobs.values()])
  return {
    sessions: living.length - systemSessions,
    systemSessions,
    entries,
    blobs: blobs.length,
    bytes,
    blobBytes: blobs.reduce((sum, blob) => sum + blob.bytes.length, 0),
    freeBytes: 0,
    location: 'memory:',
    format: 1,
  }
}

function rows(state: State, cursor: string | null, limit: number): Page<AdminRow> {
  const after = cursor === null ? 0 : cursorNumber(cursor)
  const rest = state.rows.slice(firstAfter(state.rows, after))
  const page = rest.slice(0, limit)
  const items = page.map((row) => ({
    tenant: row.tenant.name,
    session: row.id,
    head: row.head,
    base: row.base && { session: row.base.id, seq: row.baseSeq },
    hidden: row.gone !== null && row.reach > 0,
  }))
  return { items, cursor: page.length < rest.length ? String(page.at(-1)?.sid) : null }
}

function keysOf(row: Row | undefined, { first, last }: KeyRange): HeldKey[] {
  const held = row?.gone ? [] : [...(row?.keys ?? [])].map(([id, known]) => ({ id, ...known }))
  return held.filter((key) => key.first >= first && key.first <= last).sort((a, b) => a.first - b.first)
}

function marks(state: State, cursor: string | null, limit: number): Page<HeldMark> {
  const all = state.rows.flatMap(({ sid, tenant, id, marks }) =>
    [...marks].map(([subject, mark]) => ({
      place: `${String(sid).padStart(16, '0')} ${subject}`,
      tenant,
      id,
      subject,
      mark,
    })),
  )
  const sorted = all.sort((a, b) => (a.place < b.place ? -1 : 1))
  const rest = cursor === null ? sorted : sorted.filter(({ place }) => place > cursor)
  const page = rest.slice(0, limit)
  return {
    items: page.map(({ tenant, id, subject, mark }) => ({ tenant: tenant.name, session: id, subject, mark })),
    cursor: page.length < rest.length ? (page.at(-1)?.place ?? null) : null,
  }
}

function leases(state: State, limit: number, beginning: string): HeldLease[] {
  const held = (row: Row) => leaseLives(state, row) && row.lease?.holder.startsWith(beginning) === true
  const now = state.clock()
  const all = state.due.take(now, Number.POSITIVE_INFINITY, held).map(({ tenant, id, fence, lease }) => {
    const { holder = '', until = now } = lease ?? {}
    return { tenant: tenant.name, lease: { session: id, holder, fence, left: until - now } }
  })
  return all.sort((a, b) => a.lease.left - b.lease.left).slice(0, limit)
}

function firstAfter(sorted: readonly Row[], sid: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle]?.sid ?? 0) <= sid) low = middle + 1
    else high = middle
  }
  return low
}

/** Kept counters against the rows, and refs against their sessions. */
function check(state: State): Finding[] {
  const found: Finding[] = []
  for (const tenant of state.tenants.values()) {
    const counted = new Map<string, number>()
    for (const row of tenant.rows.values()) {
      if (row.system || row.gone) continue
      for (const subject of new Set([null, row.head.owner, ...row.head.readers])) {
        const key = JSON.stringify([subject, row.head.place])
        counted.set(key, (counted.get(key) ?? 0) + 1)
      }
    }
    for (const subject of [null, ...tenant.lists.subjects()]) {
      for (const place of places.filter((name): name is Exclude<Place, 'deleted'> => name !== 'deleted')) {
        const kept = tenant.lists.of(subject, place)?.size ?? 0
        const real = counted.get(JSON.stringify([subject, place])) ?? 0
        if (kept !== real) found.push({ what: 'counter', detail: `${subject ?? 'all'} ${place}: ${kept} for ${real}` })
      }
    }
    for (const [key, row] of tenant.refs) {
      if (!row.refs.has(key)) found.push({ what: 'index', detail: `ref ${key} of ${row.id}` })
    }
  }
  return found
}

function relist(state: State): void {
  state.due.clear()
  for (const tenant of state.tenants.values()) {
    tenant.lists.clear()
    const living = [...tenant.rows.values()].filter((row) => !row.gone)
    for (const row of living.sort((a, b) => a.position - b.position)) {
      tenant.lists.add(row, row.head, row.position)
      state.due.move(row, null, row.head.due)
      for (const key of row.refs.keys()) tenant.refs.set(key, row)
    }
    for (const [key, row] of tenant.refs) if (!row.refs.has(key)) tenant.refs.delete(key)
  }
}
