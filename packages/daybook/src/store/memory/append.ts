// Writing to a session: an append is checked as a whole, then stored as a whole.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Cell, Head } from '../../schema/heads.ts'
import { isSessionId, isSystemId } from '../../schema/ids.ts'
import { kinds } from '../../schema/kinds.ts'
import type { Append, Key, KnownKey, Outcome, Ref, RefusalCode, Scope } from '../store.ts'
import { dropClaims } from './blobs.ts'
import { giveBack, isFree, lasts, take } from './leases.ts'
import { outdate } from './snapshots.ts'
import { find, findLiving, freeze, type Row, refKey, type State, sees, type TenantState, tenantOf } from './state.ts'

const firstRare = 16

export function refusal(code: RefusalCode, seq: number): Outcome {
  return { ok: false, code, seq }
}

/** The answer to a key that is known already; null when it is new. */
export function replay(row: Row, key: Key | undefined): Outcome | null {
  const known: KnownKey | undefined = key && row.keys?.get(key.id)
  if (!known) return null
  if (known.digest !== key?.digest) return refusal('key_reused', row.head.seq)
  return { ok: true, first: known.first, last: known.last, replayed: true }
}

export function keep(row: Row, key: Key | undefined, first: number, last: number): void {
  if (!key) return
  row.keys ??= new Map()
  row.keys.set(key.id, Object.freeze({ digest: key.digest, first, last }))
}

export function appendOne(state: State, scope: Scope, append: Append): Outcome {
  const tenant = tenantOf(state, scope.tenant)
  const row = tenant.rows.get(append.session)
  if (!row) return append.expect === 0 ? open(state, tenant, scope, append) : refusal('not_found', 0)
  if (!sees(scope, row.head)) {
    if (append.expect !== 0) return refusal('not_found', 0)
    return refusal(row.gone ? 'gone' : 'exists', 0)
  }
  const seen = replay(row, append.key)
  if (seen) return seen
  const code = refuseExisting(state, row, append) ?? refuseNames(tenant, row, append)
  return code ? refusal(code, row.head.seq) : write(state, row, append)
}

function refuseExisting(state: State, row: Row, append: Append): RefusalCode | null {
  const { head } = row
  if (row.gone) return 'gone'
  if (malformed(append, append.expect === 0 ? (append.base?.seq ?? 0) : append.expect)) return 'invalid'
  if (append.fence !== undefined && append.fence !== row.fence) return 'fenced'
  if (append.acquire && !isFree(state, row, append.acquire.holder)) return 'busy'
  if (append.expect === 0) return 'exists'
  if (append.base) return 'invalid'
  if (append.expect !== head.seq || append.prev !== head.hash) return 'conflict'
  if (append.erase?.some((seq) => !(seq > row.baseSeq && seq <= head.seq && Number.isInteger(seq)))) return 'invalid'
  const refolds = (head.refolds ?? 0) + (append.erase?.length ? 1 : 0)
  if ((append.head.refolds ?? 0) !== refolds) return 'conflict'
  return head.place === 'trash' && append.head.place === 'trash' ? 'trashed' : null
}

/** Refs and blobs are the last checks; `row` is null while the session is being opened. */
function refuseNames(tenant: TenantState, row: Row | null, append: Append): RefusalCode | null {
  for (const ref of append.refs ?? []) {
    const holder = tenant.refs.get(refKey(ref))
    if (holder && holder !== row && ref.type !== 'branch') return 'ref_taken'
  }
  return append.blobs?.some((hash) => !tenant.blobs.has(hash)) ? 'blob_missing' : null
}

function malformed(append: Append, before: number): boolean {
  const { entries, head, fence, acquire, release, named } = append
  const last = entries.at(-1)
  if (!last || head.place === 'deleted' || head.session !== append.session) return true
  if (head.seq !== last.seq || head.hash !== last.hash) return true
  if (acquire && (fence !== undefined || !lasts(acquire.ttl))) return true
  if (release && fence === undefined) return true
  if (named !== undefined && !entries.some(({ seq }) => seq === named)) return true
  return entries.some((entry, index) => entry.seq !== before + 1 + index)
}

