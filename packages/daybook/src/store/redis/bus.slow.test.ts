// Redis as a bus: hints and deltas reach other servers, survive a lost connection, and say when something may be missing.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after as afterAll, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { deltaTopic, type Hint, hintTopic } from '../bus.ts'
import { after, opening } from '../conformance/drafts.ts'
import { fails, range, until, World, write } from '../conformance/suite.ts'
import { type RedisBus, redisBus } from '../redis.ts'
import { redisUnderTest, redisUrl, stopRedis, withoutRedis } from './server.fixture.ts'

const skip = withoutRedis()

/** Two servers on one bus. */
async function two(body: (one: RedisBus, other: RedisBus, prefix: string) => Promise<void>): Promise<void> {
  const prefix = `test:${randomUUID()}:`
  const url = await redisUrl()
  await using one = redisBus({ url, prefix })
  await using other = redisBus({ url, prefix })
  await one.open()
  await other.open()
  await body(one, other, prefix)
}

/** Publishes until it is heard: a subscription takes a moment to reach the server. */
async function heardSoon(publish: () => void, heard: readonly unknown[]): Promise<void> {
  await until(() => {
    if (heard.length === 0) publish()
    return heard.length > 0
  })
}

describe('A bus over Redis', { skip }, () => {
  afterAll(stopRedis)

  it('carries any JSON value to every server, in the order of each publisher, and to the own one once', () =>
    two(async (one, other) => {
      const [here, there]: [unknown[], unknown[]] = [[], []]
      const topic = deltaTopic('acme \ud800', 'ses_1')
      one.subscribe(hintTopic, (message) => here.push(message))
      other.subscribe(hintTopic, (message) => there.push(message))
      const messages = ['\u0000\ud800 text', [1, null, { a: [] }], ...range(500)]
      for (const message of messages) one.publish(hintTopic, message)
      deepStrictEqual(here, messages, 'at once')
      await until(() => there.length === messages.length)
      deepStrictEqual(there, messages)
      const deltas: unknown[] = []
      const stop = other.subscribe(topic, (message) => deltas.push(message))
      await heardSoon(() => one.publish(topic, 'delta'), deltas)
      strictEqual(deltas[0], 'delta')
      stop()
      strictEqual(here.length, messages.length)
    }))

  it('stays within its prefix', () =>
    two(async (one, other, prefix) => {
      await using stranger = redisBus({ url: await redisUrl(), prefix: `${prefix}x` })
      await stranger.open()
      const [heard, strange]: [unknown[], unknown[]] = [[], []]
      other.subscribe(hintTopic, (message) => heard.push(message))
      stranger.subscribe(hintTopic, (message) => strange.push(message))
      one.publish(hintTopic, 1)
      await until(() => heard.length === 1)
      deepStrictEqual(strange, [])
    }))

  it('tells everybody to look again once its connection is back, and carries on', () =>
    two(async (one, other) => {
      const heard: unknown[] = []
      const deltas: unknown[] = []
      other.subscribe(hintTopic, (message) => heard.push(message))
      other.subscribe('delta', (message) => deltas.push(message))
      await heardSoon(() => one.publish('delta', 0), deltas)
      const raw = new Redis(await redisUrl())
      await raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      raw.disconnect()
      await until(() => heard.length > 0)
      deepStrictEqual(heard[0], { tenant: '', session: '', seq: 0 } satisfies Hint)
      deltas.length = 0
      await heardSoon(() => one.publish('delta', 1), deltas)
      one.publish(hintTopic, 'hint')
      await until(() => heard.includes('hint'))
    }))

  it('is only local before it is open and without a server, which it says when it is opened', async () => {
    const bus = redisBus({ url: '/nonexistent/socket', wait: 200 })
    const heard: unknown[] = []
    bus.subscribe('topic', (message) => heard.push(message))
    bus.publish('topic', 1)
    deepStrictEqual(heard, [1])
    await fails(() => bus.open(), 'unreachable')
    await bus.close()
  })
})

describe('A store in Redis', { skip }, () => {
  afterAll(stopRedis)

  it('hints what it wrote to every other server, each session of a commit with its last seq', async () => {
    const given = await redisUnderTest()
    try {
      await given.store.open()
      const world = new World(given)
      const twin = await world.twin()
      const hints: Hint[] = []
      twin.store.bus.subscribe(hintTopic, (message) => hints.push(message as Hint))
      const strange = world.within('all', 'tenant "\ud800\n')
      const head = await write(strange, opening('one'))
      const [a, b] = [after(head), opening('two')]
      await strange.append([a, b])
      await until(() => hints.some(({ session }) => session === 'two') && hints.some(({ seq }) => seq === 2))
      ok(hints.every(({ tenant }) => tenant === 'tenant "\ud800\n'))
    } finally {
      await given.dispose()
    }
  })
})
