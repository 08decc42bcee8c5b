// Sessions whose time has come and that nobody works on.

import { limits } from '../../schema/json.ts'
import type { Place } from '../../schema/states.ts'
import { pageLimit } from '../paging.ts'
import type { SessionRef } from '../store.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import { fromText } from './text.ts'

/** The time of the statement, which an index can serve. */
const waiting = `WITH c AS (SELECT coalesce($1::bigint, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint) AS now)
  SELECT s.tenant, s.id, s.due FROM daybook.sessions AS s
  WHERE s.due IS NOT NULL AND s.due <= (SELECT now FROM c) AND s.gone_at IS NULL AND ($2::int IS NULL OR s.place = $2)
    AND (s.holder IS NULL OR s.lease_until <= (SELECT now FROM c))
  ORDER BY s.due, s.sid LIMIT $3::bigint`
type DueRow = readonly [string, string, number]

/** Longest due first. */
export async function due(
  connection: Connection,
  now: number | null,
  limit: number,
  place?: Place,
): Promise<SessionRef[]> {
  const number = place === undefined ? null : placeNumbers[place]
  const rows = await connection.ask(waiting, [now, number, pageLimit(limit, limits.pageItems)])
  return (rows as unknown as DueRow[]).map(([tenant, id, at]) => ({
    tenant: fromText(tenant),
    session: fromText(id),
    due: at,
  }))
}
