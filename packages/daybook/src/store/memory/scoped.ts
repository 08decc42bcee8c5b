// The memory store as one scope sees it: every verb, with the guard against use after close.

import { type Cell, emptyCell, type Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { type Bus, hintTopic } from '../bus.ts'
import type { Snapshots } from '../snapshots.ts'
import type {
  Append,
  Cursor,
  Deletion,
  Lease,
  Marks,
  Outcome,
  Query,
  Range,
  Ref,
  Scope,
  ScopedStore,
} from '../store.ts'
import { appendOne, refold } from './append.ts'
import { memoryBlobs } from './blobs.ts'
import { deleteOne } from './delete.ts'
import { acquire, release, renew } from './leases.ts'
import { listPage } from './list.ts'
import { memoryMarks } from './marks.ts'
import { feedPage, readLog } from './read.ts'
import { memorySnapshots } from './snapshots.ts'
import { find, findLiving, forksOf, refKey, type State, sees } from './state.ts'

export class MemoryScope implements ScopedStore {
  readonly scope: Scope
  readonly marks: Marks
  readonly blobs: Blobs
  readonly snapshots: Snapshots
  readonly #state: State
  readonly #bus: Bus
  readonly #guard: () => void

  constructor(state: State, bus: Bus, scope: Scope, guard: () => void) {
    this.scope = scope
    this.#state = state
    this.#bus = bus
    this.#guard = guard
    this.marks = memoryMarks(state, scope, guard)
    this.blobs = memoryBlobs(state, scope, guard)
    this.snapshots = memorySnapshots(state, scope, guard)
  }

  async append(batch: readonly Append[]): Promise<readonly Outcome[]> {
    this.#guard()
    const outcomes = batch.map((append) => appendOne(this.#state, this.scope, append))
    const written = new Set(batch.filter((_, index) => isNew(outcomes[index])).map((append) => append.session))
    for (const session of written) this.#hint(session)
    return outcomes
  }

  async receipts(session: SessionId, keys: readonly string[]) {
    this.#guard()
    const row = find(this.#state, this.scope, session)
    return keys.map((key) => row?.keys?.get(key) ?? null)
  }

  async read(session: SessionId, range?: Range) {
    this.#guard()
    const row = findLiving(this.#state, this.scope, session)
    return row ? readLog(row, range) : []
  }

  async head(session: SessionId) {
    this.#guard()
    return find(this.#state, this.scope, session)?.head ?? null
  }

  async cell(session: SessionId) {
    this.#guard()
    const row = findLiving(this.#state, this.scope, session)
    return row && (row.cell ?? emptyCell)
  }

  async list(query?: Query) {
    this.#guard()
    return listPage(this.#state, this.scope, query)
  }

  async locate(ref: Ref) {
    this.#guard()
    const row = this.#state.tenants.get(this.scope.tenant)?.refs.get(refKey(ref))
    return row && sees(this.scope, row.head) ? row.id : null
  }

  async refs(session: SessionId) {
    this.#guard()
    return [...(find(this.#state, this.scope, session)?.refs.values() ?? [])]
  }

  async feed(cursor: Cursor | null, limit?: number) {
    this.#guard()
    const { scope } = this
    const tenant = this.#state.tenants.get(scope.tenant)
    return feedPage(this.#state, cursor, limit, (row) => {
      if (row.tenant !== tenant || !sees(scope, row.head)) return false
      return !row.system || scope.subjects === 'all'
    })
  }

  async forks(session: SessionId) {
    this.#guard()
    const row = find(this.#state, this.scope, session)
    const forks = row ? forksOf(row).sort((a, b) => a.sid - b.sid) : []
    return forks.filter((fork) => sees(this.scope, fork.head)).map((fork) => fork.id)
  }

  async refold(session: SessionId, at: { seq: number; hash: string }, head: Head, cell: Cell | null) {
    this.#guard()
    return refold(this.#state, this.scope, session, at, head, cell)
  }

  async delete(session: SessionId, deletion: Deletion) {
    this.#guard()
    const outcome = deleteOne(this.#state, this.scope, session, deletion)
    if (isNew(outcome)) this.#hint(session)
    return outcome
  }

  async acquire(session: SessionId, holder: string, ttl: number) {
    this.#guard()
    return acquire(this.#state, this.scope, session, holder, ttl)
  }

  async renew(lease: Lease, ttl: number) {
    this.#guard()
    return renew(this.#state, this.scope, lease, ttl)
  }

  async release(lease: Lease) {
    this.#guard()
    release(this.#state, this.scope, lease)
  }

  #hint(session: SessionId): void {
    const { tenant } = this.scope
    const seq = this.#state.tenants.get(tenant)?.rows.get(session)?.head.seq ?? 0
    this.#bus.publish(hintTopic, { tenant, session, seq })
  }
}

function isNew(outcome: Outcome | undefined): boolean {
  return outcome?.ok === true && !outcome.replayed
}
