// What the parts of the suite share: the registrar, the factory, and the world that each test gets for itself.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { StoredEntry } from '../../schema/entries.ts'
import { type ErrorCode, isDaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Subject, Tenant } from '../../schema/ids.ts'
import type { Append, FeedItem, RefusalCode, Scope, ScopedStore, Store, Supports } from '../store.ts'

/** The two calls of a test runner that the suite needs; `node:test` has both. */
export interface Registrar {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>): void
}

/** The injected clock of a store under test, its reopened self and its twin. */
export interface TestClock {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): void
}

/** A clock that stands still until it is advanced. */
export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let time = start
  return {
    now: () => time,
    advance(ms) {
      time += ms
    },
  }
}

/** One empty store for one test. */
export interface StoreUnderTest {
  readonly store: Store
  readonly clock: TestClock
  /** Closes the store and opens its backing again. Required unless `durable` is `none`. */
  reopen?(): Promise<Store>
  /** A second instance on the same backing while the first is open. Required unless `shared` is `process`. */
  twin?(): Promise<Store>
  /** Closes what is open and removes the backing; the store may be closed already. */
  dispose(): Promise<void>
}

export interface StoreFactory {
  readonly name: string
  /** What stores of this factory support; the suite proves that they say the same. */
  readonly supports: Supports
  create(): Promise<StoreUnderTest>
}

export interface Suite {
  readonly supports: Supports
  part(name: string, body: () => void): void
  test(promise: string, body: (world: World) => Promise<void>): void
}

export function suiteOf(register: Registrar, factory: StoreFactory): Suite {
  return {
    supports: factory.supports,
    part: (name, body) => register.describe(name, body),
    test: (promise, body) =>
      register.it(promise, async () => {
        const given = await factory.create()
        try {
          await given.store.open()
          await body(new World(given))
        } finally {
          await given.dispose()
        }
      }),
  }
}

export const tenant: Tenant = 'acme'
export const anna: Subject = 'user:anna'
export const bob: Subject = 'user:bob'

export class World {
  readonly given: StoreUnderTest
  readonly store: Store
  readonly clock: TestClock
  /** The tenant's own scope over everything. */
  readonly all: ScopedStore
  readonly anna: ScopedStore
  readonly bob: ScopedStore

  constructor(given: StoreUnderTest, store: Store = given.store) {
    this.given = given
    this.store = store
    this.clock = given.clock
    this.all = store.within({ tenant, subjects: 'all' })
    this.anna = store.within({ tenant, subjects: [anna] })
    this.bob = store.within({ tenant, subjects: [bob] })
  }

  within(subjects: Scope['subjects'], name: Tenant = tenant): ScopedStore {
    return this.store.within({ tenant: name, subjects })
  }

  /** The same test against the store opened again. */
  async reopened(): Promise<World> {
    ok(this.given.reopen, 'a durable store comes with reopen')
    return new World(this.given, await this.given.reopen())
  }

  /** The same backing through a second instance. */
  async twin(): Promise<World> {
    ok(this.given.twin, 'a shared store comes with twin')
    return new World(this.given, await this.given.twin())
  }
}

/** Appends one, which must be accepted as new; returns its head, to write the next one behind. */
export async function write(scope: ScopedStore, append: Append): Promise<Head> {
  const [outcome] = await scope.append([append])
  deepStrictEqual(outcome, {
    ok: true,
    first: append.entries[0]?.seq,
    last: append.head.seq,
    replayed: false,
  })
  return append.head
}

/** Appends one, which must be refused with this code and the true seq. */
export async function refused(scope: ScopedStore, append: Append, code: RefusalCode, seq?: number): Promise<void> {
  const [outcome] = await scope.append([append])
  strictEqual(outcome?.ok, false, 'the append is refused')
  strictEqual(outcome.code, code)
  if (seq !== undefined) strictEqual(outcome.seq, seq)
}

/** The call must fail with this code, whether it throws or rejects. */
export async function fails(call: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isDaybookError(error)) throw error
    strictEqual(error.code, code)
    return
  }
  ok(false, `expected ${code}`)
}

/** Waits for what comes soon after an answer, such as a hint. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  for (let looks = 0; !condition(); looks += 1) {
    ok(performance.now() < end, 'what was waited for did not come within half a minute')
    // What is waited for may be done by another program, which needs the processor.
    await new Promise<void>((resolve) => (looks < 20 ? setImmediate(resolve) : setTimeout(resolve, 5)))
  }
}

/** The feed from a cursor to its end. */
export async function wholeFeed(
  from: Pick<Store, 'feed'>,
  cursor: string | null = null,
  limit?: number,
): Promise<readonly FeedItem[]> {
  const items: FeedItem[] = []
  for (let at = cursor; ; ) {
    const page = await from.feed(at, limit)
    items.push(...page.items)
    ok(page.cursor, 'a page of the feed has a cursor')
    if (page.cursor === at) return items
    at = page.cursor
  }
}

export function seqs(entries: readonly StoredEntry[]): number[] {
  return entries.map((entry) => entry.seq)
}

/** 1, 2, 3 … up to and with `count`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
