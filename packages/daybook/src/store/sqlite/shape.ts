// The shape of what is written, judged before it enters the lane: whatever needs no row.

import { isSessionId } from '../../schema/ids.ts'
import type { Append, Deletion } from '../store.ts'
import type { AppendOp, Asker, DeleteOp } from './ops.ts'
import { toText } from './text.ts'

export function appendOp(asker: Asker, append: Append): AppendOp {
  const { head } = append
  return {
    type: 'append',
    asker,
    append,
    invalid: malformed(append),
    mayOpen: append.expect > 0 || mayOpen(asker, append),
    toTrash: head.place === 'trash',
    refolds: (head.refolds ?? 0) - (append.erase?.length ? 1 : 0),
    owner: toText(head.owner),
    readers: head.readers.length > 0 ? JSON.stringify(head.readers) : null,
  }
}

function malformed({ session, entries, head, expect, base, fence, acquire, release }: Append): boolean {
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
  return false
}

/** Whether a lease may be given for so many milliseconds. */
export function lasts(ttl: number): boolean {
  return ttl > 0 && Number.isFinite(ttl)
}

function mayOpen({ subjects }: Asker, { session, head, erase }: Append): boolean {
  if (!isSessionId(session) || erase?.length) return false
  if (subjects === 'all' || subjects.includes(head.owner)) return true
  return head.readers.some((reader) => subjects.includes(reader))
}

export function deleteOp(asker: Asker, session: string, deletion: Deletion): DeleteOp {
  const { entry, head, expect } = deletion
  const fits =
    head.place === 'deleted' &&
    head.session === session &&
    entry.kind === 'session.deleted' &&
    entry.seq === expect + 1 &&
    head.seq === entry.seq &&
    head.hash === entry.hash
  return {
    type: 'delete',
    asker,
    session,
    deletion,
    invalid: !fits,
  }
}
