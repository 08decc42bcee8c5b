// An append: checked as a whole, then written as a whole; the head waits for the end of the commit.

import type { StoredEntry } from '../../schema/entries.ts'
import { type Kind, kinds, lastKindNumber } from '../../schema/kinds.ts'
import type { Key, Outcome, RefusalCode } from '../store.ts'
import { toText } from '../text.ts'
import { placeNumbers } from './ddl.ts'
import { erase } from './erase.ts'
import { isDuplicate } from './errors.ts'
import { Forks } from './forks.ts'
import { refusal, replay } from './keys.ts'
import { giveBack, isFree, take } from './leases.ts'
import { meta, setMeta } from './migrations.ts'
import type { AppendOp, Asker, PackedAppend } from './ops.ts'
import { newRow, type Row, visible } from './rows.ts'
import type { Tx } from './tx.ts'

export function append(tx: Tx, op: AppendOp): Outcome {
  const { asker, append: asked } = op
  const row = tx.rows.find(asker.tenant, asked.session)
  if (row === null) return asked.expect === 0 ? open(tx, op) : refusal('not_found', 0)
  if (!visible(asker, row.owner, row.readers)) return unseen(row, asked)
  if (tx.again && holds(tx, row, asked)) return acceptedBefore(row, asked)
  const code = refuse(tx, row, op) ?? refuseNames(tx, row, asker, asked)
  if (code === null) return write(tx, row, op)
  // A known key answers before any refusal; where nothing is refused, the index of keys finds it at the insert.
  if (asked.key) tx.inserts.flush()
  return replay(tx.connection, row, asked.key) ?? refusal(code, row.seq)
}

/** Whether this very append is in the log already: the chain tells it from any other. */
function holds(tx: Tx, row: Row, { entries }: PackedAppend): boolean {
  const last = entries.at(-1)
  if (!last || last.seq > row.seq) return false
  tx.inserts.flush()
  const found = tx.connection.sql('SELECT hash FROM entries WHERE sid = ? AND seq = ?').get(row.sid, last.seq)
  return found?.hash === last.hash
}

function accepted({ entries, acquire }: PackedAppend, fence: number): Outcome {
  const outcome = { ok: true, first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? 0, replayed: false } as const
  return acquire ? { ...outcome, fence } : outcome
}

/** A lease that was lost since had a lower fence, and under each of those everything is refused. */
function acceptedBefore(row: Row, asked: PackedAppend): Outcome {
  return accepted(asked, row.holder === asked.acquire?.holder ? row.fence : row.fence - 1)
}

/** Of a session that the asker may not see, no more than that the id is taken. */
function unseen(row: Row, asked: PackedAppend): Outcome {
  if (asked.expect !== 0) return refusal('not_found', 0)
  return refusal(row.goneAt === null ? 'exists' : 'gone', 0)
}

function refuse(tx: Tx, row: Row, { append: asked, invalid, toTrash, refolds }: AppendOp): RefusalCode | null {
  if (row.goneAt !== null) return 'gone'
  if (invalid) return 'invalid'
  if (asked.fence !== undefined && asked.fence !== row.fence) return 'fenced'
  if (asked.acquire && !isFree(tx, row, asked.acquire.holder)) return 'busy'
  if (asked.expect === 0) return 'exists'
  if (asked.base) return 'invalid'
  if (asked.expect !== row.seq || asked.prev !== row.hash) return 'conflict'
  if (asked.erase?.some((seq) => !(Number.isInteger(seq) && seq > row.baseSeq && seq <= row.seq))) return 'invalid'
  if (refolds !== row.refolds) return 'conflict'
  return toTrash && placeOf(tx, row) === placeNumbers.trash ? 'trashed' : null
}

/** The place after the appends of this commit that were taken already. */
function placeOf(tx: Tx, row: Row): number {
  if (row.waiting) tx.write(row)
  return row.place
}

const refHolder = 'SELECT sid FROM refs WHERE tenant = ? AND type = ? AND value = ?'

/** Refs and blobs are the last checks; `row` is null while the session is being opened. */
function refuseNames(tx: Tx, row: Row | null, asker: Asker, asked: PackedAppend): RefusalCode | null {
  const tenant = asked.refs || asked.blobs ? toText(asker.tenant) : ''
  for (const ref of asked.refs ?? []) {
    if (ref.type === 'branch') continue
    const held = tx.connection.sql(refHolder).get(tenant, toText(ref.type), toText(ref.value))
    if (held && held.sid !== row?.sid) return 'ref_taken'
  }
  for (const hash of asked.blobs ?? []) {
    if (!tx.connection.sql('SELECT 1 FROM blobs WHERE tenant = ? AND hash = ?').get(tenant, hash)) return 'blob_missing'
  }
  return null
}

