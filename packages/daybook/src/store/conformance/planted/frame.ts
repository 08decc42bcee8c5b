// Bugs for the suite to catch: a memory store whose state is laid open and whose verbs can be replaced.

import { storeOver } from '../../memory/build.ts'
import { newState, type Row, type State } from '../../memory/state.ts'
import type { Append, Outcome, Scope, ScopedStore, Store } from '../../store.ts'
import { type StoreUnderTest, testClock } from '../suite.ts'

export interface Plant {
  /** What is wrong with the store. */
  readonly bug: string
  /** The test that must fail. */
  readonly caughtBy: string
  /** The healthy store, made wrong. */
  readonly plant: (store: Store, state: State) => Store
}

export function planted(plant: Plant['plant']): StoreUnderTest {
  const clock = testClock()
  const state = newState(clock.now)
  const store = plant(storeOver(state), state)
  return { store, clock, dispose: () => store.close() }
}

/** The store with some verbs of its scopes replaced. */
function withVerbs(store: Store, change: (inner: ScopedStore, scope: Scope) => Partial<ScopedStore>): Store {
  return {
    ...store,
    within(scope) {
      const inner = store.within(scope)
      const changed: Partial<Record<string | symbol, unknown>> = change(inner, scope)
      return new Proxy(inner, {
        get(target, name) {
          if (Object.hasOwn(changed, name)) return changed[name]
          const own: unknown = Reflect.get(target, name)
          return typeof own === 'function' ? own.bind(target) : own
        },
      })
    },
  }
}

/** A plant that sees each append on its own, before it is written. */
export function eachAppend(
  change: (append: Append, row: Row | undefined, state: State, index: number) => Append,
): Plant['plant'] {
  return aroundAppends((append, write, row, state, index) => write(change(append, row, state, index)))
}

/** A plant that writes each append of a batch on its own, its own way. */
export function aroundAppends(
  around: (
    append: Append,
    write: (append: Append) => Promise<Outcome>,
    row: Row | undefined,
    state: State,
    index: number,
  ) => Promise<Outcome>,
): Plant['plant'] {
  return (store, state) =>
    withVerbs(store, (inner, scope) => ({
      async append(batch) {
        const outcomes: Outcome[] = []
        const write = async (append: Append) => (await inner.append([append]))[0] ?? nothing
        for (const [index, append] of batch.entries()) {
          outcomes.push(await around(append, write, rowOf(state, scope, append.session), state, index))
        }
        return outcomes
      },
    }))
}

const nothing: Outcome = { ok: false, code: 'invalid', seq: 0 }

/** A plant that replaces verbs of scopes. */
export function verbs(
  change: (inner: ScopedStore, state: State, scope: Scope, store: Store) => Partial<ScopedStore>,
): Plant['plant'] {
  return (store, state) => withVerbs(store, (inner, scope) => change(inner, state, scope, store))
}

/** A plant that does something after each sweep. */
export function afterSweep(then: (state: State) => void, before?: (state: State) => void): Plant['plant'] {
  return (store, state) => ({
    ...store,
    admin: {
      ...store.admin,
      async sweep() {
        before?.(state)
        const report = await store.admin.sweep()
        then(state)
        return report
      },
    },
  })
}

export function rowOf(state: State, scope: Scope, session: string): Row | undefined {
  return state.tenants.get(scope.tenant)?.rows.get(session)
}

/** Sets what the healthy store would only set itself. */
export function force(row: Row | undefined, change: Partial<Row>): void {
  if (row) Object.assign(row, change)
}

/** The append as if it had been folded on where the session stands. */
export function refolded(append: Append, row: Row): Append {
  const shift = row.head.seq - append.expect
  return {
    ...append,
    expect: row.head.seq,
    prev: row.head.hash,
    entries: append.entries.map((entry) => ({ ...entry, seq: entry.seq + shift })),
    head: { ...append.head, seq: append.head.seq + shift },
  }
}

type Optional = 'key' | 'fence' | 'acquire' | 'release' | 'blobs' | 'cell' | 'refs' | 'erase'

/** The append without one of its optional fields. */
export function without(append: Append, name: Optional): Append {
  const { [name]: _, ...rest } = append
  return rest
}
