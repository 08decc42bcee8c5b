// Deleting a session for good: its last entry, the tombstone, and everything that asks for it afterwards.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { emptyCell, type Head } from '../schema/heads.ts'
import type { Deletion, Key } from '../store/store.ts'
import { owns } from './assemble.ts'
import { link } from './chain.ts'
import type { PlainOptions, Receipt, Told } from './contract.ts'
import { type Folded, fold } from './fold.ts'
import type { SessionHandle } from './session.ts'

const maxRaces = 50

/** False when the session is unknown. `busy` with open work or a lease, `forbidden` for readers, `gone` when deleted already. */
export async function deleteSession(session: SessionHandle, options: PlainOptions & Told = {}): Promise<boolean> {
  const { key, expect } = options
  const stored = key === undefined ? undefined : session.key(key, 'delete', null)
  const command = {
    actor: session.caller.actor,
    opens: 'no',
    event: 'delete',
    make: () => ({ drafts: [] }),
    alone: ({ head }: Folded) => deleteAt(session, head, stored, expect),
    ...(stored ? { key: stored } : undefined),
    ...(expect === undefined ? undefined : { expect }),
  } as const
  try {
    const receipt = await session.engine.writer.submit(session.scope, session.id, command)
    options.onReceipt?.(receipt)
    return true
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return false
    throw error
  }
}

/** Goes on with the stored head where another process was faster. */
async function deleteAt(
  session: SessionHandle,
  known: Head,
  key: Key | undefined,
  expect: number | undefined,
): Promise<Receipt> {
  const { store, id } = session
  for (let race = 0, head: Head | null = known; race < maxRaces; race += 1, head = await store.head(id)) {
    if (!head) throw new DaybookError('not_found', `no session ${id}`)
    if (!owns(head, session.scope)) throw new DaybookError('forbidden', 'only the owner deletes')
    if (head.openRuns.length > 0) throw new DaybookError('busy', `${id} has open work`)
    if (expect !== undefined && expect !== head.seq && head.place !== 'deleted') {
      throw new DaybookError('conflict', `expected seq ${expect}, it is ${head.seq}`, { seq: head.seq })
    }
    const outcome = await store.delete(id, deletionOf(session, head, key))
    if (outcome.ok) {
      const { first, last, replayed } = outcome
      return { session: id, first, last, replayed, entries: [] }
    }
    if (outcome.code !== 'conflict') throw new DaybookError(outcome.code, `${id} was not deleted: ${outcome.code}`)
  }
  throw new DaybookError('store_busy', `other writers were faster ${maxRaces} times`)
}

function deletionOf(session: SessionHandle, head: Head, key: Key | undefined): Deletion {
  const { kind, v, body, dataHash, data } = session.draft({ kind: 'session.deleted', data: {} })
  const envelope = { seq: head.seq + 1, kind, v, at: session.engine.clock(), actor: session.caller.actor }
  const entry: StoredEntry = { ...envelope, body, dataHash, hash: link(head.hash, session.id, envelope, dataHash) }
  return {
    expect: head.seq,
    prev: head.hash,
    entry,
    head: fold({ head, cell: emptyCell }, entry, data).head,
    ...(key ? { key } : undefined),
  }
}
