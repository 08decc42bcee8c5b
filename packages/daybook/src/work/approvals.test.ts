// Approvals and questions: decided exactly once, by whom they are for, never blocking for ever.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { DaybookError } from '../schema/errors.ts'
import { fails } from '../session/testing.fixture.ts'
import { eachWork, skill, type WorkWorld } from './testing.fixture.ts'

const calls: string[] = []
const risky = skill('push', (input) => void calls.push(`push ${input}`), { risk: 'high', input: { type: 'string' } })

const asked = async (world: WorkWorld, run: string) => {
  const state = await world.settle(run)
  const [approval] = state.approvals
  ok(approval)
  return { state, approval }
}

eachWork(
  '[B11] a step of high risk waits; it is known to need somebody, and decided once, from any client',
  () => [risky],
  async (world) => {
    calls.length = 0
    const { run, session } = await world.anna.start(null, { skill: 'push', input: 'main' })
    const { state, approval } = await asked(world, run)
    deepStrictEqual([state.status, state.reason, approval.status, calls.length], ['waiting', 'approval', 'open', 0])
    const handle = world.world.anna.session(session)
    deepStrictEqual(
      (await handle.head()).attention.map(({ kind, id }) => [kind, id]),
      [['approval', approval.id]],
    )
    strictEqual((await world.world.anna.list({ attention: true })).items[0]?.session, session)
    await world.crash()
    await fails(() => world.anna.decide(run, approval.id, { decision: 'approved', digest: 'other' }), 'conflict')
    await fails(
      () => world.bob.decide(run, approval.id, { decision: 'approved', digest: approval.digest }),
      'not_found',
    )
    const decide = () => world.anna.decide(run, approval.id, { decision: 'approved', digest: approval.digest })
    const answers = await Promise.allSettled([decide(), decide(), decide()])
    strictEqual(answers.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const answer of answers) {
      if (answer.status === 'rejected') strictEqual((answer.reason as DaybookError).code, 'invalid_state')
    }
    strictEqual((await world.settle(run, 'end')).status, 'done')
    deepStrictEqual(calls, ['push main'])
    deepStrictEqual((await handle.head()).attention, [])
    await fails(decide, 'invalid_state')
  },
)

eachWork(
  'what the policy names waits like a step of high risk: a skill, a durable one before all its steps, a step of it',
  () => [
    skill('fetch', () => 'fetched'),
    skill('plan', () => 'planned', { durable: true }),
    skill('deploy', (_input, { step }) => step('deploy/production', () => 'deployed'), { durable: true }),
  ],
  async (world) => {
    for (const id of ['fetch', 'plan', 'deploy']) {
      const { run } = await world.anna.start(null, { skill: id })
      const { status, approvals } = await world.settle(run)
      deepStrictEqual(
        [status, approvals.map(({ deciders }) => deciders)],
        ['waiting', [['bob']]],
        `${id} waits for somebody`,
      )
      world.clock.advance(1001)
      deepStrictEqual((await world.settle(run, 'end')).reason, 'expired')
    }
  },
  { policy: { steps: ['fetch', 'plan', 'deploy/*'], deciders: ['bob'], approvalMs: 1000 } },
)

eachWork(
  'a repeat of a decision with its key is the same decision; another one under it is refused',
  () => [risky],
  async (world) => {
    const { run } = await world.anna.start(null, { skill: 'push', input: 'main' })
    const { approval } = await asked(world, run)
    const { id, digest } = approval
    for (let again = 0; again < 2; again += 1) {
      await world.anna.decide(run, id, { decision: 'denied', digest, comment: 'not today' }, { key: 'k' })
    }
    await fails(() => world.anna.decide(run, id, { decision: 'approved', digest }, { key: 'k' }), 'key_reused')
    const state = await world.settle(run, 'end')
    deepStrictEqual([state.status, state.reason, state.error?.message], ['failed', 'denied', 'not today'])
    deepStrictEqual([state.approvals[0]?.status, state.approvals[0]?.by], ['denied', 'user:anna'])
    strictEqual((await world.world.anna.session(state.session).head()).status, 'idle')
  },
)

