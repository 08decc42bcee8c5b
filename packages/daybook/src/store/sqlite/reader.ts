// Reading one session: its row, its log through forks, its refs and keys.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import { firstRareKind, kinds, workKinds } from '../../schema/kinds.ts'
import { entryColumns as columnNames, type EntryRow, entryOf } from '../entry-row.ts'
import { pageLimit } from '../paging.ts'
import type { Range, Ref } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { Forks, Segment } from './forks.ts'
import type { Asker } from './ops.ts'
import { visible } from './rows.ts'

/** A session as readers see it. */
export interface Seen {
  readonly sid: number
  readonly seq: number
  readonly goneAt: number | null
}

const seenSql = 'SELECT sid, seq, gone_at, owner, readers FROM sessions WHERE tenant = ? AND id = ?'
const headSql = 'SELECT owner, readers, head, sid FROM sessions WHERE tenant = ? AND id = ?'

/** The session when the asker may know of it, tombstones included. */
export function see(connection: Connection, asker: Asker, session: SessionId): Seen | null {
  const row = connection.rows(seenSql).get(toText(asker.tenant), toText(session)) as unknown as SeenRow | undefined
  if (!row || !visible(asker, row[3], row[4])) return null
  return { sid: row[0], seq: row[1], goneAt: row[2] }
}
type SeenRow = readonly [number, number, number | null, string, string | null]

export function seeLiving(connection: Connection, asker: Asker, session: SessionId): Seen | null {
  const seen = see(connection, asker, session)
  return seen?.goneAt === null ? seen : null
}

export function readHead(connection: Connection, asker: Asker, session: SessionId): Head | null {
  const row = connection.rows(headSql).get(toText(asker.tenant), toText(session)) as unknown as HeadRow | undefined
  return row && visible(asker, row[0], row[1]) ? connection.heads.of(row[3], row[2]) : null
}
type HeadRow = readonly [string, string | null, string, number]

export const entryColumns = columnNames.join(', ')

export function readLog(connection: Connection, forks: Forks, seen: Seen, range: Range = {}): StoredEntry[] {
  const limit = pageLimit(range.limit, limits.pageItems)
  const after = Math.max(range.after ?? 0, 0)
  const until = Math.min(range.until ?? seen.seq, seen.seq)
  const descending = range.order === 'desc'
  const parts: Iterable<Segment> = forks.segments(seen.sid, after, until)
  const found: StoredEntry[] = []
  for (const part of descending ? parts : [...parts].reverse()) {
    for (const row of readPart(connection, part, range, limit - found.length)) found.push(entryOf(row))
    if (found.length >= limit) break
  }
  return found
}

function readPart(connection: Connection, part: Segment, range: Range, limit: number): readonly EntryRow[] {
  const order = range.order === 'desc' ? 'DESC' : 'ASC'
  const base = `SELECT ${entryColumns} FROM entries WHERE sid = ? AND seq > ? AND seq <= ?`
  const bounds = [part.sid, part.after, part.until]
  if (!range.kinds) return connection.rows(`${base} ORDER BY seq ${order} LIMIT ?`).all(...bounds, limit) as never
  const numbers = [...new Set(range.kinds.map((name) => kinds[name].number))]
  if (numbers.some((number) => number < firstRareKind)) {
    // The bulk of a log matches soon; the index of rare kinds knows nothing of it.
    const text = `${base} AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq ${order} LIMIT ?`
    return connection.rows(text).all(...bounds, JSON.stringify(numbers), limit) as never
  }
  const work = numbers.filter(isWork)
  const rows = numbers.flatMap((number) => {
    if (isWork(number)) return []
    // Left to itself the planner walks the log, where the kind is not among the last entries to its beginning.
    const text = `SELECT ${entryColumns} FROM entries INDEXED BY e_rare WHERE sid = ? AND seq > ? AND seq <= ?
      AND kind = ? AND kind >= ${firstRareKind} AND (kind < ${firstWork} OR kind > ${lastWork})
      ORDER BY seq ${order} LIMIT ?`
    return connection.rows(text).all(...bounds, number, limit) as unknown as EntryRow[]
  })
  if (work.length > 0) {
    const text = `SELECT ${entryColumns} FROM entries INDEXED BY e_work WHERE sid = ? AND seq > ? AND seq <= ?
      AND kind >= ${firstWork} AND kind <= ${lastWork} AND kind IN (SELECT value FROM json_each(?))
      ORDER BY seq ${order} LIMIT ?`
    rows.push(...(connection.rows(text).all(...bounds, JSON.stringify(work), limit) as unknown as EntryRow[]))
  }
  const sign = order === 'DESC' ? -1 : 1
  return rows.sort((a, b) => sign * (a[0] - b[0])).slice(0, limit)
}

const [firstWork, lastWork] = workKinds

function isWork(number: number): boolean {
  return number >= firstWork && number <= lastWork
}

const locating = `SELECT id, owner, readers FROM refs JOIN sessions USING (sid)
  WHERE refs.tenant = ? AND type = ? AND value = ?`

export function locate(connection: Connection, asker: Asker, ref: Ref): SessionId | null {
  const row = connection.sql(locating).get(toText(asker.tenant), toText(ref.type), toText(ref.value))
  if (!row || row.id === null) return null
  const readers = row.readers === null ? null : String(row.readers)
  return visible(asker, String(row.owner), readers) ? fromText(String(row.id)) : null
}

export function refsOf(connection: Connection, sid: number): Ref[] {
  const rows = connection.sql('SELECT type, value FROM refs WHERE sid = ?').all(sid)
  return rows.map((row) => ({ type: fromText(String(row.type)), value: fromText(String(row.value)) }))
}

const forking = `WITH RECURSIVE found(sid, id, owner, readers, gone_at) AS (
  SELECT sid, id, owner, readers, gone_at FROM sessions WHERE base = ?
  UNION ALL SELECT s.sid, s.id, s.owner, s.readers, s.gone_at FROM found JOIN sessions AS s ON s.base = found.sid
  WHERE found.gone_at IS NOT NULL)
  SELECT id, owner, readers FROM found WHERE gone_at IS NULL ORDER BY sid`

export function forksOf(connection: Connection, asker: Asker, sid: number): SessionId[] {
  const rows = connection.rows(forking).all(sid) as unknown as [string, string, string | null][]
  return rows.filter((row) => visible(asker, row[1], row[2])).map((row) => fromText(row[0]))
}
