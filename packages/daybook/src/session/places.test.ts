// Places: the whole table by random walks, reopening, trash and restoring, deletion and its tombstone.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type Place, type PlaceEvent, placeEvents, places, placeTable } from '../schema/states.ts'
import type { Session } from './contract.ts'
import { all, eachStore, fails, range, runner, say } from './testing.fixture.ts'

const day = 24 * 3600 * 1000

const acts: Readonly<Record<PlaceEvent, (session: Session) => Promise<unknown>>> = {
  write: (session) => session.append(say('x')),
  archive: (session) => session.archive(),
  trash: (session) => session.trash(),
  restore: (session) => session.restore(),
  delete: (session) => session.delete(),
}

/** How to bring an open session there. */
const ways: Readonly<Record<Place, (session: Session) => Promise<unknown>>> = {
  open: async () => {},
  archived: acts.archive,
  trash: acts.trash,
  deleted: acts.delete,
}

async function placeOf(session: Session): Promise<Place> {
  return session.head().then(
    ({ place }) => place,
    (error) => (error.code === 'gone' ? 'deleted' : Promise.reject(error)),
  )
}

eachStore('every pair of the table of places does what it says', async ({ anna }) => {
  for (const place of places) {
    for (const event of placeEvents) {
      const session = await anna.open()
      await ways[place](session)
      const next = placeTable[place][event]
      if (next === 'gone' || next === 'trashed' || next === 'invalid_state') {
        await fails(() => acts[event](session), next)
        strictEqual(await placeOf(session), place)
      } else {
        await acts[event](session)
        strictEqual(await placeOf(session), next, `${event} of ${place}`)
      }
    }
  }
})

eachStore('random walks through the table never leave it', async (world) => {
  let state = 5
  for (let walk = 0; walk < 20; walk += 1) {
    const session = await world.anna.open()
    let place: Place = 'open'
    for (let step = 0; step < 15; step += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const event = placeEvents[state % 31 === 0 ? 4 : state % 4] as PlaceEvent
      const next: string = placeTable[place][event]
      if ((places as readonly string[]).includes(next)) {
        await acts[event](session)
        place = next as Place
      } else {
        await fails(() => acts[event](session), next as 'gone')
      }
      strictEqual(await placeOf(session), place)
      for (const listed of ['open', 'archived', 'trash'] as const) {
        const { items } = await world.anna.list({ place: listed, tail: session.id })
        strictEqual(items.length, listed === place ? 1 : 0)
      }
    }
  }
})

eachStore('a write to an archived session reopens it in the same append', async ({ anna }) => {
  const session = await anna.open()
  await session.archive()
  const receipt = await session.append([say('a'), say('b')], { expect: 2 })
  deepStrictEqual([receipt.first, receipt.last], [3, 5])
  deepStrictEqual(
    receipt.entries.map(({ kind }) => kind),
    ['session.reopened', 'message', 'message'],
  )
  await session.archive()
  await Promise.all(range(5).map((number) => session.append(say(`${number}`))))
  const kinds = (await session.read()).map(({ kind }) => kind)
  strictEqual(kinds.filter((kind) => kind === 'session.reopened').length, 2)
  await session.archive()
  await session.erase([4])
  strictEqual((await session.head()).place, 'open')
  await session.archive()
  await session.rewind(3)
  strictEqual((await session.head()).place, 'open')
})

eachStore('archiving, the trash and deletion wait for open work', async (world) => {
  const session = await world.runner.open()
  const run = 'run_1'
  await session.append([
    { kind: 'run.queued', run, data: { run_id: run } },
    { kind: 'run.started', run, data: { run_id: run } },
  ])
  for (const act of [() => session.archive(), () => session.trash(), () => session.delete(), () => session.rewind(1)]) {
    await fails(act, 'busy')
  }
  const lease = await world.whole.acquire(session.id, 'worker', 60_000)
  await session.append({ kind: 'run.finished', run, data: { run_id: run, status: 'done' } })
  await fails(() => session.delete(), 'busy')
  if (lease) await world.whole.release(lease)
  strictEqual(await session.delete(), true)
})

