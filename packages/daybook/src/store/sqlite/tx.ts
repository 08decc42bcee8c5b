// One commit in the making: rows ahead of the file, and what is written once per session at its end.

import { facets, type Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { toText } from '../text.ts'
import { signsOf } from './columns.ts'
import type { Connection } from './connection.ts'
import { Inserts } from './inserts.ts'
import { Lists } from './lists.ts'
import { meta, setMeta } from './migrations.ts'
import { type Asker, HeadMissing, packedText, unpack } from './ops.ts'
import { holderOf, type Labels, labelsOf, type Row, Rows, saidBy, sameLabels, saysTheSame, visible } from './rows.ts'

const marks = (count: number) => Array.from({ length: count }, () => '?').join(', ')

const hot = 'UPDATE sessions SET seq = ?, hash = ?, last_pos = ?, fold = ?, refolds = ?, head = ? WHERE sid = ?'
/** Where the lease changed with the append, or what the session is doing: each further statement would write the row again. */
const changed = `UPDATE sessions SET seq = ?, hash = ?, last_pos = ?, fold = ?, refolds = ?, head = ?,
  fence = ?, holder = ?, lease_until = ?, status = ?, attention = ?, due = ? WHERE sid = ?`
const labelled = `UPDATE sessions SET place = ?, owner = ?, readers = ?, label = ?, gone_at = ?, reach = ?,
  ${facets.map((name) => `${name} = ?`).join(', ')} WHERE sid = ?`
const opened = `INSERT INTO sessions(sid, tenant, id, tail, system, base, base_seq, fence, holder, lease_until, seq, hash, last_pos, fold, refolds, head,
  status, attention, due, place, owner, readers, label, gone_at, reach, ${facets.join(', ')}) VALUES (${marks(25 + facets.length)})`
const celled = 'INSERT INTO cells VALUES (?, ?) ON CONFLICT(sid) DO UPDATE SET body = excluded.body'

export class Tx {
  readonly connection: Connection
  readonly rows: Rows
  readonly lists: Lists
  readonly inserts: Inserts
  readonly clock: () => number
  /** Texts were emptied or removed: the log beside the file must not keep them. */
  scrub = false
  /** The file is to be built anew after this commit. */
  vacuum = false
  /** This group ran before, and whether it was committed is unknown. */
  again = false
  /** Each operation of this group has a savepoint of its own. */
  apart = false
  /** The highest kind number that the file admits to hold. */
  kinds = 0
  #waiting: Row[] = []
  #lastSid: number | null = null
  #floor: number | null = null
  #removed = 0

  constructor(connection: Connection, clock: () => number) {
    this.connection = connection
    this.clock = clock
    this.rows = new Rows(connection)
    this.lists = new Lists(connection)
    this.inserts = new Inserts(connection)
    this.kinds = Number(meta(connection, 'kinds') ?? 0)
  }

  /** Forgets the rows: another process wrote, or a part of the commit was rolled back. What is to follow the commit stays. */
  forget(): void {
    this.rows.clear()
    this.lists.clear()
    this.inserts.clear()
    this.#waiting = []
    this.#lastSid = null
    this.#floor = null
    this.#removed = 0
    this.kinds = Number(meta(this.connection, 'kinds') ?? 0)
  }

  /** The session when the asker may know of it, tombstones included. */
  seen(asker: Asker, session: SessionId): Row | null {
    const row = this.rows.find(asker.tenant, session)
    // What is not an append looks for the session in the file.
    if (row && !row.stored) this.write(row)
    return row && visible(asker, row.owner, row.readers) ? row : null
  }

  living(asker: Asker, session: SessionId): Row | null {
    const row = this.seen(asker, session)
    return row && row.goneAt === null ? row : null
  }

  /** Sessions are numbered in order of opening, and a number never comes back. */
  newSid(): number {
    if (this.#lastSid === null) {
      const row = this.connection.sql("SELECT seq FROM sqlite_sequence WHERE name = 'sessions'").get()
      this.#lastSid = Number(row?.seq ?? 0)
    }
    this.#lastSid += 1
    return this.#lastSid
  }

  /** Where the fences of new sessions begin: above those of every id that may come back. */
  get fenceFloor(): number {
    this.#floor ??= Number(meta(this.connection, 'fence') ?? 0)
    return this.#floor
  }

  raiseFloor(fence: number): void {
    if (fence <= this.fenceFloor) return
    this.#floor = fence
    setMeta(this.connection, 'fence', String(fence))
  }

  /** Counts entries that left the file, for the number of those still in it. */
  removed(count: number): void {
    this.#removed += count
  }

  /** Has the row written at the end of the commit. */
  wait(row: Row): void {
    if (row.waiting) return
    row.waiting = true
    this.#waiting.push(row)
  }

  /** Writes what waits; the rows then say what the file says. */
  flush(): void {
    this.inserts.flush()
    for (const row of this.#waiting) this.write(row)
    this.#waiting.length = 0
    this.lists.flush()
    if (this.#removed > 0) {
      this.connection
        .sql("UPDATE meta SET v = CAST(CAST(v AS INTEGER) + ? AS TEXT) WHERE k = 'removed'")
        .run(this.#removed)
      this.#removed = 0
    }
  }

  /** Writes one session now: for what must find it in the file. `all`: columns that seem right already, too. */
  write(row: Row, all = false): void {
    const packed = row.head
    if (packed === null && row.waiting) throw new HeadMissing()
    row.waiting = false
    if (packed === null) return
    this.inserts.flush()
    const head = unpack<Head>(packed)
    const text = packedText(packed)
    const labels = !all && row.stored && saysTheSame(row, head) ? row : labelsOf(head, row.system)
    const moved = all || !row.stored || (labels !== row && !sameLabels(row, labels))
    if (labels !== row) row.said = saidBy(head)
    const lists = this.#listsAfter(row, labels, moved)
    if (row.stored) this.#update(row, head, text, moved ? labels : null, all)
    else this.#insert(row, head, text, labels)
    this.lists.move(row, lists, row.lastPos)
    if (row.cell !== null) this.connection.sql(celled).run(row.sid, packedText(row.cell))
    if (moved) Object.assign(row, labels)
    row.head = null
    row.cell = null
  }

  #listsAfter(row: Row, labels: Labels, moved: boolean): readonly number[] {
    if (row.stored && row.lists === null) row.lists = this.lists.of(row, row)
    return moved || row.lists === null ? this.lists.of(row, labels) : row.lists
  }

  #update(row: Row, head: Head, text: string, labels: Labels | null, all: boolean): void {
    const { seq, hash, lastPos, refolds, sid } = row
    const [status, attention, due] = signsOf(head, row.system)
    if (all || row.leased || status !== row.status || attention !== row.attention || due !== row.due) {
      const [holder, leaseUntil] = holderOf(row)
      this.connection
        .sql(changed)
        .run(seq, hash, lastPos, head.fold, refolds, text, row.fence, holder, leaseUntil, status, attention, due, sid)
      Object.assign(row, { status, attention, due, leased: false })
    } else this.connection.sql(hot).run(seq, hash, lastPos, head.fold, refolds, text, sid)
    if (labels) {
      const { place, owner, readers, label } = labels
      this.connection.sql(labelled).run(place, owner, readers, label, row.goneAt, row.reach, ...labels.facets, row.sid)
    }
  }

  #insert(row: Row, head: Head, text: string, labels: Labels): void {
    const [status, attention, due] = signsOf(head, row.system)
    Object.assign(row, { status, attention, due })
    const { place, owner, readers, label } = labels
    const own = [row.sid, toText(row.tenant), row.id, tailOf(row), Number(row.system), row.base, row.baseSeq]
    const lease = [row.fence, ...holderOf(row)]
    const now = [row.seq, row.hash, row.lastPos, head.fold, row.refolds, text, status, attention, due]
    this.connection
      .sql(opened)
      .run(...own, ...lease, ...now, place, owner, readers, label, row.goneAt, row.reach, ...labels.facets)
    row.stored = true
    row.leased = false
  }
}

/** Lower case and reversed, so that an ending is the beginning of an index key; null for what nobody lists. */
function tailOf(row: Row): string | null {
  return row.system ? null : [...row.id.toLowerCase()].reverse().join('')
}
