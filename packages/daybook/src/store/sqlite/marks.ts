// Marks: what one person keeps about a session, written by compare-and-set.

import type { Subject } from '../../schema/ids.ts'
import type { Mark } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { MarkOp } from './ops.ts'
import type { Tx } from './tx.ts'

const stored = `INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(sid, subject)
  DO UPDATE SET version = excluded.version, pinned = excluded.pinned, body = excluded.body`

export const noMark: Mark = Object.freeze({ version: 0 })

export function markOf(connection: Connection, sid: number, subject: string): Mark {
  const row = connection.sql('SELECT body FROM marks WHERE sid = ? AND subject = ?').get(sid, toText(subject))
  return row ? Object.freeze(JSON.parse(String(row.body)) as Mark) : noMark
}

/** Everybody who pinned the session, sorted. */
export function pinnedBy(connection: Connection, sid: number): Subject[] {
  const rows = connection.rows('SELECT subject FROM marks WHERE sid = ? AND pinned IS NOT NULL').all(sid)
  return (rows as unknown as [string][]).map(([subject]) => fromText(subject)).sort()
}

export function putMark(tx: Tx, { asker, session, subject, mark }: MarkOp): Mark | null | 'missing' {
  const row = tx.living(asker, session)
  if (!row) return 'missing'
  const present = markOf(tx.connection, row.sid, subject)
  const next: Mark = { ...mark, version: mark.version + 1 }
  if (tx.again && JSON.stringify(present) === JSON.stringify(next)) return next
  if (present.version !== mark.version) return null
  tx.connection
    .sql(stored)
    .run(row.sid, toText(subject), toText(asker.tenant), next.version, next.pinned ?? null, JSON.stringify(next))
  return next
}
