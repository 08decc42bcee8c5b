// The shape of what is written, judged before any row is looked at; the same in every engine.

import type { Head } from '../schema/heads.ts'
import { isSessionId, type SessionId, type Subject, type Tenant } from '../schema/ids.ts'
import type { Append, Deletion } from './store.ts'

/** Who asks: a scope as stores pass it on. */
export interface Asker {
  readonly tenant: Tenant
  readonly subjects: readonly Subject[] | 'all'
}

/** Whether an append contradicts itself. */
export function malformed(append: Append): boolean {
  const { session, entries, head, expect, base, fence, acquire, release, named } = append
  const last = entries.at(-1)
  if (!last || head.place === 'deleted' || head.session !== session) return true
  if (head.seq !== last.seq || head.hash !== last.hash) return true
  if (acquire && (fence !== undefined || !lasts(acquire.ttl))) return true
  if (release && fence === undefined) return true
  let next = expect === 0 ? (base?.seq ?? 0) : expect
  for (const entry of entries) {
    next += 1
    if (entry.seq !== next) return true
  }
  if (named !== undefined && !entries.some(({ seq }) => seq === named)) return true
  return false
}

/** Whether a lease may be given for so many milliseconds. */
export function lasts(ttl: number): boolean {
  return ttl > 0 && Number.isFinite(ttl)
}

/** Whether the id is one and the asker would see what this append opens. */
export function mayOpen({ subjects }: Asker, { session, head, erase }: Append): boolean {
  if (!isSessionId(session) || erase?.length) return false
  if (subjects === 'all' || subjects.includes(head.owner)) return true
  return head.readers.some((reader) => subjects.includes(reader))
}

/** Whether a deletion's entry and head belong together and to this session. */
export function deletionFits(session: SessionId, { entry, head, expect }: Deletion): boolean {
  return (
    head.place === 'deleted' &&
    head.session === session &&
    entry.kind === 'session.deleted' &&
    entry.seq === expect + 1 &&
    head.seq === entry.seq &&
    head.hash === entry.hash
  )
}

/** Whether a head may replace another one of the same session at this seq and hash. */
export function refoldFits(session: SessionId, at: { seq: number; hash: string }, head: Head): boolean {
  return head.session === session && head.seq === at.seq && head.hash === at.hash && head.place !== 'deleted'
}
