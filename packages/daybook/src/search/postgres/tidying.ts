// Takes entries of deleted sessions out of an index, a few at a time.

import type { Ask } from './database.ts'
import type { Extent } from './weighing.ts'

/** Entries that one call takes out, at most. */
const most = 500

const removeSql = `WITH removed AS (
    DELETE FROM index.entries WHERE no IN (SELECT no FROM index.entries WHERE sid = $1::bigint LIMIT ${most}) RETURNING tokens)
  SELECT count(*), coalesce(sum(tokens), 0)::bigint FROM removed`

/** What changes in how much the index holds. */
export async function takeOut(ask: Ask): Promise<Extent> {
  const [gone] = await ask('SELECT sid FROM index.sessions WHERE gone LIMIT 1')
  if (!gone) return { entries: 0, tokens: 0 }
  const sid = Number(gone[0])
  const [row] = await ask(removeSql, [sid])
  const entries = Number(row?.[0])
  if (entries < most) await ask('DELETE FROM index.sessions WHERE sid = $1::bigint', [sid])
  return { entries: -entries, tokens: -Number(row?.[1]) }
}
