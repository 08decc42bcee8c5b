// Copies a whole store into another one in the order of its feed; what is there already is passed over, so a copy goes on.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Base, Head } from '../../schema/heads.ts'
import type { SessionId, Tenant } from '../../schema/ids.ts'
import type { KeyRange } from '../../store/admin.ts'
import type { Append, FeedItem, ScopedStore, Store } from '../../store/store.ts'
import { rowsOf } from '../verify/tree.ts'
import { appendsOf, baseOf, type Part, type Reached } from './appends.ts'
import { copyBlobs } from './blobs.ts'
import type { CopyOptions, CopyReport } from './contract.ts'
import { bury, buryFirst, openBases } from './hidden.ts'
import { settle } from './settle.ts'

/** Sessions whose place in the destination is remembered; others are asked for again. */
const remembered = 100_000

/** What one page of the feed has of one session. */
interface Found {
  readonly tenant: Tenant
  readonly session: SessionId
  readonly entries: StoredEntry[]
  head: Head | null
}

/**
 * Entries with their hashes, order of lists and feed, keys, names, blobs, heads, states, marks and cached folds. Not
 * leases, nor the tombstones of deleted sessions. Run again it goes on where it was cut off, and takes what came
 * meanwhile, deletions too unless their tombstones are gone by then; for the last run nobody may write. Every chain is
 * verified on the way: `damaged` for the source, `conflict` where a session of the destination went on by itself.
 */
export async function copyStore(from: Store, to: Store, options: CopyOptions = {}): Promise<CopyReport> {
  return new Copy(from, to, options).run()
}

class Copy {
  readonly #from: Store
  readonly #to: Store
  readonly #options: CopyOptions
  readonly #reached = new Map<string, Reached | null>()
  /** What forks are forks of; grows with their number. */
  readonly #bases = new Map<string, Base>()
  /** The destination had nothing when this began. */
  #empty = false
  readonly #written = { entries: 0, blobs: 0 }

  constructor(from: Store, to: Store, options: CopyOptions) {
    this.#from = from
    this.#to = to
    this.#options = options
  }

