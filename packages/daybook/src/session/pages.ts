// Reading a long range or list page by page, without holding the store and without holding everything in memory.

import type { StoredEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import type { SessionId } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Query, Range, ScopedStore } from '../store/store.ts'

/** All entries of a range in its order; `range.limit` bounds the whole. */
export async function* entriesOf(store: ScopedStore, session: SessionId, range: Range): AsyncGenerator<StoredEntry> {
  let left = range.limit ?? Number.POSITIVE_INFINITY
  let { after, until } = range
  while (left > 0) {
    const limit = Math.min(left, limits.pageItems)
    const page = await store.read(session, { ...range, ...bounds(after, until), limit })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < limit) return
    left -= page.length
    if (range.order === 'desc') until = last.seq - 1
    else after = last.seq
    if (until !== undefined && until < 1) return
  }
}

function bounds(after: number | undefined, until: number | undefined): Range {
  return { ...(after === undefined ? undefined : { after }), ...(until === undefined ? undefined : { until }) }
}

/** All sessions of a list in its order. A page is read whole before it is given, so that what moves meanwhile moves nothing. */
export async function* headsOf(store: ScopedStore, query: Query): AsyncGenerator<Head> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.list({ ...query, ...(cursor === undefined ? undefined : { cursor }) })
    yield* page.items
    cursor = page.cursor
  }
}
