// How far an index is behind, told by a clock that the test moves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import type { SearchIndex } from './contract.ts'
import { openSearch } from './search.ts'
import { sqliteIndex } from './sqlite.ts'
import { searchOf } from './testing.fixture.ts'

const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const

test('an index that follows tells since when it is behind, and one that does not has no lag', async () => {
  const inner = sqliteIndex({ path: ':memory:' })
  const gate = Promise.withResolvers<void>()
  const applying = Promise.withResolvers<void>()
  let hold: (() => Promise<void>) | undefined
  let now = 1_000_000
  const index: SearchIndex = {
    ...inner,
    async apply(batch) {
      await hold?.()
      return inner.apply(batch)
    },
  }
  const errors: unknown[] = []
  await using store = memoryStore()
  await using sessions = await openSessions({ store })
  const mine = sessions.within({ tenant: 'acme', subjects: ['user:anna'] })
  await using search = openSearch({
    store,
    index,
    follow: true,
    clock: () => now,
    onError: (error) => errors.push(error),
  })
  await search.catchUp()
  now += 60_000
  while (search.lag() !== 0) await new Promise(setImmediate)
  hold = () => {
    applying.resolve()
    return gate.promise
  }
  await mine.session('one', { opens: true }).append(say('word'))
  const caughtUp = search.catchUp()
  await applying.promise
  now += 7_000
  assert.equal(search.lag(), 67_000)
  gate.resolve()
  await caughtUp
  while (search.lag() !== 0) await new Promise(setImmediate)
  // What cannot be taken in leaves it behind until it can.
  hold = () => Promise.reject(new Error('no room'))
  await mine.session('one').append(say('more'))
  while (errors.length === 0) await new Promise(setImmediate)
  now += 3_000
  assert.equal(search.lag(), 3_000)
  hold = undefined
  await mine.session('one').append(say('again'))
  await search.catchUp()
  while (search.lag() !== 0) await new Promise(setImmediate)
  await using asked = searchOf(store)
  assert.equal(asked.lag(), null)
})
