// The end of a copy: session by session it makes sure that both stores have the same, and brings what is in no entry.

import { DaybookError } from '../../schema/errors.ts'
import { type Cell, foldVersion, type Head } from '../../schema/heads.ts'
import type { Row } from '../../store/admin.ts'
import type { Page, ScopedStore, Store } from '../../store/store.ts'
import { withRefolds } from './appends.ts'

export interface Settled {
  readonly sessions: number
  readonly tombstones: number
  /** Marks that were written. */
  readonly marks: number
}

/** Sessions that are compared at once: a store over a network answers many questions in the time of one. */
const atOnce = 64

/** `conflict` where the source was written to meanwhile, or the destination has more than the source. */
export async function settle(from: Store, to: Store, signal: AbortSignal | undefined): Promise<Settled> {
  let [sessions, tombstones] = [0, 0]
  for (let cursor: string | null | undefined; cursor !== null; ) {
    signal?.throwIfAborted()
    const page: Page<Row> = await from.admin.rows(cursor ?? null, atOnce)
    const living = page.items.filter(({ head }) => head?.place !== 'deleted')
    await Promise.all(living.map((row) => settleOne(from, to, row)))
    sessions += living.length
    tombstones += page.items.length - living.length
    cursor = page.cursor
  }
  return { sessions, tombstones, marks: await copyMarks(from, to) }
}

async function settleOne(from: Store, to: Store, { tenant, session, head }: Row): Promise<void> {
  if (!head) throw new DaybookError('damaged', `the head of ${session} cannot be read in the source`)
  const source = from.within({ tenant, subjects: 'all' })
  const target = to.within({ tenant, subjects: 'all' })
  const here = await target.head(session)
  if (here?.seq !== head.seq || here.hash !== head.hash) {
    const why = `the source has ${session} up to ${head.seq}, the destination up to ${here?.seq ?? 0}`
    throw new DaybookError('conflict', why, { seq: head.seq, hint: 'End what writes to either, and copy again.' })
  }
  const [cell, cellHere] = await Promise.all([source.cell(session), target.cell(session)])
  const refolds = here.refolds ?? 0
  if (!same(withRefolds(head, refolds), here) || !same(cell, cellHere)) {
    // A store counts this as one more.
    const next = withRefolds(head, refolds + 1)
    const done = await target.refold(session, { seq: head.seq, hash: head.hash }, next, cell)
    if (!done) throw new DaybookError('conflict', `${session} was written to in the destination`, { seq: head.seq })
  }
  await copySnapshots(source, target, head, cell)
}

function same(one: Head | Cell | null, other: Head | Cell | null): boolean {
  return sorted(one) === sorted(other)
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Cached folds, so that going back in a long session stays short. */
async function copySnapshots(source: ScopedStore, target: ScopedStore, head: Head, cell: Cell | null): Promise<void> {
  if (cell === null) return
  const refolds = (await target.head(head.session))?.refolds ?? 0
  for (let seq = head.seq; seq > 0; ) {
    const snapshot = await source.snapshots.latest(head.session, seq, foldVersion)
    if (!snapshot) return
    const known = await target.snapshots.latest(head.session, snapshot.seq, foldVersion)
    if (known?.seq === snapshot.seq) return
    await target.snapshots.put(head.session, { ...snapshot, head: withRefolds(snapshot.head, refolds) })
    seq = snapshot.seq - 1
  }
}

/** A mark of the destination that differs is replaced: until the last copy the source is what counts. */
async function copyMarks(from: Store, to: Store): Promise<number> {
  let written = 0
  for (let cursor: string | null = null; ; ) {
    const page = await from.admin.marks(cursor)
    for (const { tenant, session, subject, mark } of page.items) {
      const { marks } = to.within({ tenant, subjects: 'all' })
      const here = await marks.get(session, subject)
      const { version: _, ...wanted } = mark
      const { version, ...present } = here
      if (version > 0 && sorted(wanted) === sorted(present)) continue
      const put = await marks.put(session, subject, { ...wanted, version })
      if (!put) throw new DaybookError('conflict', `a mark of ${session} was written in the destination`)
      written += 1
    }
    if (page.cursor === null) return written
    cursor = page.cursor
  }
}
