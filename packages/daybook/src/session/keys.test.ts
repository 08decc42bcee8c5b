// Idempotency keys: every mutation can be repeated, at any time, and is written once.

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Session, WriteOptions } from './contract.ts'
import { keyOf } from './keys.ts'
import { eachStore, fails, gate, range, say, World } from './testing.fixture.ts'

type Write = (session: Session, options: WriteOptions) => Promise<unknown>

/** Every verb that writes, with a request, another request under the same name, and what must be done before. */
const verbs: Readonly<Record<string, { write: Write; other?: Write; before?: Write }>> = {
  append: {
    write: (session, options) => session.append(say('a'), options),
    other: (session, options) => session.append(say('b'), options),
  },
  note: {
    write: (session, options) => session.note('a', 'idea', options),
    other: (session, options) => session.note('b', 'idea', options),
  },
  pin: {
    write: (session, options) => session.pin('a.ts', true, options),
    other: (session, options) => session.pin('a.ts', false, options),
  },
  update: {
    write: (session, options) => session.update({ name: 'a' }, options),
    other: (session, options) => session.update({ name: 'b' }, options),
  },
  handoff: {
    write: (session, options) => session.handoff('coder', 'code', options),
    other: (session, options) => session.handoff('debug', 'code', options),
  },
  rewind: {
    write: (session, options) => session.rewind(1, options),
    other: (session, options) => session.rewind(2, options),
  },
  share: {
    write: (session, options) => session.share(['user:bob'], options),
    other: (session, options) => session.share([], options),
  },
  erase: {
    write: (session, options) => session.erase([2], options),
    other: (session, options) => session.erase([3], options),
  },
  addRun: {
    write: (session, options) => session.addRun({ agent: 'coder' }, options),
    other: (session, options) => session.addRun({ agent: 'debug' }, options),
  },
  summarise: {
    write: (session, options) => session.summarise('short', options),
    other: (session, options) => session.summarise('shorter', options),
  },
  archive: { write: (session, options) => session.archive(options) },
  trash: { write: (session, options) => session.trash(options) },
  restore: {
    before: (session) => session.trash(),
    write: (session, options) => session.restore(options),
  },
}

for (const [verb, { write, other, before }] of Object.entries(verbs)) {
  eachStore(
    `a repeat of ${verb} is written once, also after a restart, and another request is refused [B2]`,
    async (world) => {
      const { id } = await world.anna.open()
      const session = () => world.anna.session(id)
      await session().append([say('one'), say('two')])
      await before?.(session(), {})
      const { seq } = await session().head()
      const [first, second] = await Promise.all([write(session(), { key: 'k' }), write(session(), { key: 'k' })])
      const third = await write(session(), { key: 'k' })
      const told = { first: seq + 1, last: (await session().head()).seq }
      for (const [receipt, replayed] of [
        [first, false],
        [second, true],
        [third, true],
      ] as const) {
        const { first: from, last, replayed: again } = receipt as { first: number; last: number; replayed: boolean }
        deepStrictEqual({ first: from, last, replayed: again }, { ...told, replayed })
      }
      if (other) await fails(() => other(session(), { key: 'k' }), 'key_reused')
      await world.restart()
      strictEqual(((await write(session(), { key: 'k' })) as { replayed: boolean }).replayed, true)
      if (other) await fails(() => other(session(), { key: 'k' }), 'key_reused')
      strictEqual((await session().head()).seq, told.last)
    },
  )
}

eachStore('a repeat of open and of fork finds what the first made [B2]', async (world) => {
  const first = await world.anna.open({ name: 'a' }, { key: 'open' })
  const again = await Promise.all(range(3).map(() => world.anna.open({ name: 'a' }, { key: 'open' })))
  deepStrictEqual(
    again.map(({ id }) => id),
    [first.id, first.id, first.id],
  )
  await fails(() => world.anna.open({ name: 'b' }, { key: 'open' }), 'key_reused')
  const fork = await first.fork({ key: 'fork' })
  await first.append(range(3).map((number) => say(`the base goes on ${number}`)))
  await fork.append(say('and the fork'))
  await world.restart()
  strictEqual((await world.anna.session(first.id).fork({ key: 'fork' })).id, fork.id)
  strictEqual((await world.anna.list()).items.length, 2)
  await fails(() => world.anna.session(first.id).fork({ key: 'fork', at: 1 }), 'key_reused')
  await world.anna.session(fork.id).delete()
  strictEqual((await world.anna.session(first.id).fork({ key: 'fork' })).id, fork.id)
})