eachWork(
  'an approval that nobody decides expires, and what is queued behind it goes on',
  () => [risky, skill('next', () => 'went on')],
  async (world) => {
    calls.length = 0
    const { run, session } = await world.anna.start(null, { skill: 'push', input: 'main' })
    const { approval } = await asked(world, run)
    const next = await world.anna.start(session, { skill: 'next' })
    world.clock.advance(24 * 3_600_000)
    await fails(
      () => world.anna.decide(run, approval.id, { decision: 'approved', digest: approval.digest }),
      'invalid_state',
    )
    strictEqual((await world.settle(next.run)).output, 'went on')
    const state = await world.anna.get(run)
    deepStrictEqual([state.status, state.reason, state.approvals[0]?.status], ['failed', 'expired', 'expired'])
    deepStrictEqual(calls, [])
  },
)

eachWork(
  'readers decide what they are named for, and nothing else',
  () => [
    skill('ship', (_input, { step }) => step('ship', () => 'shipped', { risk: 'high', deciders: ['user:bob'] }), {
      durable: true,
    }),
    risky,
  ],
  async (world) => {
    const { run, session } = await world.anna.start(null, { skill: 'ship' })
    const { approval } = await asked(world, run)
    await world.world.anna.session(session).share(['user:bob'])
    const decision = { decision: 'approved', digest: approval.digest } as const
    await fails(() => world.anna.decide(run, approval.id, decision), 'forbidden')
    await world.bob.decide(run, approval.id, decision)
    strictEqual((await world.settle(run, 'end')).output, 'shipped')
    const other = await world.anna.start(session, { skill: 'push', input: 'x' })
    const second = await asked(world, other.run)
    const { id, digest } = second.approval
    await fails(() => world.bob.decide(other.run, id, { decision: 'approved', digest }), 'forbidden')
    await fails(() => world.bob.start(session, { skill: 'push', input: 'x' }), 'forbidden')
    await fails(() => world.bob.cancel(other.run), 'forbidden')
  },
)

eachWork(
  'a question waits for its answer across restarts, and a cancelled run asks nobody any more',
  () => [
    skill('ask', async (_input, { ask }) => `you said ${JSON.stringify(await ask('which branch?'))}`, {
      durable: true,
    }),
  ],
  async (world) => {
    const { run, session } = await world.anna.start(null, { skill: 'ask' })
    const state = await world.settle(run)
    const question = state.questions[0]?.id ?? ''
    deepStrictEqual([state.reason, state.questions[0]?.summary], ['question', 'which branch?'])
    await world.crash()
    await world.anna.answer(run, question, 'main')
    strictEqual((await world.settle(run, 'end')).output, 'you said "main"')
    await fails(() => world.anna.answer(run, question, 'other'), 'invalid_state')
    const other = await world.anna.start(session, { skill: 'ask' })
    await world.settle(other.run)
    await world.anna.cancel(other.run)
    deepStrictEqual((await world.world.anna.session(session).head()).attention, [])
  },
)

const looked: string[] = []
eachWork(
  'nobody is asked to approve what could not be done: an input that does not fit, or what the skill itself refuses',
  () => [
    skill('push', (input) => void calls.push(`push ${input}`), {
      ...{ risk: 'high', input: { type: 'string' } },
      check: (input) => {
        looked.push(String(input))
        if (input === 'prod') throw new DaybookError('forbidden', 'not there')
      },
    }),
  ],
  async (world) => {
    calls.length = 0
    looked.length = 0
    for (const [input, code] of [
      ['prod', 'forbidden'],
      [5, 'invalid'],
    ] as const) {
      const { run } = await world.anna.start(null, { skill: 'push', input })
      const { status, error, approvals } = await world.settle(run)
      deepStrictEqual([status, error?.code, approvals], ['failed', code, []])
    }
    const { run } = await world.anna.start(null, { skill: 'push', input: 'main' })
    const { approval } = await asked(world, run)
    await world.crash()
    await world.anna.decide(run, approval.id, { decision: 'approved', digest: approval.digest })
    strictEqual((await world.settle(run, 'end')).status, 'done')
    deepStrictEqual([calls, looked], [['push main'], ['prod', 'main']])
  },
)