  async run(): Promise<CopyReport> {
    const of = (await this.#from.admin.stats()).entries
    this.#empty = (await this.#to.admin.rows(null, 1)).items.length === 0
    if (!this.#empty) await buryFirst(this.#from, this.#to)
    let seen = 0
    for (let cursor: string | null = null; ; ) {
      this.#options.signal?.throwIfAborted()
      const page = await this.#from.feed(cursor)
      if (page.cursor === cursor) break
      for (const part of partsOf(page.items)) await this.#take(part)
      cursor = page.cursor
      seen += page.items.length
      this.#options.onProgress?.({ entries: seen, of: Math.max(of, seen) })
    }
    await bury(this.#from, this.#to)
    const { sessions, tombstones, marks } = await settle(this.#from, this.#to, this.#options.signal)
    return { sessions, tombstones, written: { ...this.#written, marks } }
  }

  /** Appends in the order of each session's last entry, for that is the order of lists. */
  async #take(items: readonly FeedItem[]): Promise<void> {
    const found = new Map<string, Found>()
    for (const { tenant, session, entry, head } of items) {
      const name = nameOf(tenant, session)
      const known = found.get(name) ?? { tenant, session, entries: [], head: null }
      known.entries.push(entry)
      known.head = head ?? known.head
      found.delete(name)
      found.set(name, known)
    }
    for (const [tenant, sessions] of Map.groupBy(found.values(), ({ tenant }) => tenant)) {
      await this.#write(tenant, sessions)
    }
  }

  async #write(tenant: Tenant, sessions: readonly Found[]): Promise<void> {
    const source = this.#from.within({ tenant, subjects: 'all' })
    const target = this.#to.within({ tenant, subjects: 'all' })
    const appends: Append[] = []
    for (const part of await this.#parts(tenant, sessions, source, target)) {
      const made = appendsOf(part)
      for (const { blobs = [] } of made.appends) this.#written.blobs += await copyBlobs(source, target, blobs)
      appends.push(...made.appends)
      this.#remember(nameOf(tenant, part.session), made.reached)
    }
    const outcomes = await target.append(appends)
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.ok) continue
      const { session } = appends[index] as Append
      const why = `${session} was refused by the destination: ${outcome.code}`
      throw new DaybookError(outcome.code, why, { seq: outcome.seq })
    }
    this.#written.entries += appends.reduce((sum, { entries }) => sum + entries.length, 0)
    if (appends.some(({ erase }) => erase)) this.#reached.clear()
  }

  /** What is not there yet, with all that belongs to it. */
  async #parts(tenant: Tenant, sessions: readonly Found[], source: ScopedStore, target: ScopedStore): Promise<Part[]> {
    const missing: (Found & { head: Head; reached: Reached | null; forkOf?: SessionId })[] = []
    for (const found of sessions) await this.#openBases(tenant, found, source, target)
    for (const found of sessions) {
      const { session, head } = found
      // Went at once with all that was in it, or goes at the end of the copy.
      if (head === null) throw new DaybookError('internal', `the feed has no head of ${session}`)
      if (head.place === 'deleted') continue
      const reached = await this.#reachedBy(tenant, session, target, found.entries[0])
      const entries = found.entries.filter(({ seq }) => seq > (reached?.seq ?? 0))
      if (entries.length === 0) continue
      const forkOf = !reached && baseOf(entries[0]) ? await this.#forkOf(tenant, session, target) : undefined
      missing.push({ ...found, entries, head, reached, ...(forkOf === undefined ? {} : { forkOf }) })
    }
    const keys = await this.#from.admin.keys(tenant, missing.map(rangeOf))
    return Promise.all(
      missing.map(async ({ session, entries, head, reached, forkOf }, index): Promise<Part> => {
        // An append that the page cuts in two is written as one, for its key is that of all.
        const [first, last] = [entries.at(-1)?.seq, keys[index]?.at(-1)?.last]
        if (first && last && last > first) entries.push(...(await source.read(session, { after: first, until: last })))
        const whole = entries.at(-1)?.seq === head.seq
        const [cell, refs] = whole ? await Promise.all([source.cell(session), source.refs(session)]) : [null, []]
        const fork = forkOf === undefined ? {} : { forkOf }
        return { session, reached, entries, keys: keys[index] ?? [], head, cell, refs, ...fork }
      }),
    )
  }

  /** Where that was deleted, what it was a fork of itself; undefined where nothing of these is there. */
  async #forkOf(tenant: Tenant, session: SessionId, target: ScopedStore): Promise<SessionId | undefined> {
    const name = nameOf(tenant, session)
    if (!this.#bases.has(name)) {
      for await (const row of rowsOf(this.#from)) {
        if (row.base) this.#bases.set(nameOf(row.tenant, row.session), row.base)
      }
    }
    for (let base = this.#bases.get(name); base; ) {
      const head = await target.head(base.session)
      if (head && head.seq >= base.seq) return base.session
      const next = this.#bases.get(nameOf(tenant, base.session))
      base = next && next.seq >= base.seq ? { session: next.session, seq: base.seq } : undefined
    }
    return undefined
  }

  async #openBases(tenant: Tenant, fork: Found, source: ScopedStore, target: ScopedStore): Promise<void> {
    const { session, head, entries } = fork
    const base = baseOf(entries[0])
    if (!base || head?.place === 'deleted' || (await this.#reachedBy(tenant, session, target, entries[0]))) return
    const under = (of: SessionId): Promise<SessionId | undefined> => this.#forkOf(tenant, of, target)
    const written = await openBases(source, target, session, base, under)
    this.#written.entries += written.entries
    this.#written.blobs += written.blobs
    // Erasures among them count in forks that are there already.
    if (written.entries > 0) this.#reached.clear()
  }

  async #reachedBy(
    tenant: Tenant,
    session: SessionId,
    target: ScopedStore,
    first: StoredEntry | undefined,
  ): Promise<Reached | null> {
    const name = nameOf(tenant, session)
    const known = this.#reached.get(name)
    if (known !== undefined) return known
    if (this.#empty && first?.kind === 'session.opened') return null
    const head = await target.head(session)
    if (head?.place === 'deleted') {
      throw new DaybookError('gone', `${session} was deleted in the destination`, {
        hint: 'Its id is free again 30 days later; or copy into an empty store.',
      })
    }
    const reached = head && { seq: head.seq, hash: head.hash, refolds: head.refolds ?? 0 }
    this.#remember(name, reached)
    return reached
  }

  #remember(name: string, reached: Reached | null): void {
    if (this.#reached.size >= remembered) this.#reached.clear()
    this.#reached.set(name, reached)
  }
}

/**
 * Cut before each opening of a fork, for its base must be there, and around erasures, which count in forks as well. Every
 * part knows the newest heads of the whole page.
 */
function* partsOf(items: readonly FeedItem[]): Generator<FeedItem[]> {
  const heads = new Map(items.flatMap(({ tenant, session, head }) => (head ? [[nameOf(tenant, session), head]] : [])))
  let part: FeedItem[] = []
  for (const item of items) {
    const alone = item.entry.kind === 'entry.erased' || part.at(-1)?.entry.kind === 'entry.erased'
    if ((alone || baseOf(item.entry)) && part.length > 0) {
      yield part
      part = []
    }
    const head = heads.get(nameOf(item.tenant, item.session))
    part.push(head ? { ...item, head } : item)
  }
  if (part.length > 0) yield part
}

function rangeOf({ session, entries }: Found): KeyRange {
  return { session, first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? 0 }
}

function nameOf(tenant: Tenant, session: SessionId): string {
  return JSON.stringify([tenant, session])
}
