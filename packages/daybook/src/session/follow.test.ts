// Following: catch-up and live without a gap or a double, slow readers, ends, rights, and the tail that serves all.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { FeedItem } from '../store/store.ts'
import { all, eachStore, fails, range, say, tenant, until, World } from './testing.fixture.ts'

/** Follows in the background; what it was given, and how it ended. */
function watch<T>(items: AsyncIterable<T>) {
  const seen: T[] = []
  const done = (async () => {
    for await (const item of items) seen.push(item)
  })()
  done.catch(() => {})
  return { seen, done }
}

const seqs = (entries: readonly StoredEntry[]) => entries.map(({ seq }) => seq)
const names = (items: readonly FeedItem[]) => items.map(({ session, entry }) => `${session} ${entry.seq}`)

eachStore(
  'followers from any number get every entry once and in order, while several handles append [B1]',
  async (world) => {
    const session = await world.anna.open()
    await session.append(
      range(600)
        .map((number) => say(`${number}`))
        .slice(0, 500),
    )
    const stop = new AbortController()
    const from = [0, 1, 250, 500, 501]
    const followers = from.map((after) => watch(session.follow(after, stop.signal)))
    await Promise.all(
      range(20).flatMap((turn) =>
        range(5).map((handle) => world.anna.session(session.id).append([say(`${handle}.${turn}`), say('and')])),
      ),
    )
    const last = 501 + 200
    await until(() => followers.every(({ seen }) => seen.at(-1)?.seq === last))
    stop.abort()
    for (const [index, { seen, done }] of followers.entries()) {
      await done
      const after = from[index] ?? 0
      deepStrictEqual(
        seqs(seen),
        range(last).filter((seq) => seq > after),
      )
    }
    deepStrictEqual(followers[0]?.seen, await all(session.stream()))
  },
)

eachStore('a follower from a seq that the session has not reached is refused', async ({ anna }) => {
  const session = await anna.open()
  const stop = new AbortController()
  const { done } = watch(session.follow(2, stop.signal))
  const error = await fails(() => done, 'invalid')
  deepStrictEqual([error.field, error.seq], ['after', 1])
})

