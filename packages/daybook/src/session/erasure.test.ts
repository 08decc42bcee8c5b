// Erasing: the data is gone from log, head, cell, snapshots and forks; numbers and the chain stay.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { brokenLink, genesis } from './chain.ts'
import type { Session } from './contract.ts'
import { foldAt, goingOn } from './refold.ts'
import { all, eachStore, fails, gate, range, runner, say, tenant, until, type World } from './testing.fixture.ts'

const secret = 'the secret words'
const told = {
  kind: 'message',
  data: { role: 'user', content: secret, usage: { total_tokens: 10 }, cost: 0.5 },
} as const

/** Nothing that can be read of these sessions says the secret, and folding again agrees. */
async function forgotten(world: World, ...sessions: Session[]): Promise<void> {
  for (const session of sessions) {
    const head = await world.whole.head(session.id)
    const cell = await world.whole.cell(session.id)
    const snapshots = []
    for (const seq of range(head?.seq ?? 0)) snapshots.push(await world.whole.snapshots.latest(session.id, seq, 1))
    const views = [await session.view('notes'), await session.view('runs'), await session.summary()]
    ok(!JSON.stringify([head, cell, await session.stored(), views, snapshots]).includes(secret))
    for (const fromStart of [true, false]) {
      const folded = await foldAt(world.whole, session.id, head?.seq ?? 0, { fromStart })
      deepStrictEqual(head && goingOn(folded, head), { head, cell })
    }
  }
}

eachStore('the head, the cell and the views forget, the usage stays', async (world) => {
  const session = await world.runner.open()
  await session.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { [secret]: 1 } } }])
  await session.note(secret)
  await session.append({ kind: 'summary', data: { covers_seq: 1, text: secret, usage: { total_tokens: 3 } } })
  await session.append([say('kept'), { kind: 'state.changed', data: { scope: 'session', patch: { kept: 2 } } }])
  const receipt = await session.erase([2, 3, 4, 5])
  deepStrictEqual([receipt.first, receipt.last], [8, 8])
  const head = await session.head()
  deepStrictEqual([head.messages, head.tokens, head.cost, head.title, head.summary], [1, 13, 0.5, 'kept', null])
  deepStrictEqual(await session.cell(), { state: { kept: 2 }, metadata: {}, agentData: {} })
  await forgotten(world, session)
  await session.erase([2, 6])
  strictEqual((await session.head()).tokens, 13)
  await forgotten(world, session)
  await world.crash()
  strictEqual((await world.runner.session(session.id).append(say('on'))).first, 10)
})

eachStore('the chain still verifies and the feed tells of the erasure', async ({ anna }) => {
  const session = await anna.open()
  await session.append([told, say('b')])
  const tip = await anna.tip()
  await session.erase([2])
  let prev = genesis(session.id)
  for (const [index, entry] of (await session.stored()).entries()) {
    strictEqual(brokenLink(prev, session.id, index + 1, entry), null)
    prev = entry.hash
  }
  deepStrictEqual(
    (await anna.feed(tip)).items.map(({ entry }) => entry.kind),
    ['entry.erased'],
  )
  ok(!JSON.stringify(await all(anna.followFeed(null, AbortSignal.timeout(50)))).includes(secret))
})

eachStore('only own entries of what people say are erased', async ({ anna }) => {
  const base = await anna.open()
  await base.append([told, say('b')])
  await base.handoff('coder')
  const fork = await base.fork()
  await fork.append(say('own'))
  for (const seqs of [[1], [4], [99], [0], [1.5], [], [2, 4], range(513)]) {
    const error = await fails(() => base.erase(seqs), 'invalid')
    ok(error.field === 'seqs' || error.field?.startsWith('data.seqs'))
  }
  await fails(() => fork.erase([2]), 'invalid')
  await fails(() => anna.session('unknown').erase([2]), 'not_found')
  await fork.erase([6])
  strictEqual((await fork.head()).messages, 2)
  strictEqual((await base.head()).messages, 2)
})

eachStore('forks, their forks and their live heads forget too', async (world) => {
  const base = await world.anna.open()
  await base.append([say('a'), told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  const before = await base.fork({ at: 2 })
  const fork = await base.fork()
  await fork.append(say('fork'))
  const deep = await fork.fork()
  await deep.append(say('deep'))
  const early = await deep.fork({ at: 3 })
  await base.erase([3, 4])
  await forgotten(world, base, before, fork, deep, early)
  for (const session of [fork, deep, early]) await session.append(say('on'))
  await forgotten(world, base, before, fork, deep, early)
  strictEqual((await deep.head()).tokens, 10)
  deepStrictEqual((await early.cell()).state, {})
})

eachStore('forks of a deleted fork forget too, live or not', async (world) => {
  const base = await world.anna.open()
  await base.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  const between = await base.fork()
  const live = await between.fork({ id: 'live' })
  await live.append(say('a'))
  await between.delete()
  await base.erase([2, 3])
  await live.append(say('b'))
  await forgotten(world, base, live)

  const other = await world.anna.open()
  await other.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  const gone = await other.fork()
  const asleep = await gone.fork({ id: 'asleep' })
  await gone.delete()
  await world.crash()
  await world.anna.session(other.id).erase([2, 3])
  const found = world.anna.session(asleep.id)
  await forgotten(world, found)
  deepStrictEqual([(await found.head()).title, (await found.head()).messages], [null, 0])
  ok(!JSON.stringify((await world.anna.list()).items).includes(secret))
  await found.append(say('awake'))
  await forgotten(world, found)
})

eachStore('a fork that was not folded again, because that failed, forgets with its next write', async (world) => {
  const base = await world.anna.open()
  await base.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret, kept: 1 } } }])
  await base.append({ kind: 'state.changed', data: { scope: 'session', patch: { own: 2 } } })
  const fork = await base.fork()
  world.plan.refold = () => Promise.reject(new Error('killed'))
  await base.erase([2, 3])
  delete world.plan.refold
  strictEqual(world.errors.length, 1)
  ok(JSON.stringify(await world.whole.cell(fork.id)).includes(secret), 'else this test proves nothing')
  await fork.append(say('on'))
  await forgotten(world, base, fork)
  deepStrictEqual((await fork.cell()).state, { own: 2 })
})

