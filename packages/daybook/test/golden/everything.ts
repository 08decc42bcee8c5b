// All that a store tells about itself, as one JSON value, to compare a file of an earlier release with what it held.

import type { Cursor, ScopedStore, Store } from '../../src/store/store.ts'

/** What a golden file was asked for, beside what can be walked over. */
export interface Asked {
  readonly keys: readonly string[]
  readonly refs: readonly { readonly type: string; readonly value: string }[]
  readonly subjects: readonly string[]
}

async function walked<T>(page: (cursor: Cursor | null) => Promise<{ items: readonly T[]; cursor: Cursor | null }>) {
  const items: T[] = []
  for (let cursor: Cursor | null = null; ; ) {
    const next = await page(cursor)
    items.push(...next.items)
    if (next.cursor === null || next.cursor === cursor) return items
    cursor = next.cursor
  }
}

async function session(scope: ScopedStore, id: string, asked: Asked): Promise<unknown> {
  return {
    id,
    head: await scope.head(id),
    entries: await scope.read(id),
    runs: await scope.read(id, { kinds: ['run.queued', 'run.finished'], order: 'desc' }),
    cell: await scope.cell(id),
    refs: await scope.refs(id),
    forks: await scope.forks(id),
    receipts: await scope.receipts(id, asked.keys),
    snapshot: await scope.snapshots.latest(id, Number.MAX_SAFE_INTEGER, 1),
    marks: await Promise.all(asked.subjects.map((subject) => scope.marks.get(id, subject))),
    pinnedBy: await scope.marks.pinnedBy(id),
  }
}

export async function everything(store: Store, asked: Asked): Promise<unknown> {
  const rows = await walked((cursor) => store.admin.rows(cursor, 3))
  const blobs = await walked((cursor) => store.admin.blobHashes(cursor, 3))
  const tenants = [...new Set(rows.map((row) => row.tenant))]
  const parts = tenants.map(async (tenant) => {
    const scope = store.within({ tenant, subjects: 'all' })
    const own = rows.filter((row) => row.tenant === tenant)
    return {
      tenant,
      sessions: await Promise.all(own.map((row) => session(scope, row.session, asked))),
      located: await Promise.all(asked.refs.map((ref) => scope.locate(ref))),
      open: await scope.list(),
      archived: await scope.list({ place: 'archived' }),
      trash: await scope.list({ place: 'trash' }),
      pinned: await Promise.all(asked.subjects.map((pinned) => scope.list({ pinned }))),
      coder: await scope.list({ where: { agent: 'coder' } }),
      waiting: await scope.list({ attention: true }),
      readers: await store.within({ tenant, subjects: ['user:bob'] }).list(),
    }
  })
  const contents = blobs.map(async ({ tenant, hash }) => {
    const bytes = await store.within({ tenant, subjects: 'all' }).blobs.get(hash)
    return bytes && Buffer.from(bytes.subarray(0, 100)).toString('base64')
  })
  const { sessions, entries, blobs: count } = await store.admin.stats()
  return {
    rows,
    blobs,
    contents: await Promise.all(contents),
    tenants: await Promise.all(parts),
    feed: await walked((cursor) => store.feed(cursor, 5)),
    due: await store.due(10),
    counts: { sessions, entries, blobs: count },
    check: await store.admin.check(),
  }
}
