// What the writer continues: a session's stored fold, once head and log are seen to agree.

import { DaybookError } from '../schema/errors.ts'
import { emptyCell, foldVersion, type Head } from '../schema/heads.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import { moment } from '../schema/wire.ts'
import type { ScopedStore } from '../store/store.ts'
import { brokenLink, genesis } from './chain.ts'
import type { Folded } from './fold.ts'
import { foldAt } from './refold.ts'

export interface Loaded {
  /** Null while the session does not exist. */
  readonly state: Folded | null
  /** Seq of the latest snapshot. */
  readonly snapshot: Seq
}

/**
 * Fails with `damaged` where the head is not that of the last entry: nothing is appended on such a head, the session can
 * only be read until it is repaired. Heads of an older fold are folded again; those of a newer one keep what we do not know.
 */
export async function loadSession(store: ScopedStore, session: SessionId): Promise<Loaded> {
  const head = await store.head(session)
  if (!head) return { state: null, snapshot: 0 }
  if (head.place === 'deleted') return { state: { head, cell: emptyCell }, snapshot: 0 }
  if (!(await endsWith(store, session, head)) || (isOutdated(head) && !(await foldAgain(store, session, head)))) {
    await refuseUnchanged(store, session, head)
    return loadSession(store, session)
  }
  if (isOutdated(head)) return loadSession(store, session)
  return { state: { head, cell: (await store.cell(session)) ?? emptyCell }, snapshot: await lastSnapshot(store, head) }
}

/** Stored before anybody goes on: an append writes no cell that it does not change, and would leave the older one. */
async function foldAgain(store: ScopedStore, session: SessionId, head: Head): Promise<boolean> {
  const folded = await foldAt(store, session, head.seq)
  return store.refold(session, head, folded.head, folded.cell)
}

/** `damaged`, unless the session was written to, deleted or repaired since its head was read. */
async function refuseUnchanged(store: ScopedStore, session: SessionId, head: Head): Promise<void> {
  const { seq, hash, place, refolds } = head
  const now = await store.head(session)
  if (now?.seq !== seq || now.hash !== hash || now.place !== place || now.refolds !== refolds) return
  throw new DaybookError('damaged', `the head of ${session} is not that of its last entry`, {
    seq,
    hint: 'Look with `daybook store verify`; what can be mended, `daybook store repair` mends.',
  })
}

async function endsWith(store: ScopedStore, session: SessionId, head: Head): Promise<boolean> {
  const [last, before] = await store.read(session, { until: head.seq, order: 'desc', limit: 2 })
  if (!last || last.seq !== head.seq || last.hash !== head.hash || head.session !== session) return false
  return brokenLink(before?.hash ?? genesis(session), session, head.seq, last) === null
}

async function lastSnapshot(store: ScopedStore, head: Head): Promise<Seq> {
  if (head.seq <= limits.snapshotEntries) return 0
  const latest = await store.snapshots.latest(head.session, head.seq, foldVersion)
  return latest?.seq ?? head.base?.seq ?? 0
}

/** `gone`, with when and by whom as the tombstone says it. */
export function goneError({ session, last }: Head): DaybookError {
  const deleted = last ? { at: moment(last.at), by: last.by } : undefined
  return new DaybookError('gone', `${session} was deleted`, { deleted })
}

/** The head as it was at an entry; `invalid` for one that there is not. */
export async function headAt(whole: ScopedStore, { session, seq }: Head, until: Seq): Promise<Head> {
  if (!Number.isSafeInteger(until) || until < 1 || until > seq) {
    throw new DaybookError('invalid', `there is no entry ${until}`, { field: 'until' })
  }
  return (await foldAt(whole, session, until)).head
}

/** A head that may be shown: one of an older fold, or one whose base was erased in, says what its log says now. */
export async function currentHead(whole: ScopedStore, head: Head): Promise<Head> {
  return isOutdated(head) ? (await foldAt(whole, head.session, head.seq)).head : head
}

export function isOutdated({ fold, place }: Head): boolean {
  return fold < foldVersion && place !== 'deleted'
}