eachStore('the trash remembers since when and from where, and gives back', async (world) => {
  const session = await world.anna.open({ name: 'kept' })
  await session.archive()
  world.clock.advance(10)
  await session.trash()
  let head = await session.head()
  deepStrictEqual(
    [head.place, head.trashedAt, head.trashedFrom, head.due],
    ['trash', world.clock.now(), 'archived', world.clock.now() + 30 * day],
  )
  for (const write of [
    () => session.append(say('x')),
    () => session.update({ name: 'x' }),
    () => session.erase([1]),
    () => session.rewind(1),
    () => session.share([]),
    () => session.handoff('coder'),
    () => session.summarise('x'),
    () => session.addRun({}),
  ]) {
    await fails(write, 'trashed')
  }
  await session.restore()
  head = await session.head()
  deepStrictEqual(
    [head.place, head.trashedAt, head.trashedFrom, head.due, head.name],
    ['open', null, null, null, 'kept'],
  )
})

eachStore(
  'a deleted session leaves its last entry in the feed, nothing else, and its id for 30 days',
  async (world) => {
    const session = await world.anna.open({ id: 'a', name: 'secret', refs: [{ type: 'run', value: '1' }] })
    await session.append(say('secret words'))
    const tip = await world.anna.tip()
    strictEqual(await session.delete(), true)
    const feed = (await world.anna.feed(null)).items
    deepStrictEqual(
      feed.map(({ entry }) => [entry.seq, entry.kind]),
      [[3, 'session.deleted']],
    )
    deepStrictEqual((await world.anna.feed(tip)).items.length, 1)
    ok(!JSON.stringify(feed).includes('secret'))
    for (const read of [
      () => session.head(),
      () => session.cell(),
      () => session.read(),
      () => all(session.stream()),
      () => session.view('history'),
      () => session.fork(),
      () => session.forks(),
      () => session.mark(),
      () => session.setMark({ version: 0 }),
      () => session.summary(),
      () => session.lastRun(),
      () => session.summarise(),
      () => session.append(say('x')),
      () => session.restore(),
      () => session.delete(),
      () => world.anna.get('a'),
    ]) {
      await fails(read, 'gone')
    }
    strictEqual(await world.anna.locate({ type: 'run', value: '1' }), null)
    strictEqual(await world.anna.session('never').delete(), false)
    world.clock.advance(29 * day)
    await world.sessions.keep()
    await fails(() => world.anna.open({ id: 'a' }), 'gone')
    world.clock.advance(day)
    await world.sessions.keep()
    await fails(() => world.anna.get('a'), 'not_found')
    strictEqual((await world.anna.feed(null)).items.length, 0)
    strictEqual((await (await world.anna.open({ id: 'a' })).head()).seq, 1)
  },
)

eachStore('a stream or history that loses its session midway is cut with gone', async (world) => {
  const fill = async () => {
    const session = await world.anna.open()
    for (const part of range(5)) await session.append(range(500).map((number) => say(`${part}.${number}`)))
    return session
  }
  const cut = async (items: AsyncIterable<unknown>, session: Session) => {
    let count = 0
    await fails(async () => {
      for await (const _ of items) {
        count += 1
        if (count === 100) await session.delete()
      }
    }, 'gone')
    ok(count >= 100 && count < 2500)
  }
  for (const options of [
    {},
    { kinds: ['message'] as const },
    { limit: 2400 },
    { order: 'desc' as const },
    { after: 10 },
  ]) {
    const session = await fill()
    await cut(session.stream(options), session)
  }
  const session = await fill()
  await cut((await session.view('history')).messages, session)
  const paged = await fill()
  const { messages } = await paged.view('history', { limit: 10 })
  await paged.delete()
  await fails(() => all(messages), 'gone')
})

eachStore('a history whose session only moves to another place is whole', async ({ anna }) => {
  const session = await anna.open()
  await session.append([say('a'), say('b'), say('c')])
  await session.archive()
  for (const options of [{ until: 3 }, { until: 4, before: 3 }, { before: 3 }, { limit: 1, before: 3 }]) {
    ok((await all((await session.view('history', options)).messages)).length > 0)
  }
  const { messages } = await session.view('history', { before: 4 })
  await session.trash()
  strictEqual((await all(messages)).length, 2)
})

eachStore('an administrator of the tenant deletes what is somebody else’s', async (world) => {
  const { id } = await world.anna.open()
  strictEqual(await world.in('all', runner).session(id).delete(), true)
  await fails(() => world.anna.get(id), 'gone')
})