function open(tx: Tx, op: AppendOp): Outcome {
  const { asker, append: asked } = op
  let base: Row | null = null
  if (asked.base) {
    const found = baseOf(tx, asker, asked, asked.base)
    if (typeof found === 'string') return refusal(found, 0)
    base = found
  }
  if (!op.mayOpen || op.invalid || op.refolds !== 0) return refusal('invalid', 0)
  if (asked.fence !== undefined) return refusal('fenced', 0)
  const code = refuseNames(tx, null, asker, asked)
  if (code !== null) return refusal(code, 0)
  const row = newRow(tx.newSid(), asker.tenant, asked.session, base, asked.base?.seq ?? 0, tx.fenceFloor)
  tx.rows.keep(row)
  return write(tx, row, op)
}

function baseOf(tx: Tx, asker: Asker, asked: PackedAppend, at: { session: string; seq: number }): Row | RefusalCode {
  const base = tx.seen(asker, at.session)
  if (base === null) return 'not_found'
  if (base.goneAt !== null) return 'gone'
  if (!(Number.isInteger(at.seq) && at.seq >= 1 && at.seq <= base.seq)) return 'invalid'
  tx.inserts.flush()
  const holder = new Forks(tx.connection).holder(base.sid, at.seq)
  const entry = tx.connection.sql('SELECT hash FROM entries WHERE sid = ? AND seq = ?').get(holder, at.seq)
  return entry?.hash === asked.prev ? base : 'conflict'
}

function write(tx: Tx, row: Row, op: AppendOp): Outcome {
  const { append: asked } = op
  const { entries, key } = asked
  const count = entries.length
  const last = entries[count - 1] as StoredEntry
  const first = entries[0] as StoredEntry
  for (let index = 0; index < count; index += 1) {
    const entry = entries[index] as StoredEntry
    tx.inserts.put(row, entry, kindNumber(tx, entry.kind), index === 0 ? key : undefined, last.seq)
    // In a group that is written together, a known key fails a statement and with it the group, which is then taken apart.
    const known = tx.apart && index === 0 && key ? repeated(tx, row, key) : null
    if (known !== null) return known
  }
  row.seq = last.seq
  row.hash = last.hash
  if (asked.erase?.length) row.refolds += 1
  row.head = asked.head
  if (asked.cell !== undefined) row.cell = asked.cell
  tx.wait(row)
  // Who may see the session decides over the next append of the same commit already.
  if (!row.stored) Object.assign(row, { owner: op.owner, readers: op.readers })
  else if (op.owner !== row.owner || op.readers !== row.readers) tx.write(row)
  if (asked.refs || asked.blobs || asked.erase) writeNames(tx, row, op.asker, asked, first.seq, last.seq)
  if (asked.release) giveBack(row)
  if (asked.acquire) take(tx, row, asked.acquire.holder, asked.acquire.ttl)
  return accepted(asked, row.fence)
}

/** Writes the entry that a key came with; the answer to the key where it is known already. */
function repeated(tx: Tx, row: Row, key: Key): Outcome | null {
  try {
    tx.inserts.flush()
    return null
  } catch (error) {
    const known = isDuplicate(error) ? replay(tx.connection, row, key) : null
    if (known === null) throw error
    return known
  }
}

const bound = `INSERT INTO refs VALUES (?, ?, ?, ?)
  ON CONFLICT(tenant, type, value) DO UPDATE SET sid = excluded.sid`

function writeNames(tx: Tx, row: Row, asker: Asker, asked: PackedAppend, first: number, last: number): void {
  const tenant = toText(asker.tenant)
  if (asked.erase?.length) erase(tx, row, asked.erase)
  for (const ref of asked.refs ?? []) {
    tx.connection.sql(bound).run(tenant, toText(ref.type), toText(ref.value), row.sid)
  }
  for (const hash of new Set(asked.blobs)) {
    tx.connection
      .sql('INSERT INTO blob_refs VALUES (?, ?, ?, ?, ?)')
      .run(tenant, hash, row.sid, asked.named ?? first, last)
  }
}

/** A file that got an entry of a new kind says so, so that older versions leave it alone. */
function kindNumber(tx: Tx, kind: Kind): number {
  const { number } = kinds[kind]
  if (number > tx.kinds) {
    tx.kinds = Math.max(Number(meta(tx.connection, 'kinds')), lastKindNumber)
    setMeta(tx.connection, 'kinds', String(tx.kinds))
  }
  return number
}
