// State of a person and of the application: outside one session, shared as its scope says, never in lists.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { eachStore, fails, range } from './testing.fixture.ts'

eachStore(
  'a person’s state is hers alone, the application’s everybody’s of the tenant, and both last',
  async (world) => {
    deepStrictEqual(await world.anna.state('user'), {})
    deepStrictEqual(await world.anna.setState('user', { name: 'Anna', old: 1 }), { name: 'Anna', old: 1 })
    deepStrictEqual(await world.anna.setState('user', { old: null, deep: { a: 1 } }), { name: 'Anna', deep: { a: 1 } })
    deepStrictEqual(await world.bob.state('user'), {})
    await world.bob.setState('app', { theme: 'dark' })
    await world.restart()
    deepStrictEqual(await world.anna.state('user'), { name: 'Anna', deep: { a: 1 } })
    deepStrictEqual(await world.anna.state('app'), { theme: 'dark' })
    deepStrictEqual(await world.in(['user:anna'], undefined, 'other').state('app'), {})
    deepStrictEqual(await world.in(['user:anna'], undefined, 'other').state('user'), {})
    strictEqual((await world.in('all').list()).total, 0)
    strictEqual((await world.anna.feed(null)).items.length, 0)
  },
)

eachStore('32 patches at once are all merged', async (world) => {
  await Promise.all(range(32).map((number) => world.anna.setState('app', { [`k${number}`]: number })))
  strictEqual(Object.keys(await world.bob.state('app')).length, 32)
})

eachStore('a patch is an object, of JSON, within the limit', async ({ anna }) => {
  for (const patch of [null, 5, 'x', [1]])
    strictEqual((await fails(() => anna.setState('user', patch), 'invalid')).field, 'patch')
  await fails(() => anna.setState('user', { a: Number.NaN }), 'invalid')
  await fails(() => anna.setState('user', { a: 'x'.repeat(65_536) }), 'too_large')
  deepStrictEqual(await anna.state('user'), {})
})
