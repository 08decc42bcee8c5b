// Keys, marks and leases read as a whole, for whoever moves a store to another one or looks after it.

import type { Tenant } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { HeldKey, HeldLease, HeldMark, KeyRange } from '../admin.ts'
import { badCursor, pageLimit } from '../paging.ts'
import type { Mark, Page } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'

const keysSql = `SELECT key, key_digest, entries.seq, key_last FROM sessions JOIN entries USING (sid)
  WHERE tenant = ? AND id = ? AND gone_at IS NULL AND entries.seq BETWEEN ? AND ? AND key IS NOT NULL ORDER BY entries.seq`
type RawKey = readonly [string, string, number, number]

export function keysIn(connection: Connection, tenant: Tenant, ranges: readonly KeyRange[]): HeldKey[][] {
  return ranges.map(({ session, first, last }) => {
    const found = connection.rows(keysSql).all(toText(tenant), session, first, last) as unknown as RawKey[]
    return found.map(([id, digest, seq, end]) => ({
      id: fromText(id),
      digest: fromText(digest),
      first: seq,
      last: end,
    }))
  })
}

const marksSql = `SELECT marks.sid, marks.tenant, id, subject, body FROM marks JOIN sessions USING (sid)
  WHERE (marks.sid, subject) > (?, ?) AND id IS NOT NULL AND gone_at IS NULL ORDER BY marks.sid, subject LIMIT ?`
type RawMark = readonly [number, string, string, string, string]

export function marksAfter(connection: Connection, cursor: string | null, limit: number | undefined): Page<HeldMark> {
  const most = pageLimit(limit, limits.pageItems)
  const found = connection.rows(marksSql).all(...placeOf(cursor), most + 1) as unknown as RawMark[]
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

function placeOf(cursor: string | null): [number, string] {
  if (cursor === null) return [0, '']
  const [, sid, subject] = /^(\d{1,16}) (.*)$/s.exec(cursor) ?? []
  if (sid === undefined || subject === undefined) throw badCursor()
  return [Number(sid), subject]
}

const leasesSql = `SELECT tenant, id, holder, fence, lease_until - ?1 FROM sessions
  WHERE due IS NOT NULL AND due <= ?1 AND gone_at IS NULL AND lease_until > ?1 AND substr(holder, 1, length(?2)) = ?2
  ORDER BY lease_until, sid LIMIT ?3`
type RawLease = readonly [string, string, string, number, number]

export function leasesOf(connection: Connection, now: number, limit: number, beginning = ''): HeldLease[] {
  const given = [now, beginning, pageLimit(limit, limits.pageItems)]
  const found = connection.rows(leasesSql).all(...given) as unknown as RawLease[]
  return found.map(([tenant, id, holder, fence, left]) => ({
    tenant: fromText(tenant),
    lease: { session: fromText(id), holder: fromText(holder), fence, left },
  }))
}
