// What fails behind a commit does not turn its answer into a refusal: the write is in the log.

import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { memoryStore } from '../store/memory.ts'
import type { ScopedStore, Store } from '../store/store.ts'
import type { ScopedSessions } from './contract.ts'
import { openSessions } from './sessions.ts'

interface Disk {
  full: boolean
}

/** A disk with room for the log, and for what is kept beside it only while it is not full. */
function withoutRoomBeside(inner: Store, disk: Disk): Store {
  const full = async (): Promise<never> => {
    throw new DaybookError('store_full', 'no room')
  }
  return {
    ...inner,
    within(scope) {
      const store = inner.within(scope)
      const changed: Partial<ScopedStore> = { snapshots: { ...store.snapshots, put: full }, refold: full }
      return new Proxy(store, {
        get: (target, name: keyof ScopedStore) => {
          const value: unknown = (disk.full ? changed[name] : undefined) ?? target[name]
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

async function inSessions(
  body: (sessions: ScopedSessions, codes: readonly string[], store: Store, disk: Disk) => Promise<void>,
): Promise<void> {
  const codes: string[] = []
  const disk = { full: true }
  const onError = (error: unknown) => void codes.push(isDaybookError(error) ? error.code : String(error))
  await using store = memoryStore()
  await using engine = await openSessions({ store: withoutRoomBeside(store, disk), onError })
  await body(engine.within({ tenant: 'acme', subjects: ['anna'] }), codes, store, disk)
}

test('A fork whose first snapshot cannot be kept is there, and its caller is told so', () =>
  inSessions(async (sessions, codes) => {
    const base = await sessions.open()
    const fork = await base.fork()
    strictEqual((await fork.head()).seq, 2)
    deepStrictEqual(codes, ['store_full'])
  }))

test('An erasure whose forks cannot be folded again now is done, and the forks say that they are outdated', () =>
  inSessions(async (sessions, codes, store, disk) => {
    const base = await sessions.open()
    await base.append({ kind: 'message', data: { role: 'user', content: 'secret' } })
    const fork = await base.fork()
    strictEqual((await base.erase([2])).last, 3)
    strictEqual((await fork.stored({ after: 1, limit: 1 }))[0]?.body, null)
    strictEqual((await store.within({ tenant: 'acme', subjects: 'all' }).head(fork.id))?.fold, 0)
    deepStrictEqual([(await fork.head()).messages, (await fork.head()).title], [0, null])
    const more = { kind: 'message', data: { role: 'user', content: 'more' } } as const
    // It would go on beside a cell that still has the text.
    await rejects(fork.append(more), (error) => isDaybookError(error) && error.code === 'store_full')
    disk.full = false
    await fork.append(more)
    deepStrictEqual([(await fork.head()).messages, (await fork.head()).title], [1, 'more'])
    deepStrictEqual(codes, ['store_full', 'store_full'])
  }))
