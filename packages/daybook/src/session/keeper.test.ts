// The keeper: archives what is idle, ends the trash after 30 days, deletes only what a written rule names.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Session } from './contract.ts'
import { eachStore, fails, range, runner, say, tenant, type World } from './testing.fixture.ts'

const hour = 3600 * 1000
const day = 24 * hour

/** Sessions that clean-up has to spare, each for another reason. */
async function spared(world: World): Promise<Session[]> {
  const of = (name: string) => world.runner.open({ id: name })
  const running = await of('running')
  await running.append({ kind: 'run.queued', data: { run_id: 'r1' } })
  const asking = await of('asking')
  await asking.append({ kind: 'question.asked', data: { run_id: 'r2', question_id: 'q', summary: 'which' } })
  const pinned = await of('pinned')
  await pinned.setMark({ version: 0, pinned: 1 })
  return [running, asking, pinned]
}

async function places(...sessions: Session[]): Promise<string[]> {
  return Promise.all(sessions.map(async (session) => (await session.head()).place))
}

eachStore('a draft of a mark is masked before it is stored, and the answer says what is stored', async ({ anna }) => {
  const session = await anna.open()
  const stored = await session.setMark({ version: 0, draft: 'password=A1b2C3d4e5 is mine' })
  strictEqual(stored.draft, 'password=[redacted:password] is mine')
  deepStrictEqual(await session.mark(), stored)
  // A repeat is not refused because it was masked.
  deepStrictEqual(await session.setMark({ version: 0, draft: 'password=A1b2C3d4e5 is mine' }), stored)
})

eachStore(
  'idle sessions are archived by the keeper and on demand, and counted; busy and pinned ones are spared [S2.7]',
  async (world) => {
    const kept = await spared(world)
    const idle = await Promise.all(range(5).map((number) => world.anna.open({ id: `idle${number}` })))
    world.clock.advance(25 * hour)
    const fresh = await world.anna.open({ id: 'fresh' })
    await idle[0]?.append(say('awake'))
    deepStrictEqual(await world.sessions.keep(), { archived: 4, deleted: 0 })
    deepStrictEqual(await places(...kept, fresh, ...idle), [
      ...range(6)
        .slice(0, 5)
        .map(() => 'open'),
      ...range(4).map(() => 'archived'),
    ])
    strictEqual((await world.anna.list()).total, 5)
    await idle[1]?.append(say('back'))
    strictEqual((await idle[1]?.head())?.place, 'open')
    world.clock.advance(hour)
    strictEqual(await world.anna.cleanup(hour), 0)
    world.clock.advance(1)
    strictEqual(await world.anna.cleanup(hour), 3)
    strictEqual(await world.anna.cleanup(0), 0)
    deepStrictEqual(await places(...kept), ['open', 'open', 'open'])
  },
  { idle: { afterMs: day, tenants: [tenant] } },
)

eachStore('clean-up by a reader touches only what is hers', async (world) => {
  const session = await world.anna.open()
  await session.share(['user:bob'])
  const own = await world.bob.open()
  world.clock.advance(day)
  strictEqual(await world.bob.cleanup(hour), 1)
  deepStrictEqual(await places(session, own), ['open', 'archived'])
})

eachStore('without a policy nothing idle is touched, and the trash ends after 30 days', async (world) => {
  const old = await world.anna.open()
  const [trashed, later, pinned, bound] = await Promise.all([
    world.anna.open({ id: 'trashed' }),
    world.anna.open({ id: 'later' }),
    world.anna.open({ id: 'pinned' }),
    world.anna.open({ id: 'bound', refs: [{ type: 'branch', value: 'main' }] }),
  ])
  await pinned.setMark({ version: 0, pinned: 1 })
  for (const session of [trashed, pinned, bound]) await session.trash()
  world.clock.advance(day)
  await later.trash()
  world.clock.advance(29 * day - 1)
  deepStrictEqual(await world.sessions.keep(), { archived: 0, deleted: 0 })
  world.clock.advance(1)
  deepStrictEqual(await world.sessions.keep(), { archived: 0, deleted: 1 })
  await fails(() => trashed.head(), 'gone')
  deepStrictEqual(await places(old, later, pinned, bound), ['open', 'trash', 'trash', 'trash'])
  world.clock.advance(day)
  deepStrictEqual(await world.sessions.keep(), { archived: 0, deleted: 1 })
  await pinned.restore()
  strictEqual((await pinned.head()).place, 'open')
})

eachStore('what is in the trash goes although more than a page of sessions work or are kept', async (world) => {
  const trashed = await world.anna.open()
  await Promise.all(
    range(1100).map(async (number) => {
      const session = await world.runner.open({ id: `busy${number}` })
      await session.append({ kind: 'run.queued', data: { run_id: `r${number}` } })
    }),
  )
  await trashed.trash()
  world.clock.advance(30 * day)
  deepStrictEqual(await world.sessions.keep(), { archived: 0, deleted: 1 })
})

eachStore(
  'pruning deletes what the rule names, first only lists it, and spares runs, waits, bindings and pins',
  async (world) => {
    const kept = await spared(world)
    const names = range(5).map((number) => `old${number}`)
    for (const [index, id] of names.entries()) {
      const session = await world.anna.open({ id, agent: index % 2 ? 'odd' : 'even' })
      await session.archive()
    }
    const bound = await world.anna.open({
      refs: [
        { type: 'channel.telegram', value: '1' },
        { type: 'branch', value: 'b' },
      ],
    })
    await bound.archive()
    await kept[2]?.archive()
    const shared = await world.bob.open({ id: 'shared' })
    await shared.share(['user:anna'])
    await shared.archive()
    world.clock.advance(day)
    await world.anna.open({ id: 'new' }).then((session) => session.archive())
    const rule = { olderThanMs: hour, where: { agent: 'even' } }
    deepStrictEqual(await world.anna.prune({ ...rule, dryRun: true }), ['old1', 'old3', 'old5'])
    deepStrictEqual(await world.anna.prune(rule), ['old1', 'old3', 'old5'])
    deepStrictEqual(await world.anna.prune({ olderThanMs: hour, dryRun: true }), ['old2', 'old4'])
    deepStrictEqual(await world.anna.prune({ olderThanMs: hour }), ['old2', 'old4'])
    deepStrictEqual(await world.anna.prune({ olderThanMs: hour }), [])
    await world.anna.session('new').trash()
    world.clock.advance(day)
    deepStrictEqual(await world.anna.prune({ place: 'trash', olderThanMs: hour }), ['new'])
    strictEqual((await shared.head()).place, 'archived')
  },
)

eachStore('ages that are no numbers delete and archive nothing', async (world) => {
  const session = await world.anna.open()
  await session.archive()
  await world.anna.open()
  world.clock.advance(day)
  for (const age of [Number.NaN, -1, Number.POSITIVE_INFINITY, undefined as never, '1' as never]) {
    strictEqual((await fails(() => world.anna.prune({ olderThanMs: age }), 'invalid')).field, 'olderThanMs')
    strictEqual((await fails(() => world.anna.cleanup(age), 'invalid')).field, 'maxAgeMs')
  }
  await fails(() => world.anna.prune({ olderThanMs: 0, place: 'open' as never }), 'invalid')
  strictEqual((await session.head()).place, 'archived')
  strictEqual((await world.in('all', runner).list()).total, 1)
})
