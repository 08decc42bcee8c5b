// Reading one session: its row, its log through forks, its refs and keys; each one statement, so each sees one state.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import { firstRareKind, kinds, workKinds } from '../../schema/kinds.ts'
import { entryColumns as columnNames, type EntryRow, entryOf } from '../entry-row.ts'
import type { Heads } from '../heads.ts'
import { pageLimit } from '../paging.ts'
import type { Asker } from '../shape.ts'
import type { KnownKey, Range, Ref } from '../store.ts'
import type { Connection } from './connection.ts'
import { visible } from './labels.ts'
import type { Rows, Value } from './line.ts'
import { fromText, toText } from './text.ts'

/** A session as readers see it. */
export interface Seen {
  readonly sid: number
  readonly seq: number
  readonly gone: boolean
}

const readersText = 'array_to_json(readers)::text'
const seenSql = `SELECT sid, seq, gone_at IS NOT NULL, owner, ${readersText} FROM daybook.sessions
  WHERE tenant = $1 AND id = $2`
type SeenRow = readonly [number, number, boolean, string, string | null]

function named(asker: Asker, session: SessionId): readonly [string, string] {
  return [toText(asker.tenant), toText(session)]
}

/** The session when the asker may know of it, tombstones included. */
export async function readHeadRow(connection: Connection, asker: Asker, session: SessionId): Promise<Seen | null> {
  const [row] = (await connection.ask(seenSql, named(asker, session))) as unknown as SeenRow[]
  return row && visible(asker, row[3], row[4]) ? { sid: row[0], seq: row[1], gone: row[2] } : null
}

const headSql = `SELECT owner, ${readersText}, head, sid FROM daybook.sessions WHERE tenant = $1 AND id = $2`
type HeadRow = readonly [string, string | null, string, number]

export async function readHead(
  connection: Connection,
  heads: Heads,
  asker: Asker,
  session: SessionId,
): Promise<Head | null> {
  const [row] = (await connection.ask(headSql, named(asker, session))) as unknown as HeadRow[]
  return row && visible(asker, row[0], row[1]) ? heads.of(row[3], row[2]) : null
}

/** Rows of `columns` that hang on a living session the asker sees; null when there is none. The rest of each row. */
export async function ofLiving(
  connection: Connection,
  asker: Asker,
  session: SessionId,
  columns: string,
  joined: string,
  values: readonly Value[] = [],
): Promise<Rows | null> {
  const text = `SELECT owner, array_to_json(readers)::text, ${columns} FROM daybook.sessions AS s ${joined}
    WHERE s.tenant = $1 AND s.id = $2 AND s.gone_at IS NULL`
  const rows = (await connection.ask(text, [...named(asker, session), ...values])) as unknown as HeadRow[]
  const [first] = rows
  return first && visible(asker, first[0], first[1]) ? rows.map((row) => row.slice(2)) : null
}

/** The columns of an entry in the table that is called so in a statement. */
export const entryColumns = (table: string) => columnNames.map((name) => `${table}.${name}`).join(', ')

/**
 * The parts of a log from the session down through its bases, no further than the range: `low` is the base's seq, `high`
 * how far a part is read. Seqs have no holes, so without a choice of kinds the limit bounds the range too.
 */
const parts = (closer: boolean, order: 'ASC' | 'DESC') => {
  const until = `least(s.seq, $3::bigint)`
  const after = closer && order === 'DESC' ? `greatest($4::bigint, ${until} - $5::bigint)` : '$4::bigint'
  const end = closer && order === 'ASC' ? `least(${until}, $4::bigint + $5::bigint)` : until
  return `WITH RECURSIVE parts(sid, base, low, high, bound) AS (
    SELECT s.sid, s.base, s.base_seq, ${end}, ${after} FROM seen AS s
    UNION ALL SELECT s.sid, s.base, s.base_seq, least(p.high, p.low), p.bound FROM parts AS p
      JOIN daybook.sessions AS s ON s.sid = p.base WHERE p.low > p.bound AND p.high > p.bound),
  seen AS (SELECT sid, base, base_seq, seq, owner, readers FROM daybook.sessions
    WHERE tenant = $1 AND id = $2 AND gone_at IS NULL)`
}

const [firstWork, lastWork] = workKinds
const isWork = (number: number) => number >= firstWork && number <= lastWork

function partSql(order: 'ASC' | 'DESC', source: string, condition: string): string {
  return `SELECT ${entryColumns('e')} FROM ${source} CROSS JOIN LATERAL (SELECT * FROM daybook.entries AS e
    WHERE e.sid = p.sid AND e.seq > greatest(p.low, p.bound) AND e.seq <= p.high ${condition}
    ORDER BY e.seq ${order} LIMIT $5::bigint) AS e`
}

