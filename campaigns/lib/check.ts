// Reads a store whole and checks it without the product's own verification: seqs, chain, folds, feed, blobs, file.

import { isDeepStrictEqual } from 'node:util'
import type { StoredEntry } from '../../packages/daybook/src/schema/entries.ts'
import { foldVersion, type Head } from '../../packages/daybook/src/schema/heads.ts'
import { isSystemId } from '../../packages/daybook/src/schema/ids.ts'
import { brokenLink, genesis } from '../../packages/daybook/src/session/chain.ts'
import { foldAt, goingOn } from '../../packages/daybook/src/session/refold.ts'
import { verifyStore } from '../../packages/daybook/src/session/verify.ts'
import type { Row } from '../../packages/daybook/src/store/admin.ts'
import type { FeedItem, ScopedStore, Store } from '../../packages/daybook/src/store/store.ts'
import { blobName } from './ops.ts'

export interface Found {
  readonly problems: readonly string[]
  readonly heads: ReadonlyMap<string, Head>
  /** Entries of each session's own, without those of a fork's base, in the order of the feed. */
  readonly own: ReadonlyMap<string, readonly StoredEntry[]>
  readonly entries: number
}

export const tenant = 'default'

export async function checkStore(store: Store): Promise<Found> {
  const problems: string[] = []
  for (const { what, detail } of await store.admin.check()) problems.push(`${what}: ${detail}`)
  const scope = store.within({ tenant, subjects: 'all' })
  const rows = await allRows(store)
  const byId = new Map(rows.map((row) => [row.session, row]))
  const own = await readFeed(store, problems)
  for (const row of rows) {
    if (row.head === null) problems.push(`the head of ${row.session} cannot be read`)
    else if (row.head.place === 'deleted') checkTombstone(row, own, problems)
    else await checkSession(scope, row, row.head, byId, own, problems)
  }
  for (const session of own.keys())
    if (!byId.has(session)) problems.push(`the feed has ${session}, which is no session`)
  await checkBlobs(store, scope, problems)
  const report = await verifyStore(store)
  for (const finding of report.findings)
    if (finding.severity === 'damaged') problems.push(`verify: ${JSON.stringify(finding)}`)
  const heads = new Map(rows.flatMap(({ session, head }) => (head ? [[session, head] as const] : [])))
  const entries = [...own.values()].reduce((sum, list) => sum + list.length, 0)
  return { problems, heads, own, entries }
}

async function allRows(store: Store): Promise<Row[]> {
  const rows: Row[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await store.admin.rows(cursor)
    rows.push(...page.items)
    if (page.cursor === null) return rows
    cursor = page.cursor
  }
}

/** Every entry once, positions rising, each session's own order kept. */
async function readFeed(store: Store, problems: string[]): Promise<Map<string, StoredEntry[]>> {
  const own = new Map<string, StoredEntry[]>()
  let last = 0
  const take = ({ cursor, session, entry }: FeedItem): void => {
    if (!(Number(cursor) > last)) problems.push(`the feed goes from ${last} to ${cursor}`)
    last = Number(cursor)
    const list = own.get(session) ?? []
    const before = list.at(-1)
    if (before && entry.seq !== before.seq + 1) {
      problems.push(`the feed has ${session}@${entry.seq} behind ${before.seq}`)
    }
    list.push(entry)
    own.set(session, list)
  }
  for (let cursor: string | null = null; ; ) {
    const page = await store.feed(cursor)
    page.items.forEach(take)
    if (page.cursor === cursor) return own
    cursor = page.cursor
  }
}

function checkTombstone(row: Row, own: ReadonlyMap<string, readonly StoredEntry[]>, problems: string[]): void {
  const kinds = own.get(row.session)?.map(({ kind }) => kind)
  if (!isDeepStrictEqual(kinds, ['session.deleted'])) problems.push(`of ${row.session}, deleted, the feed has ${kinds}`)
}

async function checkSession(
  store: ScopedStore,
  row: Row,
  head: Head,
  rows: ReadonlyMap<string, Row>,
  own: ReadonlyMap<string, readonly StoredEntry[]>,
  problems: string[],
): Promise<void> {
  const { session } = row
  const entries = await readAll(store, session)
  let prev = genesis(ownerAt(rows, session, 1))
  for (const [index, entry] of entries.entries()) {
    const broken = brokenLink(prev, ownerAt(rows, session, entry.seq), index + 1, entry)
    if (broken) problems.push(`${session}@${index + 1}: broken ${broken}`)
    prev = entry.hash
  }
  const last = entries.at(-1)
  if (last?.seq !== head.seq || last.hash !== head.hash) {
    problems.push(`${session}: the head says ${head.seq}, the log ends at ${last?.seq}`)
    return
  }
  const after = row.base?.seq ?? 0
  if (!isDeepStrictEqual(own.get(session), entries.slice(after))) {
    problems.push(`${session}: the feed does not have its ${entries.length - after} entries`)
  }
  // One marked by an erasure in its base is folded again before it is used: what it says does not count.
  if (head.fold === foldVersion) await checkFold(store, head, problems)
  const listed = await store.list({ tail: session, place: head.place === 'deleted' ? 'open' : head.place })
  // What daybook itself keeps is no session of anybody's.
  if (isSystemId(session) === listed.items.some((item) => item.session === session)) {
    problems.push(`${session} is in ${isSystemId(session) ? 'a' : 'no'} list`)
  }
  for (const ref of await store.refs(session)) {
    if ((await store.locate(ref)) !== session) problems.push(`${session}: the ref ${ref.value} leads elsewhere`)
  }
}

async function checkFold(store: ScopedStore, head: Head, problems: string[]): Promise<void> {
  const { session, seq } = head
  try {
    const folded = await foldAt(store, session, seq, { fromStart: true })
    compare(`head of ${session}`, head, goingOn(folded, head).head, problems)
    compare(`cell of ${session}`, await store.cell(session), folded.cell, problems)
  } catch (error) {
    problems.push(`${session} cannot be folded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readAll(store: ScopedStore, session: string): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = []
  for (;;) {
    const page = await store.read(session, { after: entries.at(-1)?.seq ?? 0 })
    if (page.length === 0) return entries
    entries.push(...page)
  }
}

/** In whose name an entry of a fork's log was written. */
function ownerAt(rows: ReadonlyMap<string, Row>, session: string, seq: number): string {
  const base = rows.get(session)?.base
  return base && seq <= base.seq ? ownerAt(rows, base.session, seq) : session
}

function compare(what: string, stored: unknown, folded: unknown, problems: string[]): void {
  const [a, b] = [stored, folded].map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
  for (const field of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
    if (isDeepStrictEqual(a?.[field], b?.[field])) continue
    problems.push(`${what}: ${field} is ${JSON.stringify(a?.[field])}, its fold ${JSON.stringify(b?.[field])}`)
  }
}

async function checkBlobs(store: Store, scope: ScopedStore, problems: string[]): Promise<void> {
  for (let cursor: string | null = null; ; ) {
    const page = await store.admin.blobHashes(cursor)
    for (const { hash } of page.items) {
      const bytes = await scope.blobs.get(hash)
      if (!bytes || blobName(bytes) !== hash) problems.push(`the blob ${hash} has other bytes`)
    }
    if (page.cursor === null) return
    cursor = page.cursor
  }
}