eachStore('a repeat of delete is answered from the tombstone, and so are keys from before [B2]', async (world) => {
  const session = await world.anna.open()
  await session.append(say('a'), { key: 'a' })
  const results = await Promise.all(range(3).map(() => session.delete({ key: 'gone' })))
  deepStrictEqual(results, [true, true, true])
  await world.restart()
  const later = world.anna.session(session.id)
  strictEqual(await later.delete({ key: 'gone' }), true)
  strictEqual((await later.append(say('a'), { key: 'a' })).replayed, true)
  await fails(() => later.append(say('b'), { key: 'a' }), 'key_reused')
  await fails(() => later.append(say('b')), 'gone')
  await fails(() => later.delete(), 'gone')
})

eachStore('the state of a person and of the application takes keys and expected numbers', async ({ anna, whole }) => {
  for (const scope of ['user', 'app'] as const) {
    await anna.setState(scope, { a: 1 }, { key: 'k' })
    await anna.setState(scope, { a: 1 }, { key: 'k' })
    await fails(() => anna.setState(scope, { a: 2 }, { key: 'k' }), 'key_reused')
    await fails(() => anna.setState(scope, { a: 2 }, { expect: 1 }), 'conflict')
  }
  strictEqual((await whole.head('@app'))?.seq, 2)
})

eachStore('a repeat with the old expected number gets its receipt, not a conflict', async (world) => {
  const session = await world.anna.open()
  const write = () => session.append(say('a'), { key: 'k', expect: 1 })
  const receipts = [...(await Promise.all([write(), write(), write()])), await write()]
  deepStrictEqual(
    receipts.map(({ first, replayed }) => [first, replayed]),
    [
      [2, false],
      [2, true],
      [2, true],
      [2, true],
    ],
  )
})

test('a repeat is known even when its look-up began before the first was written', async () => {
  await using world = await World.open('memory')
  const session = await world.anna.open()
  const answered = gate()
  const looked = gate()
  let commits = 0
  world.plan.append = async (next) => {
    commits += 1
    await answered.promise
    return next()
  }
  const first = session.append(say('a'), { key: 'k', expect: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  strictEqual(commits, 1)
  world.plan.receipts = async (next) => {
    const found = await next()
    await looked.promise
    return found
  }
  const slow = session.append(say('other'), { key: 'other' })
  const repeat = session.append(say('a'), { key: 'k', expect: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  answered.resolve()
  await first
  looked.resolve()
  delete world.plan.receipts
  strictEqual((await repeat).replayed, true)
  strictEqual((await slow).replayed, false)
})

eachStore('a key belongs to its caller and to one operation', async (world) => {
  const session = await world.anna.open()
  await session.share(['user:bob'])
  await session.append(say('a'), { key: 'k' })
  strictEqual((await world.bob.session(session.id).append(say('a'), { key: 'k' })).replayed, false)
  await fails(
    () => session.note('a', 'idea', { key: 'k' }).then(() => session.handoff('x', '', { key: 'k' })),
    'key_reused',
  )
})

eachStore('the digest is of the request as it came, before secrets are taken out', async ({ anna }) => {
  const session = await anna.open()
  const secret = (letter: string) => say(`token ghp_${letter.repeat(36)}`)
  const receipt = await session.append(secret('a'), { key: 'k' })
  ok(receipt.entries[0]?.body?.includes('[redacted:'))
  strictEqual((await session.append(secret('a'), { key: 'k' })).replayed, true)
  await fails(() => session.append(secret('b'), { key: 'k' }), 'key_reused')
})

eachStore(
  'two callers of one key with different requests: the first is written, the other refused',
  async ({ anna }) => {
    const session = await anna.open()
    const [first, second] = await Promise.allSettled([
      session.append(say('a'), { key: 'k' }),
      session.append(say('b'), { key: 'k' }),
    ])
    strictEqual(first.status, 'fulfilled')
    ok(second.status === 'rejected')
    strictEqual(second.reason.code, 'key_reused')
    strictEqual((await session.head()).messages, 1)
  },
)

eachStore('a failed first call leaves its key free', async (world) => {
  const session = await world.anna.open()
  let left = 1
  world.plan.append = (next) => (left-- > 0 ? Promise.reject(new Error('lost')) : next())
  const results = await Promise.allSettled(range(2).map(() => session.append(say('a'), { key: 'k' })))
  deepStrictEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  strictEqual((await session.append(say('a'), { key: 'k' })).replayed, false)
  strictEqual((await session.head()).messages, 1)
})

test('names and callers of keys cannot be mistaken for each other, and a request has to be JSON', async () => {
  const key = (actor: string, name: string, request: unknown) => keyOf({ actor, writer: 'C' }, name, 'append', request)
  notStrictEqual(key('user:a b', 'c', 1).id, key('user:a', 'b c', 1).id)
  deepStrictEqual(key('user:a', 'c', undefined), key('user:a', 'c', null))
  for (const name of ['', 'x'.repeat(257)]) strictEqual((await fails(() => key('a', name, 1), 'invalid')).field, 'key')
  const circular: Record<string, unknown> = {}
  circular.self = circular
  for (const request of [circular, 1n]) await fails(() => key('a', 'b', request), 'invalid')
})
