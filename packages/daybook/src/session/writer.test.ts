// The writer: order, refusals behind what is not durable yet, failing commits, races of engines, closing.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { DaybookError } from '../schema/errors.ts'
import { eachStore, fails, gate, range, runner, say, tenant, until, World } from './testing.fixture.ts'

eachStore('appends of one caller stand in the order in which they were called', async ({ anna }) => {
  const session = await anna.open()
  const receipts = await Promise.all(range(200).map((number) => session.append(say(`${number}`))))
  deepStrictEqual(
    receipts.map(({ first }) => first),
    range(200).map((number) => number + 1),
  )
  const entries = await session.read({ after: 1 })
  deepStrictEqual(
    entries.map(({ data }) => (data as { content: string }).content),
    range(200).map(String),
  )
})

eachStore('with an expected seq exactly one of 64 clients wins each number [B2, S2.10]', async (world) => {
  const session = await world.anna.open()
  for (let seq = 1; seq <= 8; seq += 1) {
    const results = await Promise.allSettled(
      range(64).map((client) => world.anna.session(session.id).append(say(`${client}`), { expect: seq })),
    )
    const won = results.filter(({ status }) => status === 'fulfilled')
    strictEqual(won.length, 1, `seq ${seq}`)
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      ok(result.reason instanceof DaybookError)
      strictEqual(result.reason.code, 'conflict')
      strictEqual(result.reason.seq, seq + 1)
    }
  }
  strictEqual((await session.head()).seq, 9)
})

eachStore('a refusal with nothing before and nothing behind it is told, with a key and without', async ({ anna }) => {
  const session = await anna.open()
  await session.append(say('first'))
  await fails(() => session.append(say('other'), { expect: 1 }), 'conflict')
  await session.append(say('second'))
  await fails(() => session.append(say('other'), { expect: 1, key: 'k' }), 'conflict')
})

eachStore(
  'without an expected seq all of 64 clients succeed, each with numbers of its own [B2, S2.10]',
  async (world) => {
    const session = await world.anna.open()
    const receipts = await Promise.all(
      range(64).flatMap((client) =>
        range(8).map((turn) => world.anna.session(session.id).append(say(`${client}.${turn}`))),
      ),
    )
    const seqs = receipts.map(({ first }) => first).sort((a, b) => a - b)
    deepStrictEqual(
      seqs,
      range(512).map((number) => number + 1),
    )
    strictEqual((await session.head()).messages, 512)
  },
)

eachStore('two engines racing on one session lose nothing and double nothing [S2.10]', async (world) => {
  const twin = await world.twin()
  const { id } = await world.anna.open()
  const engines = [world.anna, twin.within(world.anna.scope)]
  const receipts = await Promise.all(
    range(64).flatMap((turn) => engines.map((sessions, index) => sessions.session(id).append(say(`${index}.${turn}`)))),
  )
  strictEqual(new Set(receipts.map(({ first }) => first)).size, 128)
  const texts = (await world.anna.session(id).read({ after: 1 })).map(
    ({ data }) => (data as { content: string }).content,
  )
  strictEqual(texts.length, 128)
  for (const index of [0, 1]) {
    deepStrictEqual(
      texts.filter((text) => text.startsWith(`${index}.`)),
      range(64).map((turn) => `${index}.${turn}`),
    )
  }
  strictEqual((await world.anna.session(id).head()).messages, 128)
  await twin.close()
  if (world.name === 'sqlite') await twin.store.close()
})

eachStore('with an expected seq exactly one of two engines wins each number [B2]', async (world) => {
  const twin = await world.twin()
  const { id } = await world.anna.open()
  const engines = [world.anna, twin.within(world.anna.scope)]
  for (let seq = 1; seq <= 64; seq += 1) {
    const results = await Promise.allSettled(
      engines.map((sessions, index) => sessions.session(id).append(say(`${index}`), { expect: seq })),
    )
    strictEqual(results.filter(({ status }) => status === 'fulfilled').length, 1, `seq ${seq}`)
  }
  await twin.close()
  if (world.name === 'sqlite') await twin.store.close()
})

