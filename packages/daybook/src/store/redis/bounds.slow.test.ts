// What is too much for one answer comes in several, and what is derived is compared with the rows and made anew.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { after as afterAll, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import type { Head } from '../../schema/heads.ts'
import type { Kind } from '../../schema/kinds.ts'
import { after, deleting, opening } from '../conformance/drafts.ts'
import { range, World, wholeFeed, write } from '../conformance/suite.ts'
import type { Query, ScopedStore } from '../store.ts'
import { library } from './library/library.ts'
import { redisUnderTest, redisUrl, stopRedis, withoutRedis } from './server.fixture.ts'

async function onStore(body: (world: World, raw: Redis, prefix: string) => Promise<void>): Promise<void> {
  const prefix = `bounds:${process.hrtime.bigint()}:`
  const given = await redisUnderTest({ prefix })
  const raw = new Redis(await redisUrl())
  try {
    await given.store.open()
    await body(new World(given), raw, prefix)
  } finally {
    raw.disconnect()
    await given.dispose()
  }
}

async function openMany(
  scope: ScopedStore,
  names: readonly string[],
  head: (index: number) => Partial<Head> = () => ({}),
) {
  const outcomes = await scope.append(names.map((name, index) => opening(name, { head: head(index) })))
  ok(outcomes.every((outcome) => outcome.ok))
}

async function listed(scope: ScopedStore, query: Query): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await scope.list(cursor === undefined ? query : { ...query, cursor })
    found.push(...page.items.map((head) => head.session))
    cursor = page.cursor
  }
  return found
}

