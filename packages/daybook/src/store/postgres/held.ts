// Keys, marks and leases read as a whole, for whoever moves a store to another one or looks after it.

import type { Tenant } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { HeldKey, HeldLease, HeldMark, KeyRange } from '../admin.ts'
import { badCursor, pageLimit } from '../paging.ts'
import type { Mark, Page } from '../store.ts'
import type { Connection } from './connection.ts'
import { fromText, toText } from './text.ts'

const keysSql = `SELECT r.n, e.key, e.key_digest, e.seq, e.key_last
  FROM json_to_recordset($2::text::json) AS r(n int, s text, f bigint, l bigint)
  JOIN daybook.sessions AS s ON s.tenant = $1 AND s.id = r.s AND s.gone_at IS NULL
  JOIN daybook.entries AS e ON e.sid = s.sid AND e.seq BETWEEN r.f AND r.l AND e.key IS NOT NULL ORDER BY r.n, e.seq`
type RawKey = readonly [range: number, id: string, digest: string, first: number, last: number]

export async function keysIn(
  connection: Connection,
  tenant: Tenant,
  ranges: readonly KeyRange[],
): Promise<readonly (readonly HeldKey[])[]> {
  const asked = ranges.map(({ session, first, last }, n) => ({ n, s: toText(session), f: first, l: last }))
  const rows = (await connection.ask(keysSql, [toText(tenant), JSON.stringify(asked)])) as unknown as RawKey[]
  const found: HeldKey[][] = ranges.map(() => [])
  for (const [n, id, digest, first, last] of rows) {
    found[n]?.push({ id: fromText(id), digest: fromText(digest), first, last })
  }
  return found
}

const marksSql = `SELECT m.sid, m.tenant, s.id, m.subject, m.body FROM daybook.marks AS m JOIN daybook.sessions AS s USING (sid)
  WHERE (m.sid, m.subject) > ($1::bigint, $2::text) AND s.id IS NOT NULL AND s.gone_at IS NULL
  ORDER BY m.sid, m.subject LIMIT $3::bigint`
type RawMark = readonly [number, string, string, string, string]

export async function marksAfter(
  connection: Connection,
  cursor: string | null,
  limit: number | undefined,
): Promise<Page<HeldMark>> {
  const most = pageLimit(limit, limits.pageItems)
  const found = (await connection.ask(marksSql, [...placeOf(cursor), most + 1])) as unknown as RawMark[]
  const page = found.slice(0, most)
  const items = page.map(([, tenant, id, subject, body]) => ({
    tenant: fromText(tenant),
    session: fromText(id),
    subject: fromText(subject),
    mark: Object.freeze(JSON.parse(body) as Mark),
  }))
  const last = page.at(-1)
  return { items, cursor: last && found.length > most ? `${last[0]} ${last[3]}` : null }
}

function placeOf(cursor: string | null): readonly [number, string] {
  if (cursor === null) return [0, '']
  const [, sid, subject] = /^(\d{1,16}) (.*)$/s.exec(cursor) ?? []
  if (sid === undefined || subject === undefined || subject.includes('\0')) throw badCursor()
  return [Number(sid), subject]
}

/** The time of the statement, as `due` goes by. */
const leasesSql = `WITH c AS (SELECT coalesce($1::bigint, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint) AS now)
  SELECT s.tenant, s.id, s.holder, s.fence, s.lease_until - (SELECT now FROM c) FROM daybook.sessions AS s
  WHERE s.due IS NOT NULL AND s.due <= (SELECT now FROM c) AND s.gone_at IS NULL AND s.lease_until > (SELECT now FROM c)
    AND starts_with(s.holder, $2)
  ORDER BY s.lease_until, s.sid LIMIT $3::bigint`
type RawLease = readonly [string, string, string, number, number]

export async function leasesOf(
  connection: Connection,
  now: number | null,
  limit: number,
  beginning = '',
): Promise<HeldLease[]> {
  const rows = await connection.ask(leasesSql, [now, beginning, pageLimit(limit, limits.pageItems)])
  return (rows as unknown as RawLease[]).map(([tenant, id, holder, fence, left]) => ({
    tenant: fromText(tenant),
    lease: { session: fromText(id), holder: fromText(holder), fence, left },
  }))
}