eachStore('a failed commit rejects its own append and leaves the ones behind it alone', async (world) => {
  const session = await world.anna.open()
  const broken = new Error('the disk is gone')
  let left = 1
  world.plan.append = (next) => (left-- > 0 ? Promise.reject(broken) : next())
  const first = session.append(say('lost'))
  const behind = range(5).map((number) => session.append(say(`${number}`)))
  const refused = session.append(say('late'), { expect: 1 })
  const results = await Promise.allSettled([first, ...behind, refused])
  deepStrictEqual(results[0], { status: 'rejected', reason: broken })
  deepStrictEqual(
    results.slice(1, 6).map((result) => result.status === 'fulfilled' && result.value.first),
    [2, 3, 4, 5, 6],
  )
  strictEqual(results[6]?.status, 'rejected')
  strictEqual((await session.head()).messages, 5)
  deepStrictEqual(world.errors, [])
})

eachStore('a refusal decided on a fold that fails is decided again', async (world) => {
  const session = await world.anna.open()
  let left = 1
  world.plan.append = (next) => (left-- > 0 ? Promise.reject(new Error('no')) : next())
  const lost = session.append(say('lost'))
  // On the fold behind the lost append this would be a conflict; on the true one it fits.
  const fits = session.append(say('fits'), { expect: 1 })
  await lost.catch(() => {})
  strictEqual((await fits).first, 2)
})

eachStore('a refusal is told only after the commit that it rests on', async (world) => {
  const session = await world.anna.open()
  const commit = gate()
  world.plan.append = async (next) => {
    await commit.promise
    return next()
  }
  const told: string[] = []
  const first = session.append(say('a')).then(() => told.push('written'))
  const second = session.append(say('b'), { expect: 1 }).catch(() => told.push('refused'))
  await new Promise((resolve) => setImmediate(resolve))
  deepStrictEqual(told, [])
  commit.resolve()
  await Promise.all([first, second])
  deepStrictEqual(told, ['written', 'refused'])
})

eachStore('many refusals of the store in front do not count as lost races of those behind', async (world) => {
  const session = await world.anna.open()
  const blob = 'A'.repeat(43)
  const missing = () =>
    session.append({ kind: 'message', data: { role: 'user', content: '', parts: [{ type: 'file', blob }] } })
  const bad = range(250).map(missing)
  const good = session.append(say('good'))
  const results = await Promise.allSettled(bad)
  ok(results.every((result) => result.status === 'rejected' && result.reason.code === 'blob_missing'))
  strictEqual((await good).first, 2)
})

eachStore('a fork of a base that goes meanwhile is refused with the reason', async (world) => {
  const base = await world.anna.open()
  world.plan.append = async (next, batch) => {
    if (batch[0]?.base) {
      world.plan.append = undefined as never
      await base.delete()
    }
    return next()
  }
  await fails(() => base.fork(), 'gone')
})

test('a look-up of keys that fails answers everybody who waits for it, and the next write goes on', async () => {
  await using world = await World.open('memory')
  const session = await world.anna.open()
  // Keys are looked up ahead once a repeat was met.
  for (const _ of range(2)) await session.append(say('twice'), { key: 'r' })
  await session.append(say('plain'))
  const commit = gate()
  world.plan.append = async (next) => {
    await commit.promise
    return next()
  }
  const underWay = session.append(say('under way'))
  world.plan.receipts = () => Promise.reject(new DaybookError('store_busy', 'no'))
  await fails(() => session.append(say('keyed'), { key: 'k' }), 'store_busy')
  delete world.plan.receipts
  const late = session.append(say('late'), { expect: 4 })
  await new Promise((resolve) => setImmediate(resolve))
  commit.resolve()
  strictEqual((await underWay).first, 4)
  strictEqual((await late).first, 5)
})