describe('Over Redis', { skip: withoutRedis() }, () => {
  afterAll(stopRedis)

  it('a log and its feed are whole whatever their length, by kinds, from both ends, across every piece', () =>
    onStore(async ({ anna, store }) => {
      let head = await write(anna, opening('one'))
      const kinds: Kind[] = []
      for (const piece of range(14)) {
        const some = range(500).map((n): Kind => (n % 100 === piece ? 'handoff' : n % 2 ? 'message' : 'note'))
        kinds.push(...some)
        head = await write(anna, after(head, { bodies: some.map((_, n) => String(n)), kinds: some }))
      }
      const seqsOf = (...wanted: Kind[]) => kinds.flatMap((kind, n) => (wanted.includes(kind) ? [n + 2] : []))
      for (const wanted of [['handoff'], ['note', 'handoff'], ['message', 'handoff']] as Kind[][]) {
        const all = seqsOf(...wanted)
        for (const order of ['asc', 'desc'] as const) {
          const expected = (order === 'asc' ? all : all.toReversed()).slice(0, 1000)
          const found = (await anna.read('one', { kinds: wanted, order })).map(({ seq }) => seq)
          deepStrictEqual(found, expected)
        }
        const within = await anna.read('one', { kinds: wanted, after: 3000, until: 6500, limit: 1000 })
        deepStrictEqual(
          within.map(({ seq }) => seq),
          all.filter((seq) => seq > 3000 && seq <= 6500).slice(0, 1000),
        )
      }
      const items = await wholeFeed(store, null, 999)
      deepStrictEqual(
        items.map(({ entry }) => entry.seq),
        range(7001),
      )
      const page = (await store.feed(null, 900)).items
      deepStrictEqual([page.length, page.filter(({ head }) => head).length, page.at(-1)?.head?.seq], [900, 1, 7001])
      for (const at of [4094, 4095, 4096, 4097]) {
        strictEqual((await store.feed(String(at), 1)).items[0]?.entry.seq, at + 1)
      }
    }))

  it('entries of a megabyte each are read and followed, however many are asked for', () =>
    onStore(async ({ anna, store }) => {
      let head = await write(anna, opening('one'))
      const large = 'x'.repeat(1024 * 1024)
      for (const n of range(12)) head = await write(anna, after(head, { bodies: [JSON.stringify(`${n} ${large}`)] }))
      for (const order of ['asc', 'desc'] as const) strictEqual((await anna.read('one', { order })).length, 13)
      ok((await store.feed(null)).items.length < 13, 'one answer is bounded')
      deepStrictEqual(
        (await wholeFeed(store)).map(({ entry }) => entry.seq),
        range(13),
      )
    }))

  it('lists of thousands are walked and gathered to their end, with every filter', () =>
    onStore(async ({ anna }) => {
      const names = range(2500).map((n) => `ses_${n}`)
      await openMany(anna, names, (n) => ({ team: n % 2 ? 'odd' : 'even', name: n % 500 ? 'some' : 'Rare one' }))
      const newest = names.toReversed()
      const odd = names.filter((_, n) => n % 2 === 1)
      deepStrictEqual(await listed(anna, { limit: 1000 }), newest)
      deepStrictEqual(await listed(anna, { where: { team: 'odd' }, limit: 700 }), odd.toReversed())
      deepStrictEqual(await listed(anna, { where: { team: 'odd' }, order: 'oldest', limit: 1000 }), odd)
      deepStrictEqual(
        await listed(anna, { text: 'RARE' }),
        [2001, 1501, 1001, 501, 1].map((n) => `ses_${n}`),
      )
      deepStrictEqual(await listed(anna, { status: 'idle', limit: 999 }), newest)
      deepStrictEqual(await listed(anna, { tail: '_77' }), ['ses_77'])
      strictEqual((await listed(anna, { tail: '7', limit: 10 })).length, 250)
    }))

  it('what is due is found behind however many that others hold', () =>
    onStore(async ({ anna, store, clock }) => {
      const names = range(2300).map((n) => `s${n}`)
      const due = clock.now()
      for (const part of [names.slice(0, 2250), names.slice(2250)]) {
        await anna.append(
          part.map((name, n) => {
            const head = { due: due - 1000 + n / 10 }
            return opening(name, part.length > 100 ? { head, acquire: { holder: 'a', ttl: 1000 } } : { head: { due } })
          }),
        )
      }
      deepStrictEqual((await store.due(60)).map(({ session }) => session).sort(), names.slice(2250).sort())
      clock.advance(1001)
      strictEqual((await store.due(1000)).length, 1000)
    }))

  it('check finds lists, labels, refs and counters that disagree with the rows; mend makes them agree again', () =>
    onStore(async ({ anna, store, clock }, raw, prefix) => {
      await write(anna, opening('one', { refs: [{ type: 'run', value: 'r' }], head: { agent: 'coder' } }))
      await write(anna, opening('two', { head: { due: clock.now(), readers: ['user:bob'] } }))
      const gone = await write(anna, opening('three'))
      await anna.delete('three', deleting(gone))
      const look = async () => [
        await anna.list(),
        await anna.list({ where: { agent: 'coder' } }),
        await store.due(9),
        await anna.locate({ type: 'run', value: 'r' }),
        await store.admin.stats().then(({ sessions, entries }) => [sessions, entries]),
      ]
      const before = await look()
      deepStrictEqual(await store.admin.check(), [])
      const [list] = await raw.keys(`${prefix}l:*user:anna`)
      await raw.zrem(list ?? '', '1')
      await raw.zadd(list ?? '', 7, '3')
      await raw.zadd(`${prefix}l:1:0:user:ghost`, 7, '99')
      for (const key of await raw.keys(`${prefix}x:*`)) await raw.del(key)
      await raw.del(`${prefix}due`, `${prefix}f:1`)
      await raw.hincrby(`${prefix}meta`, 'entries', 5)
      ok((await store.admin.check()).length >= 5)
      ok((await store.admin.mend()).length >= 5)
      deepStrictEqual(await store.admin.check(), [])
      deepStrictEqual(await look(), before)
    }))

  it('vacuum drops functions of other versions; who still runs one loads it again', () =>
    onStore(async ({ anna, store }, raw) => {
      await write(anna, opening('one'))
      const old = "#!lua name=daybook_old\nredis.register_function('daybook_old_ask', function() return 1 end)"
      await raw.call('FUNCTION', 'LOAD', old)
      await store.admin.vacuum()
      const left = JSON.stringify(await raw.call('FUNCTION', 'LIST'))
      ok(!left.includes('daybook_old') && left.includes(library().name))
      await store.admin.vacuum()
    }))
})
