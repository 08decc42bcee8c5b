// Operations as they enter the lane: judged by whatever needs no row.

import { deletionFits, malformed, mayOpen } from '../shape.ts'
import type { Append, Deletion } from '../store.ts'
import { toText } from '../text.ts'
import type { AppendOp, Asker, DeleteOp } from './ops.ts'

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

export function deleteOp(asker: Asker, session: string, deletion: Deletion): DeleteOp {
  return { type: 'delete', asker, session, deletion, invalid: !deletionFits(session, deletion) }
}
