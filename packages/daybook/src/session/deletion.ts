// Deleting a session for good: its last entry, the tombstone, and everything that asks for it afterwards.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Deletion } from '../store/store.ts'
import { owns } from './assemble.ts'
import { link } from './chain.ts'
import type { WriteOptions } from './contract.ts'
import { fold } from './fold.ts'
import type { SessionHandle } from './session.ts'

const maxRaces = 50

/** False when the session is unknown. `busy` with open work or a lease, `forbidden` for readers, `gone` when deleted already. */
export async function deleteSession(session: SessionHandle, options: WriteOptions = {}): Promise<boolean> {
  const { store, engine, id } = session
  const key = options.key === undefined ? undefined : session.key(options.key, 'delete', null)
  for (let race = 0; race < maxRaces; race += 1) {
    const head = await store.head(id)
    if (!head) return false
    if (!owns(head, session.scope)) throw new DaybookError('forbidden', 'only the owner deletes')
    if (head.openRuns.length > 0) throw new DaybookError('busy', `${id} has open work`)
    if (options.expect !== undefined && options.expect !== head.seq && head.place !== 'deleted') {
      throw new DaybookError('conflict', `expected seq ${options.expect}, it is ${head.seq}`, { seq: head.seq })
    }
    const { kind, v, body, dataHash, data } = session.draft({ kind: 'session.deleted', data: {} })
    const envelope = { seq: head.seq + 1, kind, v, at: engine.clock(), actor: session.caller.actor }
    const entry: StoredEntry = { ...envelope, body, dataHash, hash: link(head.hash, id, envelope, dataHash) }
    const deletion: Deletion = {
      expect: head.seq,
      prev: head.hash,
      entry,
      head: fold({ head, cell: { state: {}, metadata: {}, agentData: {} } }, entry, data).head,
      ...(key ? { key } : undefined),
    }
    const outcome = await store.delete(id, deletion)
    if (outcome.ok) return true
    if (outcome.code === 'not_found') return false
    if (outcome.code !== 'conflict') throw new DaybookError(outcome.code, `${id} was not deleted: ${outcome.code}`)
  }
  throw new DaybookError('store_busy', `other writers were faster ${maxRaces} times`)
}
