// Sessions whose time has come and that nobody works on.

import { limits } from '../../schema/json.ts'
import type { SessionRef } from '../store.ts'
import type { Connection } from './connection.ts'
import { pageLimit } from './reader.ts'
import { fromText } from './text.ts'

const waiting = `SELECT tenant, id, due FROM sessions
  WHERE due IS NOT NULL AND due <= ? AND gone_at IS NULL AND (holder IS NULL OR lease_until <= ?)
  ORDER BY due, sid LIMIT ?`

/** Longest due first. */
export function due(connection: Connection, now: number, limit: number): SessionRef[] {
  const rows = connection.rows(waiting).all(now, now, pageLimit(limit, limits.pageItems)) as unknown as DueRow[]
  return rows.map(([tenant, id, at]) => ({ tenant: fromText(tenant), session: fromText(id), due: at }))
}
type DueRow = readonly [string, string, number]
