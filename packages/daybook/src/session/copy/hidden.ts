// What forks need of bases that were deleted: opened in the destination for their sake, and deleted there again at the end.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import { emptyCell, type Head } from '../../schema/heads.ts'
import type { SessionId, Tenant } from '../../schema/ids.ts'
import { type DataOf, kinds } from '../../schema/kinds.ts'
import type { Row } from '../../store/admin.ts'
import type { Deletion, ScopedStore, Store } from '../../store/store.ts'
import { link, sha256 } from '../chain.ts'
import { dataOf } from '../decode.ts'
import { fold } from '../fold.ts'
import { entriesOf } from '../pages.ts'
import { type Segment, segmentsOf } from '../segments.ts'
import { rowsOf } from '../verify/tree.ts'
import { appendsOf } from './appends.ts'
import { copyBlobs } from './blobs.ts'
import { eraseForForks } from './erased.ts'

type Base = NonNullable<DataOf<'session.opened'>['base']>

/**
 * Makes sure that `fork` finds its base in the destination: where the base was deleted in the source, what the fork reads
 * of it is read through the fork. `forkOf` says what is there of what a session is a fork of. Returns how many entries
 * were written. `conflict` where the id has another log there.
 */
export async function openBases(
  source: ScopedStore,
  target: ScopedStore,
  fork: SessionId,
  base: Base,
  forkOf: (session: SessionId) => Promise<SessionId | undefined>,
): Promise<{ entries: number; blobs: number }> {
  const written = { entries: 0, blobs: 0 }
  if (await reaches(target, base, () => forkOf(fork))) return written
  const head = await source.head(fork)
  if (!head) throw new DaybookError('conflict', `${fork} went while it was copied`, { hint: 'Copy again.' })
  for (const segment of await segmentsOf(source, fork, base.seq)) {
    const here = await target.head(segment.session)
    if (here && here.seq >= segment.until) continue
    const entries: StoredEntry[] = []
    const after = Math.max(segment.after, here?.seq ?? 0)
    for await (const entry of entriesOf(source, fork, { after, until: segment.until })) entries.push(entry)
    const reached = here && { seq: here.seq, hash: here.hash, refolds: here.refolds ?? 0 }
    const under = segment.base && !here ? await forkOf(segment.session) : undefined
    const part = { ...partOf(segment, head, entries), reached }
    const { appends } = appendsOf(under === undefined ? part : { ...part, forkOf: under })
    for (const { blobs = [] } of appends) written.blobs += await copyBlobs(source, target, blobs)
    for (const outcome of await target.append(appends)) {
      if (!outcome.ok) throw new DaybookError(outcome.code, `${segment.session} was refused by the destination`)
    }
    written.entries += entries.length
  }
  return written
}

/** A base that is deleted there as well is read through what the fork is a fork of. */
async function reaches(
  target: ScopedStore,
  { session_id: session, seq, hash }: Base,
  forkOf: () => Promise<SessionId | undefined>,
): Promise<boolean> {
  const head = await target.head(session)
  if (!head || head.seq < seq) return false
  const readable = head.place === 'deleted' ? await forkOf() : session
  const [entry] = readable === undefined ? [] : await target.read(readable, { after: seq - 1, until: seq })
  if (entry?.hash === hash) return true
  throw new DaybookError('conflict', `the ${session} of the destination is not the one that was forked`, { seq })
}

/** Whom it belonged to is said by its opening; all else is folded where somebody asks. */
function partOf({ session, base }: Segment, fork: Head, entries: readonly StoredEntry[]) {
  const opening = entries.find(({ kind }) => kind === 'session.opened')
  const owner = (opening && dataOf(opening, 'session.opened')?.owner) ?? fork.owner
  const pointer = base && { session: base.session, seq: base.seq }
  const head: Head = { ...fork, session, owner, readers: [], base: pointer, seq: Number.MAX_SAFE_INTEGER }
  return { session, entries, keys: [], head, cell: null, refs: [] }
}

/**
 * Before a copy: what an earlier one had brought and is deleted in the source since, for its names may be those of others by
 * now. Not what a fork reads that is still to come.
 */
export async function buryFirst(from: Store, to: Store): Promise<void> {
  const bases = new Map<string, string>()
  const forks: Row[] = []
  const deleted: Row[] = []
  for await (const row of rowsOf(from)) {
    if (row.base) bases.set(nameOf(row), nameOf({ ...row, session: row.base.session }))
    if (row.head?.place !== 'deleted') {
      if (row.base) forks.push(row)
    } else if (await to.within({ tenant: row.tenant, subjects: 'all' }).head(row.session)) deleted.push(row)
  }
  if (deleted.length === 0) return
  const needed = new Set<string>()
  for (const fork of forks) {
    if (await to.within({ tenant: fork.tenant, subjects: 'all' }).head(fork.session)) continue
    for (let base = bases.get(nameOf(fork)); base !== undefined; base = bases.get(base)) needed.add(base)
  }
  for (const row of deleted) if (!needed.has(nameOf(row))) await buryOne(from, to, row.tenant, row.session)
}

function nameOf({ tenant, session }: { tenant: Tenant; session: SessionId }): string {
  return JSON.stringify([tenant, session])
}

/** Deletes in the destination what is deleted in the source: bases that were opened for forks, and what an earlier copy had brought. */
export async function bury(from: Store, to: Store): Promise<void> {
  for await (const { tenant, session, head } of rowsOf(from)) {
    if (head?.place === 'deleted') await buryOne(from, to, tenant, session)
  }
}

async function buryOne(from: Store, to: Store, tenant: Tenant, session: SessionId): Promise<void> {
  const target = to.within({ tenant, subjects: 'all' })
  const here = await target.head(session)
  if (!here || here.place === 'deleted') return
  const there = await from.within({ tenant, subjects: 'all' }).head(session)
  // The id was free again, and names another session now.
  if (there && there.place !== 'deleted') return
  const last = await eraseForForks(from.within({ tenant, subjects: 'all' }), target, here)
  const outcome = await target.delete(session, deletionOf(session, last))
  if (!outcome.ok)
    throw new DaybookError(outcome.code, `${session} was not deleted in the destination: ${outcome.code}`)
}

function deletionOf(session: SessionId, head: Head): Deletion {
  const kind = 'session.deleted'
  const body = '{}'
  const dataHash = sha256(body)
  const envelope = { seq: head.seq + 1, kind, v: kinds[kind].version, at: head.updatedAt, actor: 'engine' } as const
  const entry: StoredEntry = { ...envelope, body, dataHash, hash: link(head.hash, session, envelope, dataHash) }
  return { expect: head.seq, prev: head.hash, entry, head: fold({ head, cell: emptyCell }, entry, {}).head }
}