function open(state: State, tenant: TenantState, scope: Scope, append: Append): Outcome {
  let base: Row | null = null
  if (append.base) {
    base = find(state, scope, append.base.session)
    if (!base) return refusal('not_found', 0)
    if (base.gone) return refusal('gone', 0)
    const { seq } = append.base
    if (!(Number.isInteger(seq) && seq >= 1 && seq <= base.head.seq)) return refusal('invalid', 0)
    if (entryAt(base, seq)?.hash !== append.prev) return refusal('conflict', 0)
  }
  const baseSeq = append.base?.seq ?? 0
  const allowed =
    isSessionId(append.session) && sees(scope, append.head) && !append.erase?.length && !append.head.refolds
  if (!allowed || malformed(append, baseSeq)) return refusal('invalid', 0)
  if (append.fence !== undefined) return refusal('fenced', 0)
  const code = refuseNames(tenant, null, append)
  if (code) return refusal(code, 0)
  return write(state, addRow(state, tenant, append, base), append)
}

function addRow(state: State, tenant: TenantState, append: Append, base: Row | null): Row {
  state.lastSid += 1
  const row: Row = {
    sid: state.lastSid,
    tenant,
    id: append.session,
    system: isSystemId(append.session),
    base,
    baseSeq: append.base?.seq ?? 0,
    forks: new Set(),
    entries: [],
    rare: [],
    // Unlisted until `write` gives it its first position.
    head: { ...append.head, place: 'deleted', due: null },
    cell: null,
    position: 0,
    keys: null,
    refs: new Map(),
    claims: [],
    marks: new Map(),
    snapshots: [],
    fence: state.fenceFloor,
    lease: null,
    gone: null,
    reach: 0,
  }
  base?.forks.add(row)
  state.rows.push(row)
  tenant.rows.set(row.id, row)
  return row
}

function write(state: State, row: Row, append: Append): Outcome {
  const first = row.baseSeq + row.entries.length + 1
  for (const entry of append.entries) {
    if (kinds[entry.kind].number >= firstRare) row.rare.push(row.entries.length)
    row.entries.push(Object.freeze(entry))
    state.feedRows.push(row)
    state.feedSeqs.push(entry.seq)
  }
  const last = first + append.entries.length - 1
  if (append.erase?.length) erase(row, append.erase)
  for (const ref of append.refs ?? []) bind(row, ref)
  for (const hash of new Set(append.blobs)) {
    const blob = row.tenant.blobs.get(hash)
    if (blob) blob.claims += 1
    row.claims.push({ hash, first: append.named ?? first, last })
  }
  keep(row, append.key, first, last)
  setHead(state, row, append.head, state.feedRows.length)
  if (append.cell) row.cell = freeze(append.cell)
  if (append.release) giveBack(row)
  const outcome = { ok: true, first, last, replayed: false } as const
  const { acquire } = append
  return acquire ? { ...outcome, fence: take(state, row, acquire.holder, acquire.ttl).fence } : outcome
}

/** Stores a head and moves what is ordered by it: lists and due. */
export function setHead(state: State, row: Row, head: Head, position: number): void {
  row.tenant.lists.remove(row, row.head, row.position)
  row.tenant.lists.add(row, head, position)
  state.due.move(row, row.head.due, row.gone ? null : head.due)
  row.position = position
  row.head = freeze(head)
}

function bind(row: Row, ref: Ref): void {
  const key = refKey(ref)
  row.tenant.refs.get(key)?.refs.delete(key)
  row.tenant.refs.set(key, row)
  row.refs.set(key, Object.freeze({ type: ref.type, value: ref.value }))
}

function erase(row: Row, seqs: readonly number[]): void {
  for (const seq of seqs) {
    const entry = row.entries[seq - row.baseSeq - 1]
    if (entry && entry.body !== null) row.entries[seq - row.baseSeq - 1] = Object.freeze({ ...entry, body: null })
  }
  outdate(row, Math.min(...seqs))
  dropClaims(row, (claim) => {
    for (let seq = claim.first; seq <= claim.last; seq += 1) if (entryAt(row, seq)?.body !== null) return false
    return true
  })
}

/** The entry with this seq, own or inherited. */
function entryAt(row: Row, seq: number): StoredEntry | undefined {
  let at: Row | null = row
  while (at && seq <= at.baseSeq) at = at.base
  return at?.entries[seq - at.baseSeq - 1]
}

export function refold(
  state: State,
  scope: Scope,
  session: string,
  at: { seq: number; hash: string },
  head: Head,
  cell: Cell | null,
): boolean {
  const row = findLiving(state, scope, session)
  if (!row || row.head.seq !== at.seq || row.head.hash !== at.hash) return false
  if (head.session !== session || head.seq !== at.seq || head.hash !== at.hash || head.place === 'deleted') return false
  setHead(state, row, { ...head, refolds: (row.head.refolds ?? 0) + 1 }, row.position)
  if (cell) row.cell = freeze(cell)
  return true
}
