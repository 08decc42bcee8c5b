// Following: one tail of the feed per process serves every follower; who falls behind reads the log again.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Seq, SessionId, Tenant } from '../schema/ids.ts'
import { hintTopic } from '../store/bus.ts'
import type { Cursor, FeedItem, Page, Scope, ScopedStore, Store } from '../store/store.ts'
import { visible } from './assemble.ts'
import { Inbox } from './inbox.ts'
import { invalid } from './values.ts'

const pageSize = 500
/** Without announcements from other processes their entries are looked for this often. */
const pollMs = 1000

type Listener = (item: FeedItem, head: Head | undefined) => void

/** The one reader of the feed in this process; it reads while somebody listens. */
export class Tail {
  /** Whether the feed has one order for all sessions. */
  readonly total: boolean
  readonly #store: Store
  readonly #onError: (error: unknown) => void
  readonly #sessions = new Map<string, Set<Listener>>()
  readonly #everything = new Set<Listener>()
  #cursor: Promise<Cursor> | null = null
  #pumping = false
  #again = false
  #stop: (() => void) | null = null

  constructor(store: Store, onError: (error: unknown) => void) {
    this.total = store.supports.feed === 'total'
    this.#store = store
    this.#onError = onError
  }

  /** Resolves once every later commit will reach `listener`. Returns the call that ends it. */
  async listen(target: { tenant: Tenant; session: SessionId } | 'everything', listener: Listener): Promise<() => void> {
    const name = target === 'everything' ? null : nameOf(target.tenant, target.session)
    const listeners = name === null ? this.#everything : (this.#sessions.get(name) ?? new Set())
    if (name !== null) this.#sessions.set(name, listeners)
    listeners.add(listener)
    const unlisten = (): void => {
      listeners.delete(listener)
      if (name !== null && listeners.size === 0) this.#sessions.delete(name)
      if (this.#sessions.size === 0 && this.#everything.size === 0) this.end()
    }
    this.#start()
    try {
      await this.#cursor
    } catch (error) {
      unlisten()
      throw error
    }
    return unlisten
  }

  end(): void {
    this.#stop?.()
    this.#stop = null
    this.#cursor = null
  }

  #start(): void {
    if (this.#cursor) return
    this.#cursor = this.#store.tip()
    const unsubscribe = this.#store.bus.subscribe(hintTopic, () => this.#wake())
    // Keeps the process alive while somebody listens: a program that only follows has nothing else to wait for.
    const timer = this.#store.supports.push ? undefined : setInterval(() => this.#wake(), pollMs)
    this.#stop = () => {
      unsubscribe()
      clearInterval(timer)
    }
  }

  #wake(): void {
    this.#again = true
    if (this.#pumping) return
    this.#pumping = true
    // One turn of the loop gathers the hints of a whole commit.
    setImmediate(() => this.#pump().catch(this.#onError))
  }

  async #pump(): Promise<void> {
    try {
      while (this.#again && this.#cursor) {
        this.#again = false
        const from: Promise<Cursor> = this.#cursor
        const before = await from
        const page = await this.#store.feed(before, pageSize)
        if (this.#cursor !== from) {
          // Ended meanwhile, and perhaps begun anew further on: this page is nobody's.
          this.#again = true
          continue
        }
        if (page.cursor !== null) this.#cursor = Promise.resolve(page.cursor)
        this.#deliver(page.items)
        if (page.cursor !== before) this.#again = true
      }
    } finally {
      this.#pumping = false
    }
  }

