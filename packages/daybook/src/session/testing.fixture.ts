// What the engine's tests share: engines over each store, a clock that is moved by hand, and stores with planted answers.

import { fail, strictEqual } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import { type DaybookError, type ErrorCode, isDaybookError } from '../schema/errors.ts'
import type { Role } from '../schema/states.ts'
import { testClock } from '../store/conformance/suite.ts'
import { memoryStore } from '../store/memory.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Append, Outcome, Scope, ScopedStore, Snapshot, Store } from '../store/store.ts'
import type { Caller, ScopedSessions, Sessions } from './contract.ts'
import { openSessions, type SessionsOptions } from './sessions.ts'

export { until } from '../until.fixture.ts'

export type StoreName = 'memory' | 'sqlite'
/** DAYBOOK_STORES=memory, as in `npm run check`, leaves out the one that waits for files. */
export const storeNames: readonly StoreName[] =
  process.env.DAYBOOK_STORES === 'memory' ? ['memory'] : ['memory', 'sqlite']

export const tenant = 'acme'
export const runner: Caller = { actor: 'engine:runner', writer: 'R' }

type Next<T> = () => Promise<T>

/** Steps between the engine and the store; each may call `next`, or answer or throw in its place. */
export interface Plan {
  append?: (next: Next<readonly Outcome[]>, batch: readonly Append[]) => Promise<readonly Outcome[]>
  receipts?: (next: Next<unknown>) => Promise<unknown>
  head?: (next: Next<unknown>, session: string) => Promise<unknown>
  cell?: (next: Next<unknown>, session: string) => Promise<unknown>
  read?: (next: Next<readonly StoredEntry[]>, session: string) => Promise<readonly StoredEntry[]>
  refold?: (next: Next<boolean>) => Promise<boolean>
  acquire?: (next: Next<unknown>) => Promise<unknown>
  delete?: (next: Next<Outcome>) => Promise<Outcome>
  /** Of `snapshots`. */
  put?: (next: Next<void>, session: string, snapshot: Snapshot) => Promise<void>
}

function hooked<T extends object>(target: T, plan: Plan): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (name === 'snapshots') return hooked(value as object, plan)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        const hook = plan[name as keyof Plan] as ((next: Next<unknown>, ...given: unknown[]) => unknown) | undefined
        const next = () => value.apply(target, given) as Promise<unknown>
        return hook ? hook(next, ...given) : next()
      }
    },
  })
}

/** The store with `plan` between it and whoever uses it; the plan may change at any time. */
export function plantedStore(store: Store, plan: Plan): Store {
  const within = (scope: Scope): ScopedStore => hooked(store.within(scope), plan)
  return { ...store, within }
}

/** One backing with engines over it. */
export class World {
  readonly name: StoreName
  readonly clock = testClock()
  /** Failures that no caller waited for. */
  readonly errors: unknown[] = []
  readonly plan: Plan = {}
  readonly #options: Partial<SessionsOptions>
  readonly #folder: string | null
  readonly #stores: Store[] = []
  #sessions: Sessions | null = null

  constructor(name: StoreName, folder: string | null, options: Partial<SessionsOptions>) {
    this.name = name
    this.#folder = folder
    this.#options = options
  }

  static async open(name: StoreName, options: Partial<SessionsOptions> = {}): Promise<World> {
    const world = new World(name, name === 'sqlite' ? await mkdtemp(join(tmpdir(), 'daybook-engine-')) : null, options)
    await world.#engineOver(world.#newStore())
    return world
  }

  get sessions(): Sessions {
    return this.#sessions ?? fail('the world is open')
  }

  get store(): Store {
    return this.sessions.store
  }

  get path(): string {
    return join(this.#folder ?? '', 'test.db')
  }

  in(subjects: Scope['subjects'], caller?: Caller, of: string = tenant): ScopedSessions {
    return this.sessions.within({ tenant: of, subjects }, caller)
  }

  get anna(): ScopedSessions {
    return this.in(['user:anna'])
  }

  get bob(): ScopedSessions {
    return this.in(['user:bob'])
  }

  /** Anna's sessions with the rights of the run engine. */
  get runner(): ScopedSessions {
    return this.in(['user:anna'], runner)
  }

  /** The tenant's whole store, past the engine. */
  get whole(): ScopedStore {
    return this.store.within({ tenant, subjects: 'all' })
  }

  /** The engine is dropped as it is, and another one starts over the same store. */
  async crash(): Promise<void> {
    await this.#engineOver(this.#stores.at(-1) ?? fail('a store'))
  }

  /** Everything is closed; what lasts is opened again. The memory store goes on. */
  async restart(): Promise<void> {
    await this.sessions.close()
    if (this.name === 'memory') return this.crash()
    await this.#stores.at(-1)?.close()
    await this.#engineOver(this.#newStore())
  }

  /** Another engine over the same backing: of another process where the store allows it. */
  async twin(): Promise<Sessions> {
    const store = this.name === 'memory' ? (this.#stores[0] ?? fail('a store')) : this.#newStore()
    return openSessions(this.#optionsOver(store))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions.close()
    for (const store of this.#stores) await store.close()
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true })
  }

  #newStore(): Store {
    const clock = this.clock.now
    const store =
      this.name === 'memory' ? memoryStore({ clock }) : sqliteStore({ path: this.path, durability: 'relaxed', clock })
    this.#stores.push(store)
    return store
  }

  async #engineOver(store: Store): Promise<void> {
    this.#sessions = await openSessions(this.#optionsOver(plantedStore(store, this.plan)))
  }

  #optionsOver(store: Store): SessionsOptions {
    return { onError: (error) => void this.errors.push(error), ...this.#options, store }
  }
}

/** The same test over each store. */
export function eachStore(
  promise: string,
  body: (world: World) => Promise<void>,
  options: Partial<SessionsOptions> = {},
): void {
  for (const name of storeNames) {
    test(`${promise} (${name})`, async () => {
      await using world = await World.open(name, options)
      await body(world)
    })
  }
}

export function say(content: string, role: Role = 'user'): NewEntry<'message'> {
  return { kind: 'message', data: { role, content } }
}

/** The call must fail with this code, whether it throws or rejects; gives the error. */
export async function fails(call: () => unknown, code: ErrorCode): Promise<DaybookError> {
  try {
    await call()
  } catch (error) {
    if (!isDaybookError(error)) throw error
    strictEqual(error.code, code, error.message)
    return error
  }
  return fail(`expected ${code}`)
}

/** A promise with the calls that settle it. */
export function gate<T = void>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>()
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** 1, 2, 3 … up to and with `count`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
