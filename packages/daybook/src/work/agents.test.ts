// Agents as performers: child runs under one lease, steering, undo, deadlines, and two engines on one store.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Json } from '../schema/json.ts'
import { fails, gate, until } from '../session/testing.fixture.ts'
import { agentsOf } from './agents.ts'
import type { Agent } from './performer.ts'
import { eachWork, skill, type WorkWorld } from './testing.fixture.ts'

const add = skill('add', (input) => (input as { a: number; b: number }).a + (input as { b: number }).b)

const agent = (name: string, perform: Agent['perform'], more: Partial<Agent> = {}): Agent => ({
  name,
  kind: 'model',
  description: name,
  perform,
  ...more,
})

const withAgents = (...agents: readonly Agent[]) => ({ agents: agentsOf(agents) })

eachWork(
  'a run has runs of its own inside: recorded with their parent, found by their ids, never repeated once done',
  () => [add],
  async (world) => {
    begun = gate()
    dies = true
    const { run, session } = await world.anna.start(null, { agent: 'boss', input: 'sum' })
    await begun.promise
    await world.crash()
    const done = await world.settle(run, 'end')
    deepStrictEqual([done.status, done.output], ['done', [3, 7]])
    const { runs } = await world.world.anna.session(session).view('runs')
    deepStrictEqual(
      runs.map(({ parent, skill: by, status, output, steps }) => [parent, by, status, output, steps.length]),
      [
        [undefined, undefined, 'done', [3, 7], 1],
        [run, 'add', 'done', 3, 1],
        [run, 'add', 'done', 7, 1],
      ],
    )
    const child = runs[1]?.run ?? ''
    strictEqual((await world.anna.get(child)).parent, run)
    deepStrictEqual((await world.world.anna.session(session).head()).openRuns, [])
  },
  withAgents(
    agent('boss', async ({ child, step }) => {
      const first = await child({ skill: 'add', input: { a: 1, b: 2 } })
      await step('pause', () => pausing(), { idempotent: true })
      return [first, await child({ skill: 'add', input: { a: 3, b: 4 } })] as Json
    }),
  ),
)

let begun = gate()
let dies = true
/** The first engine that comes here dies here. */
function pausing(): Promise<null> {
  if (!dies) return Promise.resolve(null)
  dies = false
  begun.resolve()
  return new Promise(() => {})
}

eachWork(
  'a child that waits for a person holds the whole run, and goes on with it',
  () => [skill('ship', () => 'shipped', { risk: 'high' })],
  async (world) => {
    const { run, session } = await world.anna.start(null, { agent: 'boss', input: 'ship' })
    const waiting = await world.settle(run)
    deepStrictEqual([waiting.status, waiting.reason], ['waiting', 'child'])
    const [attention] = (await world.world.anna.session(session).head()).attention
    const child = attention?.run ?? ''
    ok(child !== run)
    const asked = (await world.anna.get(child)).approvals[0]
    await world.crash()
    await world.anna.decide(child, asked?.id ?? '', { decision: 'approved', digest: asked?.digest ?? '' })
    strictEqual((await world.settle(run, 'end')).output, 'shipped')
    const again = await world.anna.start(session, { agent: 'boss', input: 'ship' })
    await world.settle(again.run)
    await world.anna.cancel(again.run)
    const { runs } = await world.world.anna.session(session).view('runs')
    deepStrictEqual(
      runs.slice(-2).map(({ status }) => status),
      ['cancelled', 'cancelled'],
    )
    deepStrictEqual((await world.world.anna.session(session).head()).attention, [])
  },
  withAgents(agent('boss', ({ child }) => child({ skill: 'ship' }))),
)

eachWork(
  'an agent that there is not performs nothing: the run inside is refused, and no other agent takes its place',
  () => [],
  async (world) => {
    const { run, session } = await world.anna.start(null, { agent: 'boss', input: 'ask nobody' })
    const { status, reason, error } = await world.settle(run, 'end')
    deepStrictEqual([status, reason, error?.code], ['failed', 'refused', 'not_found'])
    const { runs } = await world.world.anna.session(session).view('runs')
    deepStrictEqual(
      runs.map((one) => [one.agent, one.status, one.error?.code]),
      [
        ['boss', 'failed', 'not_found'],
        ['nobody', 'failed', 'not_found'],
      ],
    )
    await fails(() => world.anna.start(session, { agent: 'nobody', input: 'x' }), 'not_found')
  },
  withAgents(agent('boss', ({ child }) => child({ agent: 'nobody', input: 'x' }))),
)