  #deliver(items: readonly FeedItem[]): void {
    const heads = new Map<string, Head>()
    for (const item of items) if (item.head) heads.set(nameOf(item.tenant, item.session), item.head)
    for (const item of items) {
      const name = nameOf(item.tenant, item.session)
      const head = heads.get(name)
      for (const listener of this.#sessions.get(name) ?? []) listener(item, head)
      for (const listener of this.#everything) listener(item, head)
    }
  }
}

function lengthOf({ body }: StoredEntry): number {
  return body?.length ?? 0
}

function nameOf(tenant: Tenant, session: SessionId): string {
  return `${tenant}\u0000${session}`
}

/**
 * Entries after `after`: what is there, then what comes, each once and in order; ends with the signal, behind
 * `session.deleted`, or with `gone` or `not_found` where the session went before all of it was told. `invalid` where the
 * session has not reached `after`.
 */
export async function* followSession(
  tail: Tail,
  store: ScopedStore,
  session: SessionId,
  after: Seq,
  signal: AbortSignal,
): AsyncGenerator<StoredEntry> {
  if (!Number.isSafeInteger(after) || after < 0) throw invalid('after', 'is not a seq')
  const inbox = new Inbox<StoredEntry>(signal, lengthOf)
  const { tenant } = store.scope
  const unlisten = await tail.listen({ tenant, session }, (item) => inbox.push(item.entry))
  let last = after
  let behind = true
  try {
    mustReach(await mustSee(store, session), after, 'after')
    for (let missed = false; !signal.aborted; ) {
      const reading: boolean = behind
      const page: readonly StoredEntry[] = reading
        ? await store.read(session, { after: last, limit: pageSize })
        : inbox.take()
      behind = reading ? page.length === pageSize : inbox.overflowed()
      missed ||= behind
      for (const entry of page) {
        if (entry.seq <= last) continue
        if (entry.seq !== last + 1) {
          if (reading) throw new DaybookError('damaged', `${session} has no entry ${last + 1}`, { seq: last + 1 })
          // Something in between was missed: the log has it.
          behind = missed = true
          break
        }
        last = entry.seq
        yield entry
        if (signal.aborted || entry.kind === 'session.deleted') return
        if (entry.kind === 'session.shared') await mustSee(store, session)
      }
      // What was missed and is not in the log went with the session, or with the right to see it.
      if (reading && missed && page.length === 0) await mustSee(store, session)
      if (!behind && inbox.empty) await inbox.next()
    }
  } finally {
    unlisten()
  }
}

async function mustSee(store: ScopedStore, session: SessionId): Promise<Head> {
  const head = await store.head(session)
  if (!head) throw new DaybookError('not_found', `no session ${session}`)
  if (head.place === 'deleted') throw new DaybookError('gone', `${session} was deleted`)
  return head
}

/**
 * Refuses with `invalid` to follow from a seq that the session has not reached. Who has one read another history, for example
 * before an older backup was restored, and would never be told the entries that come up to it.
 */
export function mustReach({ session, seq }: Head, after: Seq, field: string): void {
  if (after <= seq) return
  throw new DaybookError('invalid', `${field} is ${after}, but ${session} ends at ${seq}`, {
    field,
    seq,
    hint: 'Read again what is there: the store may have been restored from an older backup.',
  })
}

/** The feed of a scope after `cursor`: what is there, then what comes, each once. System sessions only for the whole tenant. */
export async function* followFeed(
  tail: Tail,
  store: ScopedStore,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<FeedItem> {
  const inbox = new Inbox<FeedItem>(signal, ({ entry }) => lengthOf(entry))
  const unlisten = await tail.listen('everything', (item, head) => {
    if (shown(item, head, store.scope)) inbox.push(head ? { ...item, head } : item)
  })
  let at = cursor
  let behind = true
  try {
    while (!signal.aborted) {
      const given = behind ? null : inbox.take()
      // Without one order for all, what the tail gives only says that there is something to read.
      const live = tail.total ? given : null
      const page: Page<FeedItem> = live ? { items: live, cursor: at } : await store.feed(at, pageSize)
      // A page may be empty before the end: the end is where the cursor stays the same.
      behind = page.cursor !== at || inbox.overflowed()
      for (const item of page.items) {
        // A tail may be behind: what it gives was perhaps read here, or is from before the cursor.
        if (live && !isBehind(item.cursor, at)) continue
        at = item.cursor
        yield item
        if (signal.aborted) return
      }
      if (!live) at = page.cursor
      if (!behind && inbox.empty) await inbox.next()
    }
  } finally {
    unlisten()
  }
}

/** Whether one cursor of a feed in one order stands behind another. */
function isBehind(cursor: Cursor, other: Cursor | null): boolean {
  return Number(cursor) > Number(other ?? 0)
}

function shown(item: FeedItem, head: Head | undefined, scope: Scope): boolean {
  if (item.tenant !== scope.tenant) return false
  if (scope.subjects === 'all') return true
  return head !== undefined && !item.session.startsWith('@') && visible(head, scope)
}