eachStore('a reader that is too slow for its inbox goes on from the log [B1]', async ({ anna }) => {
  const session = await anna.open()
  const stop = new AbortController()
  const follower = session.follow(0, stop.signal)[Symbol.asyncIterator]()
  strictEqual((await follower.next()).value.seq, 1)
  const waiting = follower.next()
  await session.append(say('first'))
  strictEqual((await waiting).value.seq, 2)
  for (const part of range(6)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
  for (let seq = 3; seq <= 3002; seq += 1) strictEqual((await follower.next()).value.seq, seq)
  stop.abort()
  strictEqual((await follower.next()).done, true)
})

eachStore(
  'following ends behind the deletion, and with gone where something before it was missed',
  async ({ anna }) => {
    const caughtUp = await anna.open()
    const stop = new AbortController()
    const first = watch(caughtUp.follow(0, stop.signal))
    await until(() => first.seen.length === 1)
    await caughtUp.delete()
    await first.done
    strictEqual(first.seen.at(-1)?.kind, 'session.deleted')

    const behind = await anna.open()
    const second = watch(behind.follow(0, stop.signal))
    await until(() => second.seen.length === 1)
    await Promise.all([behind.append(say('a')), behind.append(say('b')), behind.delete()])
    await second.done.catch((error) => strictEqual(error.code, 'gone'))
    ok(second.seen.length < 4 || second.seen.at(-1)?.kind === 'session.deleted')

    const slow = await anna.open()
    const third = slow.follow(0, stop.signal)[Symbol.asyncIterator]()
    await third.next()
    for (const part of range(3)) await slow.append(range(500).map((number) => say(`${part}.${number}`)))
    await slow.delete()
    await fails(async () => {
      for (;;) await third.next()
    }, 'gone')
  },
)

eachStore('who loses the right to see a session is told no more of it', async (world) => {
  const session = await world.anna.open()
  await session.share(['user:bob'])
  const stop = new AbortController()
  const bob = watch(world.bob.session(session.id).follow(0, stop.signal))
  const idle = world.bob.session(session.id).follow(0, stop.signal)[Symbol.asyncIterator]()
  await idle.next()
  await until(() => bob.seen.length === 2)
  await session.share([])
  await session.append(say('secret'))
  await fails(() => bob.done, 'not_found')
  ok(bob.seen.every(({ kind }) => kind !== 'message'))
  for (const part of range(3)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
  const later: StoredEntry[] = []
  await fails(async () => {
    for (;;) later.push((await idle.next()).value)
  }, 'not_found')
  ok(later.every(({ kind }) => kind !== 'message'))
})

eachStore('following what is not there or from no number fails', async ({ anna, bob }) => {
  const session = await anna.open()
  const { signal } = new AbortController()
  await fails(() => all(anna.session('unknown').follow(0, signal)), 'not_found')
  await fails(() => all(bob.session(session.id).follow(0, signal)), 'not_found')
  for (const after of [-1, 1.5, Number.NaN]) await fails(() => all(session.follow(after, signal)), 'invalid')
  await session.delete()
  await fails(() => all(session.follow(0, signal)), 'gone')
  deepStrictEqual(await all((await anna.open()).follow(0, AbortSignal.abort())), [])
})

eachStore('closing the engine ends every follower', async (world) => {
  const session = await world.anna.open()
  const { signal } = new AbortController()
  const entries = watch(session.follow(0, signal))
  const feed = watch(world.anna.followFeed(null, signal))
  await until(() => entries.seen.length === 1 && feed.seen.length === 1)
  await world.sessions.close()
  await Promise.all([entries.done, feed.done])
})

eachStore('a hole in the log is damage and not an endless search', async (world) => {
  const session = await world.anna.open()
  await session.append([say('a'), say('b')])
  world.plan.read = async (next) => (await next()).filter(({ seq }) => seq !== 2)
  await fails(() => all(session.follow(0, new AbortController().signal)), 'damaged')
})

eachStore('a tail that could not start is started by the next follower', async (world) => {
  const session = await world.anna.open()
  const { store } = world
  const tip = store.tip
  store.tip = () => Promise.reject(new DaybookError('store_busy', 'no'))
  await fails(() => all(session.follow(0, new AbortController().signal)), 'store_busy')
  store.tip = tip
  const stop = new AbortController()
  const follower = watch(session.follow(0, stop.signal))
  await until(() => follower.seen.length === 1)
  await session.append(say('a'))
  await until(() => follower.seen.length === 2)
  stop.abort()
  await follower.done
})

eachStore('entries of another engine are followed too [B1]', async (world) => {
  const twin = await world.twin()
  const session = await world.anna.open()
  const stop = new AbortController()
  const follower = watch(session.follow(0, stop.signal))
  await until(() => follower.seen.length === 1)
  await twin.within(world.anna.scope).session(session.id).append(say('from elsewhere'))
  await until(() => follower.seen.length === 2)
  stop.abort()
  await follower.done
  await twin.close()
  if (world.name === 'sqlite') await twin.store.close()
})

eachStore('the feed tells each entry of a scope once, whenever the follower comes [B1]', async (world) => {
  const stop = new AbortController()
  const early = watch(world.anna.followFeed(null, stop.signal))
  const others: ReturnType<typeof watch<FeedItem>>[] = []
  for (const turn of range(30)) {
    const session = await world.anna.open({ id: `a${turn}` })
    void world.bob.open({ id: `b${turn}` })
    others.push(watch(world.anna.followFeed(null, stop.signal)))
    await Promise.all(range(3).map((number) => session.append(say(`${number}`))))
    if (turn > 1) await world.anna.session(`a${turn - 1}`).append(say('again'))
  }
  const wanted = 30 * 4 + 29
  await until(() => [early, ...others].every(({ seen }) => seen.length >= wanted))
  await world.anna.open({ id: 'last' })
  await until(() => [early, ...others].every(({ seen }) => seen.at(-1)?.session === 'last'))
  stop.abort()
  for (const { seen, done } of [early, ...others]) {
    await done
    strictEqual(new Set(names(seen)).size, seen.length)
    strictEqual(seen.length, wanted + 1)
    ok(seen.every(({ session }) => !session.startsWith('b')))
  }
})

eachStore('a tail that lags tells a follower nothing from before its cursor [B1]', async ({ anna, store }) => {
  const stop = new AbortController()
  const one = await anna.open({ id: 'one' })
  const early = watch(anna.followFeed(null, stop.signal))
  await until(() => early.seen.length === 1)
  // As in a process that was frozen while others wrote and read.
  const thawed = Promise.withResolvers<void>()
  const feed = store.feed.bind(store)
  store.feed = (...asked) => thawed.promise.then(() => feed(...asked))
  await one.append(say('a'))
  const two = await anna.open({ id: 'two' })
  const { cursor } = await anna.feed(null)
  const late = watch(anna.followFeed(cursor, stop.signal))
  thawed.resolve()
  await two.append(say('b'))
  await until(() => late.seen.at(-1)?.session === 'two' && late.seen.at(-1)?.entry.seq === 2)
  deepStrictEqual(names(late.seen), ['two 2'])
  stop.abort()
  await Promise.all([early.done, late.done])
})

eachStore('the feed is resumed from each cursor', async ({ anna }) => {
  const session = await anna.open()
  for (const number of range(20)) await session.append(say(`${number}`))
  const stop = new AbortController()
  const whole = watch(anna.followFeed(null, stop.signal))
  await until(() => whole.seen.length === 21)
  for (const [index, { cursor }] of whole.seen.entries()) {
    const rest = watch(anna.followFeed(cursor, stop.signal))
    await until(() => rest.seen.length === 20 - index)
    deepStrictEqual(names(rest.seen), names(whole.seen.slice(index + 1)))
  }
  stop.abort()
  await whole.done
})

eachStore('a slow follower of the feed overflows and misses nothing', async ({ anna }) => {
  const session = await anna.open()
  const stop = new AbortController()
  const feed = anna.followFeed(null, stop.signal)[Symbol.asyncIterator]()
  await feed.next()
  const waiting = feed.next()
  await session.append(say('a'))
  await waiting
  for (const part of range(5)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
  for (let seq = 3; seq <= 2502; seq += 1) strictEqual((await feed.next()).value.entry.seq, seq)
  stop.abort()
  strictEqual((await feed.next()).done, true)
})

eachStore('system sessions are in the feed of the whole tenant only', async (world) => {
  await world.anna.setState('user', { a: 1 })
  await world.anna.open({ id: 'plain' })
  const stop = new AbortController()
  const own = watch(world.anna.followFeed(null, stop.signal))
  const whole = watch(world.in('all').followFeed(null, stop.signal))
  await world.anna.setState('app', { a: 1 })
  await world.anna.session('plain').append(say('a'))
  await until(() => own.seen.at(-1)?.entry.seq === 2 && whole.seen.at(-1)?.session === 'plain')
  stop.abort()
  deepStrictEqual(names(own.seen), ['plain 1', 'plain 2'])
  deepStrictEqual(new Set(whole.seen.map(({ session }) => session)).size, 3)
})

test('an end and a new beginning of the tail give nobody what came before', async () => {
  await using world = await World.open('memory')
  const session = await world.anna.open()
  const { store } = world
  const feed = store.feed
  const reads: (() => void)[] = []
  store.feed = async (cursor, limit) => {
    const page = await feed(cursor, limit)
    await new Promise<void>((resolve) => reads.push(resolve))
    return page
  }
  const first = new AbortController()
  const old = watch(session.follow(0, first.signal))
  await until(() => old.seen.length === 1)
  await session.append(say('between'))
  await until(() => reads.length === 1)
  first.abort()
  await old.done
  const second = new AbortController()
  const fresh = watch(world.in('all').followFeed(await store.tip(), second.signal))
  await new Promise((resolve) => setImmediate(resolve))
  store.feed = feed
  for (const read of reads) read()
  await session.append(say('new'))
  await until(() => fresh.seen.length > 0)
  second.abort()
  deepStrictEqual(names(fresh.seen), [`${session.id} 3`])
  strictEqual(store.within({ tenant, subjects: 'all' }).scope.tenant, tenant)
})
