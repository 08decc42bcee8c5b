// The feed: every entry in commit order, with the present head beside the newest of each session in a page.

import { limits } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import { type EntryRow, entryOf } from '../entry-row.ts'
import type { Heads } from '../heads.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { Asker } from '../shape.ts'
import type { Cursor, FeedItem, Page } from '../store.ts'
import type { Connection } from './connection.ts'
import { subjectsOf } from './labels.ts'
import type { Value } from './line.ts'
import { entryColumns } from './reader.ts'
import { fromText, toText } from './text.ts'

/** Entries that one page passes over at most, so that nothing waits long behind it. */
const passed = 10_000

const tipSql = 'SELECT coalesce(max(pos), 0) FROM daybook.entries'

export async function tip(connection: Connection): Promise<number> {
  const [row] = await connection.ask(tipSql)
  return Number(row?.[0])
}

/** Of a deleted session only its own last entry is left in the feed. */
const pageSql = (condition: string) => `WITH bounds AS (
    SELECT greatest($1::bigint, least(tip, $1::bigint + ${passed})) AS high, tip FROM (${tipSql}) AS t(tip))
  SELECT ${entryColumns('page')}, pos, sid, tenant, id,
    CASE WHEN row_number() OVER (PARTITION BY sid ORDER BY pos DESC) = 1 THEN head END, high, tip
  FROM bounds LEFT JOIN LATERAL (
    SELECT e.*, s.tenant, s.id, s.head FROM daybook.entries AS e JOIN daybook.sessions AS s USING (sid)
    WHERE e.pos > $1::bigint AND e.pos <= bounds.high
      AND (s.gone_at IS NULL OR e.kind = ${kinds['session.deleted'].number}) ${condition}
    ORDER BY e.pos LIMIT $2::bigint) AS page ON true ORDER BY pos`
const everything = pageSql('')
const scoped = pageSql(`AND s.tenant = $3 AND ($4::text[] IS NULL
  OR NOT s.system AND (s.owner = ANY ($4::text[]) OR s.readers && $4::text[]))`)

type FeedRow = readonly [
  ...entry: EntryRow,
  pos: number | null,
  sid: number,
  tenant: string,
  id: string,
  head: string | null,
  high: number,
  tip: number,
]

/** Of all tenants, or of what one asker sees. */
export async function feedPage(
  connection: Connection,
  heads: Heads,
  asker: Asker | null,
  cursor: Cursor | null,
  limit: number | undefined,
): Promise<Page<FeedItem>> {
  const most = pageLimit(limit, limits.pageItems)
  const from = cursor === null ? 0 : cursorNumber(cursor)
  const own: readonly Value[] = asker ? [toText(asker.tenant), subjectsOf(asker)] : []
  const rows = (await connection.ask(asker ? scoped : everything, [from, most, ...own])) as unknown as FeedRow[]
  const found = rows.filter((row) => row[10] !== null)
  const [first] = rows
  const high = first?.[15] ?? from
  if (from > (first?.[16] ?? 0)) await checkGiven(connection, from)
  const items = found.map((row) => itemOf(heads, row))
  return { items, cursor: String(found.length < most ? high : found.at(-1)?.[10]) }
}

/** A cursor from the future of this store is none of its own; one behind entries that are gone is. */
async function checkGiven(connection: Connection, from: number): Promise<void> {
  const [row] = await connection.ask('SELECT last_value FROM daybook.positions')
  if (from > Number(row?.[0])) throw badCursor()
}

function itemOf(heads: Heads, row: FeedRow): FeedItem {
  const [sid, tenant, id, head] = [row[11], row[12], row[13], row[14]]
  const item = {
    cursor: String(row[10]),
    tenant: fromText(tenant),
    session: fromText(id),
    entry: entryOf(row as unknown as EntryRow),
  }
  return head === null ? item : { ...item, head: heads.of(sid, head) }
}
