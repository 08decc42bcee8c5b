// The end of a copy: session by session it makes sure that both stores have the same, and brings what is in no entry.

import { DaybookError } from '../../schema/errors.ts'
import { type Cell, foldVersion, type Head } from '../../schema/heads.ts'
import type { SessionId, Tenant } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { Row } from '../../store/admin.ts'
import type { Page, ScopedStore, Store } from '../../store/store.ts'
import { withRefolds } from './appends.ts'

export interface Settled {
  readonly sessions: number
  readonly tombstones: number
  /** Marks that were written. */
  readonly marks: number
}

/** `conflict` where the source was written to meanwhile, or the destination has more than the source. */
export async function settle(from: Store, to: Store, signal: AbortSignal | undefined): Promise<Settled> {
  let [sessions, tombstones] = [0, 0]
  const heads = new Heads(to)
  for (let cursor: string | null | undefined; cursor !== null; ) {
    signal?.throwIfAborted()
    const page: Page<Row> = await from.admin.rows(cursor ?? null)
    const living = page.items.filter(({ head }) => head?.place !== 'deleted')
    for (const row of living) await settleOne(from, to, row, await heads.of(row.tenant, row.session))
    sessions += living.length
    tombstones += page.items.length - living.length
    cursor = page.cursor
  }
  return { sessions, tombstones, marks: await copyMarks(from, to) }
}

/** Most heads that wait for their sessions in the source; others are asked for one by one. */
const mostAhead = 20_000

/** Heads of the destination, read in pages: sessions were opened there in much the same order. */
class Heads {
  readonly #to: Store
  readonly #ahead = new Map<string, Head>()
  #cursor: string | null | undefined

  constructor(to: Store) {
    this.#to = to
  }

  async of(tenant: Tenant, session: SessionId): Promise<Head | null> {
    const name = JSON.stringify([tenant, session])
    while (!this.#ahead.has(name) && this.#cursor !== null && this.#ahead.size < mostAhead) {
      const page = await this.#to.admin.rows(this.#cursor ?? null)
      for (const row of page.items) if (row.head) this.#ahead.set(JSON.stringify([row.tenant, row.session]), row.head)
      this.#cursor = page.cursor
    }
    const head = this.#ahead.get(name)
    this.#ahead.delete(name)
    return head ?? this.#to.within({ tenant, subjects: 'all' }).head(session)
  }
}

async function settleOne(from: Store, to: Store, { tenant, session, head }: Row, here: Head | null): Promise<void> {
  if (!head) throw new DaybookError('damaged', `the head of ${session} cannot be read in the source`)
  if (here?.seq !== head.seq || here.hash !== head.hash) {
    const why = `the source has ${session} up to ${head.seq}, the destination up to ${here?.seq ?? 0}`
    throw new DaybookError('conflict', why, { seq: head.seq, hint: 'End what writes to either, and copy again.' })
  }
  const source = from.within({ tenant, subjects: 'all' })
  const target = to.within({ tenant, subjects: 'all' })
  const refolds = here.refolds ?? 0
  const alike = same(withRefolds(head, refolds), here)
  // The cell was written with the head; only what folds anew without an entry may have changed it since.
  const folded = !alike || (head.refolds ?? 0) > 0
  const cell = folded ? await source.cell(session) : null
  if (!alike || (folded && !same(cell, await target.cell(session)))) {
    // A store counts this as one more.
    const next = withRefolds(head, refolds + 1)
    const done = await target.refold(session, { seq: head.seq, hash: head.hash }, next, cell)
    if (!done) throw new DaybookError('conflict', `${session} was written to in the destination`, { seq: head.seq })
  }
  if (head.base || head.seq > shortest) await copySnapshots(source, target, head)
}

/** Entries of a session below which nobody keeps a fold of it, unless it is a fork. */
const shortest = limits.snapshotEntries - limits.commitEntries

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
async function copySnapshots(source: ScopedStore, target: ScopedStore, head: Head): Promise<void> {
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
