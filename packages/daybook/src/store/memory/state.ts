// What the memory store holds: rows of sessions, tenants, the feed and what is due.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Cell, Head } from '../../schema/heads.ts'
import type { Hash, Seq, SessionId, Subject, Tenant } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { KnownKey, Mark, Ref, Scope, Snapshot } from '../store.ts'
import { DueList } from './due.ts'
import { Lists } from './lists.ts'

export const day = 24 * 60 * 60 * 1000

/** An append's claim on a blob: it lasts until every entry from `first` to `last` is erased or gone. */
export interface BlobClaim {
  readonly hash: Hash
  readonly first: Seq
  readonly last: Seq
}

export interface Row {
  /** Number of the row, in order of opening; ids may come back after a deletion, numbers never. */
  readonly sid: number
  readonly tenant: TenantState
  readonly id: SessionId
  readonly system: boolean
  readonly base: Row | null
  /** Seq up to which entries are the base's; 0 without one. */
  readonly baseSeq: Seq
  /** Direct forks, deleted ones too while they still stand between an ancestor and living forks. */
  readonly forks: Set<Row>
  /** Own entries: `entries[i].seq` is `baseSeq + 1 + i`. */
  entries: StoredEntry[]
  /** Indexes into `entries` of all that is not message, output or foreign. */
  rare: number[]
  head: Head
  cell: Cell | null
  /** Position of the last entry. */
  position: number
  keys: Map<string, KnownKey> | null
  readonly refs: Map<string, Ref>
  claims: BlobClaim[]
  readonly marks: Map<Subject, Mark>
  snapshots: Snapshot[]
  fence: number
  lease: { readonly holder: string; readonly until: number } | null
  gone: { readonly at: number; readonly entry: StoredEntry } | null
  /** Only of deleted rows: seq up to which living forks read through this row. */
  reach: Seq
}

export interface StoredBlob {
  readonly bytes: Uint8Array
  /** Time of the last put. */
  at: number
  claims: number
}

export interface TenantState {
  readonly name: Tenant
  readonly rows: Map<SessionId, Row>
  readonly refs: Map<string, Row>
  readonly blobs: Map<Hash, StoredBlob>
  readonly lists: Lists
  readonly pins: Map<Subject, Set<Row>>
}

export interface State {
  readonly clock: () => number
  readonly tenants: Map<Tenant, TenantState>
  /** Every row that still holds something, by rising number. */
  rows: Row[]
  /** Deleted rows that still hold something. */
  readonly gone: Set<Row>
  /** The feed by position - 1; empty where a swept session was. */
  readonly feedRows: (Row | undefined)[]
  readonly feedSeqs: Seq[]
  readonly due: DueList
  lastSid: number
  /** Fences of new sessions start here, so that an id that comes back never reuses one. */
  fenceFloor: number
  closed: boolean
}

export function newState(clock: () => number): State {
  return {
    clock,
    tenants: new Map(),
    rows: [],
    gone: new Set(),
    feedRows: [],
    feedSeqs: [],
    due: new DueList(),
    lastSid: 0,
    fenceFloor: 0,
    closed: false,
  }
}

export function tenantOf(state: State, name: Tenant): TenantState {
  const known = state.tenants.get(name)
  if (known) return known
  const made: TenantState = {
    name,
    rows: new Map(),
    refs: new Map(),
    blobs: new Map(),
    lists: new Lists(),
    pins: new Map(),
  }
  state.tenants.set(name, made)
  return made
}

/** Whether this scope (of the row's tenant) is owner or reader of the head. */
export function sees(scope: Scope, head: Head): boolean {
  const { subjects } = scope
  if (subjects === 'all' || subjects.includes(head.owner)) return true
  return head.readers.some((reader) => subjects.includes(reader))
}

/** The row when this scope may know of it, tombstones included. */
export function find(state: State, scope: Scope, session: SessionId): Row | null {
  const row = state.tenants.get(scope.tenant)?.rows.get(session)
  return row && sees(scope, row.head) ? row : null
}

export function findLiving(state: State, scope: Scope, session: SessionId): Row | null {
  const row = find(state, scope, session)
  return row && !row.gone ? row : null
}

/** Living forks of a row, those of its deleted forks in their place. */
export function forksOf(row: Row): Row[] {
  return [...row.forks].flatMap((fork) => (fork.gone ? forksOf(fork) : [fork]))
}

export function refKey(ref: Ref): string {
  return `${ref.type.length} ${ref.type} ${ref.value}`
}

export function leaseLives(state: State, row: Row): boolean {
  return row.lease !== null && row.lease.until > state.clock()
}

/** A page size: 1 and more, cut at 1,000. */
export function pageLimit(limit: number | undefined, otherwise: number): number {
  if (limit === undefined) return otherwise
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new DaybookError('invalid', 'The limit must be a whole number from 1 on.', { field: 'limit' })
  }
  return Math.min(limit, limits.pageItems)
}

export function badCursor(): DaybookError {
  return new DaybookError('invalid', 'This cursor was not made by this store for this question.', { field: 'cursor' })
}

/** The number in a cursor of digits. */
export function cursorNumber(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw badCursor()
  return Number(text)
}

/** Freezes a JSON value to its depth; the caller's object is the stored one from here on. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) if (typeof inner === 'object') freeze(inner)
    Object.freeze(value)
  }
  return value
}