/** The statement for a range: bulky kinds are met soon, rare ones and those of work have indexes of their own. */
function logSql(order: 'ASC' | 'DESC', chosen: readonly number[] | null): string {
  const behind = `ORDER BY seq ${order} LIMIT $5::bigint`
  const guard = `SELECT owner, array_to_json(readers)::text, found.* FROM seen
    LEFT JOIN LATERAL`
  const all = (union: string, closer: boolean) =>
    `${parts(closer, order)} ${guard} (${union} ${behind}) AS found ON true`
  if (chosen === null) return all(partSql(order, 'parts AS p', ''), true)
  if (chosen.some((number) => number < firstRareKind)) {
    return all(partSql(order, 'parts AS p', 'AND e.kind = ANY ($6::smallint[])'), false)
  }
  const rare = `AND e.kind = k.kind AND e.kind >= ${firstRareKind} AND (e.kind < ${firstWork} OR e.kind > ${lastWork})`
  const work = `AND e.kind = ANY ($6::smallint[]) AND e.kind >= ${firstWork} AND e.kind <= ${lastWork}`
  const sources = [
    ...(chosen.every(isWork) ? [] : [partSql(order, 'parts AS p CROSS JOIN unnest($6::smallint[]) AS k(kind)', rare)]),
    ...(chosen.some(isWork) ? [partSql(order, 'parts AS p', work)] : []),
  ]
  return all(`SELECT * FROM (${sources.map((source) => `(${source})`).join(' UNION ALL ')}) AS chosen`, false)
}

type LogRow = readonly [owner: string, readers: string | null, ...entry: EntryRow]

/** Follows fork pointers; empty where the asker sees no living session. */
export async function readLog(
  connection: Connection,
  asker: Asker,
  session: SessionId,
  range: Range = {},
): Promise<StoredEntry[]> {
  const limit = pageLimit(range.limit, limits.pageItems)
  const order = range.order === 'desc' ? 'DESC' : 'ASC'
  const chosen = range.kinds ? [...new Set(range.kinds.map((name) => kinds[name].number))] : null
  if (chosen?.length === 0) return []
  const until = Math.min(range.until ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const after = Math.max(range.after ?? 0, 0)
  const values = [...named(asker, session), Math.floor(until), Math.floor(after), limit]
  const numbers = chosen === null ? [] : [`{${chosen.join(',')}}`]
  const rows = (await connection.ask(logSql(order, chosen), [...values, ...numbers])) as unknown as LogRow[]
  const [first] = rows
  if (!first || first[2] === null || !visible(asker, first[0], first[1])) return []
  return rows.map((row) => entryOf(row.slice(2) as unknown as EntryRow))
}

const locating = `SELECT id, owner, ${readersText} FROM daybook.refs AS f JOIN daybook.sessions USING (sid)
  WHERE f.tenant = $1 AND f.type = $2 AND f.value = $3`
type LocatedRow = readonly [string | null, string, string | null]

export async function locate(connection: Connection, asker: Asker, ref: Ref): Promise<SessionId | null> {
  const values = [toText(asker.tenant), toText(ref.type), toText(ref.value)]
  const [row] = (await connection.ask(locating, values)) as unknown as LocatedRow[]
  return row && row[0] !== null && visible(asker, row[1], row[2]) ? fromText(row[0]) : null
}

const refsSql = `SELECT owner, ${readersText}, f.type, f.value FROM daybook.sessions AS s
  JOIN daybook.refs AS f USING (sid) WHERE s.tenant = $1 AND s.id = $2`

export async function refsOf(connection: Connection, asker: Asker, session: SessionId): Promise<Ref[]> {
  const rows = (await connection.ask(refsSql, named(asker, session))) as unknown as [string, string, string, string][]
  const [first] = rows
  if (!first || !visible(asker, first[0], first[1])) return []
  return rows.map((row) => ({ type: fromText(row[2]), value: fromText(row[3]) }))
}

const receiptsSql = `SELECT owner, ${readersText}, k.key, k.key_digest, k.seq, k.key_last FROM daybook.sessions AS s
  CROSS JOIN LATERAL (
    SELECT e.key, e.key_digest, e.seq, e.key_last FROM daybook.entries AS e
      WHERE s.gone_at IS NULL AND e.sid = s.sid AND e.key = ANY ($3::text[])
    UNION ALL SELECT o.key, o.key_digest, o.first, o.last FROM daybook.old_keys AS o
      WHERE o.sid = s.sid AND o.key = ANY ($3::text[])) AS k
  WHERE s.tenant = $1 AND s.id = $2`
type KeyRow = readonly [string, string | null, key: string, digest: string, first: number, last: number]

export async function receiptsOf(
  connection: Connection,
  asker: Asker,
  session: SessionId,
  keys: readonly string[],
  literal: string,
): Promise<(KnownKey | null)[]> {
  const rows = (await connection.ask(receiptsSql, [...named(asker, session), literal])) as unknown as KeyRow[]
  const known = new Map<string, KnownKey>()
  for (const [owner, readers, key, digest, first, last] of rows) {
    if (visible(asker, owner, readers)) known.set(fromText(key), { digest: fromText(digest), first, last })
  }
  return keys.map((key) => known.get(key) ?? null)
}

const forking = `WITH RECURSIVE found(sid, id, owner, readers, gone_at) AS (
  SELECT f.sid, f.id, f.owner, f.readers, f.gone_at FROM daybook.sessions AS f WHERE f.base = $1
  UNION ALL SELECT s.sid, s.id, s.owner, s.readers, s.gone_at FROM found JOIN daybook.sessions AS s ON s.base = found.sid
  WHERE found.gone_at IS NOT NULL)
  SELECT id, owner, ${readersText} FROM found WHERE gone_at IS NULL ORDER BY sid`

export async function forksOf(connection: Connection, asker: Asker, session: SessionId): Promise<SessionId[]> {
  const seen = await readHeadRow(connection, asker, session)
  if (!seen) return []
  const rows = (await connection.ask(forking, [seen.sid])) as unknown as [string, string, string | null][]
  return rows.filter((row) => visible(asker, row[1], row[2])).map((row) => fromText(row[0]))
}
