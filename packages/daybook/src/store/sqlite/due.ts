// Sessions whose time has come and that nobody works on.

import { limits } from '../../schema/json.ts'
import type { Place } from '../../schema/states.ts'
import { pageLimit } from '../paging.ts'
import type { SessionRef } from '../store.ts'
import { fromText } from '../text.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'

const waiting = `SELECT tenant, id, due FROM sessions
  WHERE due IS NOT NULL AND due <= ?1 AND gone_at IS NULL AND (?2 IS NULL OR place = ?2) AND (holder IS NULL OR lease_until <= ?1)
  ORDER BY due, sid LIMIT ?3`

/** Longest due first. */
export function due(connection: Connection, now: number, limit: number, place?: Place): SessionRef[] {
  const number = place === undefined ? null : placeNumbers[place]
  const rows = connection.rows(waiting).all(now, number, pageLimit(limit, limits.pageItems)) as unknown as DueRow[]
  return rows.map(([tenant, id, at]) => ({ tenant: fromText(tenant), session: fromText(id), due: at }))
}
type DueRow = readonly [string, string, number]