eachStore('a fork that writes while its base is erased in does not bring the text back', async (world) => {
  const base = await world.anna.open()
  await base.append({ kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } })
  await base.append(told)
  const fork = await base.fork()
  const deep = await fork.fork()
  let writing = true
  const writers = [fork, deep].map(async (session) => {
    while (writing) await session.append(say('x'))
  })
  await base.erase([2, 3])
  writing = false
  await Promise.all(writers)
  await forgotten(world, base, fork, deep)
  await fork.append(say('y'))
  await forgotten(world, fork)
})

eachStore('a fork that is made while its base is erased in does not keep the text', async (world) => {
  const base = await world.anna.open()
  await base.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  const opened = gate()
  const erased = gate()
  world.plan.append = async (next, [append]) => {
    if (append?.base) {
      opened.resolve()
      await erased.promise
    }
    return next()
  }
  const forking = base.fork()
  await opened.promise
  await base.erase([2, 3])
  erased.resolve()
  await forgotten(world, base, await forking)
})

eachStore('erasures through rewinds: neither the branch left nor the one gone back to remembers', async (world) => {
  const session = await world.anna.open()
  await session.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  await session.append([say('left'), told])
  await session.rewind(3)
  await session.erase([2, 3, 5])
  await forgotten(world, session)
  await session.rewind(5)
  await forgotten(world, session)
  deepStrictEqual([(await session.head()).tokens, (await session.head()).messages], [20, 1])
})

eachStore('a rewind that waits behind an erasure goes back to what is left', async (world) => {
  const session = await world.anna.open()
  await session.append([told, { kind: 'state.changed', data: { scope: 'session', patch: { word: secret } } }])
  await session.append(say('more'))
  await Promise.all([session.erase([2, 3]), session.rewind(3), session.erase([4])])
  await forgotten(world, session)
})

eachStore('a snapshot under way when its text is erased does not stay', async (world) => {
  const session = await world.anna.open()
  await session.append(told)
  for (const part of range(2)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
  const held = gate()
  let puts = 0
  world.plan.put = async (next) => {
    puts += 1
    await held.promise
    return next()
  }
  await session.append(range(100).map((number) => say(`${number}`)))
  await until(() => puts === 1)
  const erasing = session.erase([2])
  await erasing
  held.resolve()
  await world.sessions.close()
  for (const seq of [1000, 1002, 1102, 1103]) {
    ok(!JSON.stringify(await world.whole.snapshots.latest(session.id, seq, 1)).includes(secret))
  }
})

eachStore('an expected number and 16 erasures at once', async (world) => {
  const session = await world.anna.open()
  await session.append(range(16).map((number) => ({ ...told, data: { ...told.data, content: `${secret} ${number}` } })))
  await fails(() => session.erase([2], { expect: 3 }), 'conflict')
  strictEqual((await session.erase([2], { expect: 17 })).first, 18)
  await Promise.all(range(15).map((number) => session.erase([number + 2])))
  await forgotten(world, session)
  deepStrictEqual([(await session.head()).tokens, (await session.head()).messages], [160, 0])
  ok(
    (await world.in('all', runner, tenant).session(session.id).read({ after: 1, until: 17 })).every(
      ({ erased }) => erased,
    ),
  )
})

eachStore('a fork that another engine goes on with does not bring back what was erased in its base', async (world) => {
  const twin = await world.twin()
  const base = await world.runner.open()
  await base.append(told)
  const there = await twin.within(world.anna.scope).session(base.id).fork()
  await there.append(say('before'))
  await base.erase([2])
  await there.append(say('after'))
  strictEqual((await there.head()).title, 'before')
  await forgotten(world, base, world.anna.session(there.id))
  await twin.close()
  if (world.name === 'sqlite') await twin.store.close()
})

eachStore('lists and feeds do not show the head of a fork before it is folded again', async (world) => {
  const base = await world.runner.open()
  await base.append(told)
  const fork = await base.fork()
  const held = gate()
  world.plan.refold = async (next) => {
    await held.promise
    return next()
  }
  const erasing = base.erase([2])
  await until(async () => (await world.whole.head(fork.id))?.fold === 0)
  const heads = [...(await world.anna.list()).items]
  heads.push(...(await world.anna.feed(null)).items.flatMap(({ head }) => head ?? []))
  const stop = new AbortController()
  for await (const { entry, head } of world.anna.followFeed(null, stop.signal)) {
    if (head) heads.push(head)
    if (entry.kind === 'entry.erased') stop.abort()
  }
  held.resolve()
  await erasing
  strictEqual(heads.length, 6)
  ok(!JSON.stringify(heads).includes(secret))
})
