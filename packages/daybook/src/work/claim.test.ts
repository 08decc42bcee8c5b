// Runs that begin with the append that asks for them: how many appends there are, and what becomes of them when it goes wrong.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { gate, until } from '../session/testing.fixture.ts'
import type { Append } from '../store/store.ts'
import { eachWork, skill, type WorkWorld } from './testing.fixture.ts'

/** Every append that reaches the store from now on. */
function appends({ plan }: WorkWorld): Append[] {
  const seen: Append[] = []
  plan.append = (next, batch) => {
    seen.push(...batch)
    return next()
  }
  return seen
}

const kindsOf = (appended: readonly Append[]) => appended.map(({ entries }) => entries.map(({ kind }) => kind))
const echo = skill('echo', (input) => input, { input: { type: 'string' } })

eachWork(
  'a run that stands before no other is two appends: one takes the lease and begins it, one ends it and gives the lease back',
  () => [echo],
  async (world) => {
    await world.world.anna.open({ id: 'ses_a' })
    const seen = appends(world)
    let acquired = 0
    world.plan.acquire = (next) => {
      acquired += 1
      return next()
    }
    for (const text of ['one', 'two']) {
      const { run } = await world.anna.start('ses_a', { input: text, skill: 'echo' })
      strictEqual((await world.anna.settled(run)).output, text)
      // Whoever follows the log may hear of an end before the engine does.
      await until(() => world.work.load.held === 0)
    }
    const begin = ['run.queued', 'message', 'run.started', 'step.started']
    const end = ['step.finished', 'message', 'run.finished']
    deepStrictEqual(kindsOf(seen), [begin, end, begin, end])
    deepStrictEqual(
      seen.map(({ acquire, release }) => [acquire !== undefined, release === true]),
      [
        [true, false],
        [false, true],
        [true, false],
        [false, true],
      ],
    )
    strictEqual(acquired, 0, 'nobody looks for what is performed already')
    const whole = world.world.whole
    ok(await whole.acquire('ses_a', 'somebody else', 1000), 'nobody has the lease')
    const actors = (await world.world.anna.session('ses_a').stored()).map(({ kind, actor }) => [kind, actor])
    const own = await world.world.anna.session('ses_a').head()
    deepStrictEqual(actors.slice(1, 6), [
      ['run.queued', 'user:anna'],
      ['message', 'user:anna'],
      ['run.started', `agent:${own.currentAgent}`],
      ['step.started', `agent:${own.currentAgent}`],
      ['step.finished', `agent:${own.currentAgent}`],
    ])
  },
)

let holds = gate()
eachWork(
  'what comes while a run is under way stands behind it, and begins when the lease is given on',
  () => [echo, skill('hold', () => holds.promise.then(() => 'held'))],
  async (world) => {
    holds = gate()
    await world.world.anna.open({ id: 'ses_a' })
    const held = await world.anna.start('ses_a', { skill: 'hold' })
    const behind = await world.anna.start('ses_a', { input: 'next', skill: 'echo' })
    deepStrictEqual([held.position, behind.position], [0, 1])
    holds.resolve()
    strictEqual((await world.anna.settled(behind.run)).output, 'next')
    strictEqual((await world.anna.settled(held.run)).output, 'held')
  },
)

eachWork(
  'where another process has the lease, the run is asked for alone and waits until it is free',
  () => [echo],
  async (world) => {
    await world.world.anna.open({ id: 'ses_a' })
    const lease = await world.world.whole.acquire('ses_a', 'another process', 60_000)
    ok(lease)
    const { run } = await world.anna.start('ses_a', { input: 'x', skill: 'echo' }, { key: 'k' })
    deepStrictEqual(
      (await world.world.anna.session('ses_a').read()).map(({ kind }) => kind),
      ['session.opened', 'run.queued'],
    )
    await world.world.whole.release(lease)
    strictEqual((await world.settle(run)).output, 'x')
    const again = await world.anna.start('ses_a', { input: 'x', skill: 'echo' }, { key: 'k' })
    deepStrictEqual([again.run, again.replayed], [run, true])
  },
)

const calls: number[] = []
eachWork(
  'an engine that closes while its append is under way performs the step that it has begun',
  () => [skill('count', () => calls.push(1))],
  async (world) => {
    calls.length = 0
    await world.world.anna.open({ id: 'ses_a' })
    const written = gate()
    const goesOn = gate()
    world.plan.append = async (next) => {
      const outcomes = await next()
      written.resolve()
      await goesOn.promise
      return outcomes
    }
    const started = world.anna.start('ses_a', { skill: 'count' })
    await written.promise
    const closed = world.work.close()
    goesOn.resolve()
    const { run } = await started
    await closed
    strictEqual(calls.length, 1)
    const engine = world.engine()
    await engine.tick()
    const state = await engine.within(world.world.anna.scope).settled(run)
    deepStrictEqual([state.status, state.steps.map(({ status }) => status)], ['done', ['done']])
    strictEqual(calls.length, 1)
  },
)

eachWork(
  'a process that dies before the effect leaves a step of unknown outcome, or does it again where that is harmless',
  () => [skill('once', () => calls.push(1)), skill('often', () => calls.push(1), { idempotent: true })],
  async (world) => {
    calls.length = 0
    for (const id of ['ses_a', 'ses_b']) await world.world.anna.open({ id })
    // The append is durable, but its process never hears of it.
    world.plan.append = async (next) => {
      await next()
      return new Promise(() => {})
    }
    const started = [
      world.anna.start('ses_a', { skill: 'once' }, { key: 'k' }),
      world.anna.start('ses_b', { skill: 'often' }, { key: 'k' }),
    ]
    for (const one of started) one.catch(() => undefined)
    for (const id of ['ses_a', 'ses_b']) {
      while ((await world.world.whole.head(id))?.openRuns.length === 0) await new Promise(setImmediate)
    }
    delete world.plan.append
    await world.crash()
    const once = await world.anna.start('ses_a', { skill: 'once' }, { key: 'k' })
    const often = await world.anna.start('ses_b', { skill: 'often' }, { key: 'k' })
    deepStrictEqual([once.replayed, often.replayed], [true, true])
    const lost = await world.settle(once.run)
    deepStrictEqual([lost.status, lost.reason], ['failed', 'outcome_unknown'])
    strictEqual((await world.settle(often.run)).status, 'done')
    strictEqual(calls.length, 1)
  },
)