eachWork(
  'what is steered into a run reaches it; without one that listens it is queued',
  () => [add],
  async (world) => {
    const first = await world.anna.start(null, { agent: 'listener', input: 'begin' })
    const { session } = first
    await world.world.anna.session(session).handoff('listener')
    await world.settle(first.run)
    const steered = await world.anna.start(session, { input: 'left a bit', onBusy: 'steer' })
    deepStrictEqual([steered.steered, steered.run], [true, first.run])
    const [question] = (await world.anna.get(first.run)).questions
    await world.anna.answer(first.run, question?.id ?? '', 'go')
    deepStrictEqual((await world.settle(first.run, 'end')).output, ['left a bit'])
    const queued = await world.anna.start(session, { input: 'now', agent: 'listener', onBusy: 'steer' })
    strictEqual(queued.steered, false)
    await world.settle(queued.run)
  },
  withAgents(
    agent(
      'listener',
      async ({ ask, steered }) => {
        await ask('go on?')
        return [...steered()]
      },
      { steerable: true },
    ),
  ),
)

const shelf: string[] = []

eachWork(
  'an undo takes back what a skill did, once, as a run of its own',
  () => [
    skill('put', (input) => void shelf.push(String(input)), {
      input: { type: 'string' },
      undo: async ({ input }) => void shelf.splice(shelf.indexOf(String(input)), 1),
    }),
    add,
  ],
  async (world) => {
    shelf.length = 0
    const { run, session } = await world.anna.start(null, { skill: 'put', input: 'book' })
    await world.settle(run)
    deepStrictEqual(shelf, ['book'])
    const undo = await world.anna.undo(run)
    const undone = await world.settle(undo.run, 'end')
    deepStrictEqual([undone.status, undone.undoes, shelf], ['done', run, []])
    deepStrictEqual(
      (await world.anna.get(run)).steps.map(({ status }) => status),
      ['undone'],
    )
    await fails(() => world.anna.undo(run), 'invalid_state')
    const plain = await world.anna.start(session, { skill: 'add', input: { a: 1, b: 1 } })
    await world.settle(plain.run)
    await fails(() => world.anna.undo(plain.run), 'invalid_state')
  },
)

eachWork(
  'a run that takes longer than it may fails with timeout, working or waiting, and the next one begins',
  () => [
    skill(
      'hang',
      (_input, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))),
    ),
    skill('sleep', (_input, { wait, now }) => wait(now + 3_600_000).then(() => null), { durable: true }),
    add,
  ],
  async (world) => {
    for (const id of ['hang', 'sleep']) {
      const { run, session } = await world.anna.start(null, { skill: id, timeoutMs: 5000 })
      const next = await world.anna.start(session, { skill: 'add', input: { a: 1, b: 1 } })
      await world.ticking(async () => ['running', 'waiting'].includes((await world.anna.get(run)).status))
      world.clock.advance(5000)
      const state = await world.settle(run, 'end')
      deepStrictEqual([id, state.status, state.reason], [id, 'failed', 'timeout'])
      strictEqual((await world.settle(next.run)).output, 2)
    }
  },
)

let working = 0
let most = 0
const counted: string[] = []

eachWork(
  'two engines on one store never work on one session at once, and together they do everything once',
  () => [
    skill('count', async (input) => {
      working += 1
      most = Math.max(most, working)
      await new Promise((resolve) => setImmediate(resolve))
      counted.push(String(input))
      working -= 1
      return null
    }),
  ],
  async (world: WorkWorld) => {
    working = 0
    most = 0
    counted.length = 0
    const other = world.engine()
    const { session } = await world.world.anna.open().then(({ id }) => ({ session: id }))
    const inputs = Array.from({ length: 40 }, (_, index) => `n${index}`)
    const runs = await Promise.all(
      inputs.map((input, index) => {
        const through = index % 2 === 0 ? world.anna : other.within(world.world.anna.scope)
        return through.start(session, { skill: 'count', input })
      }),
    )
    await until(async () => {
      await Promise.all([world.work.tick(), other.tick()])
      return (await world.world.anna.session(session).head()).openRuns.length === 0
    })
    strictEqual(most, 1)
    deepStrictEqual([...counted].sort(), [...inputs].sort())
    for (const { run } of runs) strictEqual((await world.anna.get(run)).status, 'done')
  },
)

eachWork(
  'closing lets a step come to its end, and the next engine goes on behind it at once',
  () => [
    skill(
      'two',
      async (_input, { step }) => {
        await step('one', async () => {
          entered.resolve()
          await leave.promise
          return null
        })
        await step('two', () => counted.push('two'))
        return 'both'
      },
      { durable: true },
    ),
  ],
  async (world) => {
    counted.length = 0
    entered = gate()
    leave = gate()
    const { run } = await world.anna.start(null, { skill: 'two' })
    await entered.promise
    const closed = world.work.close()
    leave.resolve()
    await closed
    deepStrictEqual(counted, [])
    strictEqual((await world.anna.get(run)).status, 'running')
    const next = world.engine()
    await next.tick()
    strictEqual((await next.within(world.world.anna.scope).settled(run, { until: 'end' })).output, 'both')
    deepStrictEqual(counted, ['two'])
  },
)

let entered = gate()
let leave = gate()
