// The feed: every entry in commit order, with the present head beside the newest of each session in a page.

import { limits } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import { type EntryRow, entryOf } from '../entry-row.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { Cursor, FeedItem, Page } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { Asker } from './ops.ts'
import { entryColumns } from './reader.ts'
import { visible } from './rows.ts'

/** Entries that one page passes over at most, so that nothing waits long behind it. */
const passed = 10_000
const deleted = kinds['session.deleted'].number

export function tip(connection: Connection): number {
  return Number(connection.rows('SELECT max(pos) FROM entries').get()?.[0] ?? 0)
}

/** Of a deleted session only its own last entry is left in the feed. */
const alive = `(sessions.gone_at IS NULL OR kind = ${deleted})`
const columns = entryColumns
  .split(', ')
  .map((name) => `entries.${name}`)
  .join(', ')
const page = `SELECT ${columns}, pos, entries.sid, tenant, id FROM entries JOIN sessions USING (sid)
  WHERE pos > ? AND pos <= ? AND ${alive} ORDER BY pos LIMIT ?`
type FeedRow = readonly [...EntryRow, pos: number, sid: number, tenant: string, id: string]

export function feedPage(connection: Connection, cursor: Cursor | null, limit: number | undefined): Page<FeedItem> {
  const most = pageLimit(limit, limits.pageItems)
  const { from, end } = bounds(connection, cursor)
  const rows = connection.rows(page).all(from, end, most) as unknown as FeedRow[]
  return { items: itemsOf(connection, rows), cursor: String(rows.length < most ? end : (rows.at(-1)?.[10] ?? end)) }
}

/** What one page may pass over. A cursor from the future of this store is none of its own. */
function bounds(connection: Connection, cursor: Cursor | null): { from: number; end: number } {
  const from = cursor === null ? 0 : cursorNumber(cursor)
  const last = tip(connection)
  if (from > last && from > highest(connection)) throw badCursor()
  return { from, end: Math.max(from, Math.min(last, from + passed)) }
}

/** The highest position ever given, of entries that are gone too. */
function highest(connection: Connection): number {
  return Number(connection.sql("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").get()?.seq ?? 0)
}

/** Looks at the columns of rights first and reads entries only of what the asker may see. */
const sessionsPassed = `SELECT pos, owner, readers, system, entries.sid FROM entries JOIN sessions USING (sid)
  WHERE pos > ? AND pos <= ? AND tenant = ? AND ${alive} ORDER BY pos`
type PassedRow = readonly [number, string, string | null, number, number]

export function scopedFeedPage(
  connection: Connection,
  asker: Asker,
  cursor: Cursor | null,
  limit: number | undefined,
): Page<FeedItem> {
  const most = pageLimit(limit, limits.pageItems)
  const { from, end } = bounds(connection, cursor)
  const positions: number[] = []
  const rights = new Map<number, boolean>()
  let stop = end
  for (const each of connection.rows(sessionsPassed).iterate(from, end, toText(asker.tenant))) {
    const [pos, owner, readers, system, sid] = each as unknown as PassedRow
    let may = rights.get(sid)
    if (may === undefined) {
      may = visible(asker, owner, readers) && (system === 0 || asker.subjects === 'all')
      rights.set(sid, may)
    }
    if (!may) continue
    positions.push(pos)
    if (positions.length < most) continue
    stop = pos
    break
  }
  const one = connection.rows(`SELECT ${columns}, pos, entries.sid, tenant, id FROM entries
    JOIN sessions USING (sid) WHERE pos = ?`)
  const rows = positions.flatMap((pos) => one.all(pos) as unknown as FeedRow[])
  return { items: itemsOf(connection, rows), cursor: String(stop) }
}

function itemsOf(connection: Connection, rows: readonly FeedRow[]): FeedItem[] {
  const newest = new Map(rows.map((row, index) => [row[11], index]))
  const headOf = connection.rows('SELECT head FROM sessions WHERE sid = ?')
  return rows.map((row, index) => {
    const item = {
      cursor: String(row[10]),
      tenant: fromText(row[12]),
      session: fromText(row[13]),
      entry: entryOf(row as unknown as EntryRow),
    }
    const head = newest.get(row[11]) === index ? headOf.get(row[11])?.[0] : undefined
    return typeof head === 'string' ? { ...item, head: connection.heads.of(row[11], head) } : item
  })
}
