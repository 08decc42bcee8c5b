// Listing: pages of heads by the position of their last entry; filters in `filter.ts`.

import type { Head } from '../../schema/heads.ts'
import type { Heads } from '../heads.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { Asker } from '../shape.ts'
import type { ListPage, Query } from '../store.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import {
  beyond,
  conditionsOf,
  edge,
  type Found,
  filteredRows,
  listSubjects,
  matcher,
  type Order,
  sorted,
} from './filter.ts'
import { visible } from './labels.ts'
import type { Value } from './line.ts'
import { toText } from './text.ts'

const pageSize = 50

export async function listPage(
  connection: Connection,
  heads: Heads,
  asker: Asker,
  query: Query = {},
): Promise<ListPage> {
  const limit = pageLimit(query.limit, pageSize)
  if (query.pinned !== undefined) return pinnedPage(connection, heads, asker, query, query.pinned, limit)
  const order = query.order ?? 'newest'
  const from = query.cursor === undefined ? null : positionIn(query.cursor, order)
  const conditions = conditionsOf(asker, query)
  if (conditions.length === 0) return plainPage(connection, heads, asker, query, order, from, limit)
  const { rows, next } = await connection.reading((ask) =>
    filteredRows({ ask, heads, asker, query, conditions, order, from, limit }),
  )
  return {
    items: headsOf(heads, rows),
    cursor: next === null ? null : `${order} ${next}`,
    total: rows.length,
    totalIs: 'at_least',
  }
}

function positionIn(cursor: string, order: Order): number {
  const [made, position] = cursor.split(' ')
  if (made !== order || position === undefined) throw badCursor()
  return cursorNumber(position)
}

/** Lists are read one by one to the end of the page, then together: a session in several has the same position in each. */
const plainSql = (order: Order) => `WITH l AS (
    SELECT list, n FROM daybook.lists WHERE tenant = $1 AND place = $2 AND subject = ANY ($3::text[]))
  SELECT x.last_pos, x.sid, s.head, (SELECT coalesce(max(n), 0) FROM l) FROM (SELECT 1) AS one LEFT JOIN (
    SELECT DISTINCT p.last_pos, p.sid FROM l CROSS JOIN LATERAL (
      SELECT d.last_pos, d.sid FROM daybook.listed AS d WHERE d.list = l.list AND d.last_pos ${beyond[order]} $4::bigint
      ORDER BY d.last_pos ${sorted[order]} LIMIT $5::bigint) AS p
    ORDER BY p.last_pos ${sorted[order]} LIMIT $5::bigint) AS x ON true
  LEFT JOIN daybook.sessions AS s ON s.sid = x.sid ORDER BY x.last_pos ${sorted[order]}`
type PlainRow = readonly [position: number | null, sid: number, head: string, n: number]

async function plainPage(
  connection: Connection,
  heads: Heads,
  asker: Asker,
  query: Query,
  order: Order,
  from: number | null,
  limit: number,
): Promise<ListPage> {
  const place = placeNumbers[query.place ?? 'open']
  const values = [toText(asker.tenant), place, listSubjects(asker), from ?? edge[order], limit + 1]
  const rows = (await connection.ask(plainSql(order), values)) as unknown as PlainRow[]
  const most = rows[0]?.[3] ?? 0
  const found = rows.filter((row) => row[0] !== null)
  const page = found.slice(0, limit)
  const exact = asker.subjects === 'all' || new Set(asker.subjects).size === 1
  return {
    items: page.map((row) => heads.of(row[1], row[2])),
    cursor: found.length > limit ? `${order} ${page.at(-1)?.[0]}` : null,
    total: exact ? most : Math.max(most, page.length),
    totalIs: exact ? 'exact' : 'at_least',
  }
}

function headsOf(heads: Heads, rows: readonly Found[]): Head[] {
  return rows.map((row) => heads.of(row[1], row[2] ?? ''))
}

const pinnedSql = `SELECT m.pinned, s.id, s.head, s.owner, array_to_json(s.readers)::text, s.sid
  FROM daybook.marks AS m JOIN daybook.sessions AS s USING (sid)
  WHERE m.tenant = $1 AND m.subject = $2 AND m.pinned IS NOT NULL AND s.place = $3 AND NOT s.system`
type PinnedRow = readonly [number, string, string, string, string | null, number]

async function pinnedPage(
  connection: Connection,
  heads: Heads,
  asker: Asker,
  query: Query,
  subject: string,
  limit: number,
): Promise<ListPage> {
  const own = asker.subjects === 'all' || asker.subjects.includes(subject)
  const start = query.cursor === undefined ? null : pinIn(query.cursor)
  const conditions = conditionsOf(asker, query)
  const values: Value[] = [toText(asker.tenant), toText(subject), placeNumbers[query.place ?? 'open']]
  const text = [pinnedSql]
  for (const condition of conditions) {
    text.push(`AND ${condition.text(values.length + 1)}`)
    values.push(...condition.values)
  }
  const found = own ? await connection.ask(text.join(' '), values) : []
  const fits = matcher(query)
  const kept = (found as unknown as PinnedRow[])
    .filter((row) => visible(asker, row[3], row[4]))
    .filter((row) => start === null || row[0] > start.at || (row[0] === start.at && row[1] > start.id))
    .sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
    .map((row) => [row, heads.of(row[5], row[2])] as const)
    .filter(([, head]) => !fits || fits(head))
  const page = kept.slice(0, limit)
  const last = page.at(-1)?.[0]
  return {
    items: page.map(([, head]) => head),
    cursor: last && kept.length > limit ? `pinned ${last[0]} ${last[1]}` : null,
    total: page.length,
    totalIs: 'at_least',
  }
}

function pinIn(cursor: string): { at: number; id: string } {
  const [made, at, id] = cursor.split(' ')
  if (made !== 'pinned' || at === undefined || id === undefined || !Number.isFinite(Number(at))) throw badCursor()
  return { at: Number(at), id }
}