test('a store that throws instead of rejecting is answered like one that rejects', async () => {
  await using world = await World.open('memory')
  const session = await world.anna.open()
  const broken = new Error('thrown')
  world.plan.append = () => {
    throw broken
  }
  const results = await Promise.allSettled([session.append(say('a')), session.append(say('b'), { key: 'k' })])
  deepStrictEqual(
    results.map((result) => result.status === 'rejected' && result.reason),
    [broken, broken],
  )
  delete world.plan.append
  strictEqual((await session.append(say('c'))).first, 2)
})

eachStore('closing while busy waits for what was accepted and refuses what comes later', async (world) => {
  const session = await world.anna.open()
  const accepted = range(100).map((number) => session.append(say(`${number}`), number % 3 ? {} : { key: `${number}` }))
  const closing = [world.sessions.close(), world.sessions.close()]
  await fails(() => session.append(say('late')), 'shutting_down')
  await fails(() => session.delete(), 'shutting_down')
  await Promise.all(closing)
  strictEqual((await Promise.all(accepted)).length, 100)
  await world.sessions.close()
  strictEqual((await world.whole.head(session.id))?.messages, 100)
})

eachStore('closing waits for the snapshots that are under way', async (world) => {
  const session = await world.anna.open()
  const stored = gate()
  let put = false
  world.plan.put = async (next) => {
    await stored.promise
    await next()
    put = true
  }
  for (const part of range(3)) await session.append(range(400).map((number) => say(`${part}.${number}`)))
  const closing = world.sessions.close()
  stored.resolve()
  await closing
  ok(put)
})

test('sessions beyond the live ones are forgotten and come back as they were', async () => {
  await using world = await World.open('memory')
  const ids = range(5000).map((number) => `s${number}`)
  for (const id of ids) await world.anna.open({ id })
  const receipts = await Promise.all(ids.map((id) => world.anna.session(id).append(say(id))))
  ok(receipts.every(({ first }) => first === 2))
  strictEqual((await world.anna.session('s1').append(say('again'))).first, 3)
})

eachStore('a session that another engine deletes and opens is seen as what it is now', async (world) => {
  const twin = await world.twin()
  const there = twin.within(world.anna.scope)
  const here = await world.anna.open({ id: 'a' })
  await here.append(say('one'))
  await there.session('a').delete()
  await fails(() => here.append(say('two')), 'gone')
  await fails(() => here.append(say('two'), { expect: 2 }), 'gone')
  await fails(() => world.anna.open({ id: 'a' }), 'gone')
  world.clock.advance(31 * 24 * 3600 * 1000)
  await world.sessions.keep()
  await there.open({ id: 'a', name: 'new' })
  strictEqual((await here.append(say('first of the new'))).first, 2)
  strictEqual((await here.head()).name, 'new')
  await twin.close()
  if (world.name === 'sqlite') await twin.store.close()
})

eachStore('a fenced writer is told so, and nobody behind it', async (world) => {
  const session = await world.runner.open()
  const lease = await world.whole.acquire(session.id, 'one', 60_000)
  ok(lease)
  const old = session.append(say('old'), { fence: lease.fence + 1 })
  const fresh = session.append(say('fresh'), { fence: lease.fence })
  const plain = world.in(['user:anna'], runner).session(session.id).append(say('plain'))
  await fails(() => old, 'fenced')
  deepStrictEqual([(await fresh).first, (await plain).first], [2, 3])
})

eachStore('deleting and erasing get through while others write without a pause', async (world) => {
  const session = await world.anna.open()
  await session.append(say('secret'))
  let writing = true
  const gone: unknown[] = []
  const writers = range(8).map(async () => {
    while (writing) {
      await session.append(say('x')).catch((error) => {
        gone.push(error)
        writing = false
      })
    }
  })
  const receipt = await session.erase([2])
  strictEqual((await session.read({ after: 1, until: 2 }))[0]?.data, null)
  ok(receipt.first > 2)
  strictEqual(await session.delete(), true)
  await until(() => !writing)
  await Promise.all(writers)
  ok(gone.every((error) => error instanceof DaybookError && error.code === 'gone'))
})

eachStore('a scope with more subjects than allowed is refused at once', async ({ sessions }) => {
  await fails(() => sessions.within({ tenant, subjects: range(17).map(String) }), 'invalid')
})
