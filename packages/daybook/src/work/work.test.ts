// Runs from queued to their end: stored before work starts, journaled, one at a time, and taken up again after a crash.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { fails, gate } from '../session/testing.fixture.ts'
import { eachWork, skill, type WorkWorld } from './testing.fixture.ts'

const kinds = async ({ world }: WorkWorld, session: string) =>
  (await world.anna.session(session).read()).map(({ kind }) => kind)
const texts = async ({ world }: WorkWorld, session: string) => {
  const messages: [string, string][] = []
  for await (const { role, content } of (await world.anna.session(session).view('history')).messages) {
    messages.push([role, content])
  }
  return messages
}

const echo = skill('echo', (input) => `heard: ${input}`, {
  description: 'Repeats a text, an echo.',
  tags: ['repeat', 'echo'],
  input: { type: 'string' },
})

eachWork(
  '[S1.2] a turn stores the request before any work starts, and the response with its end',
  (world) => [
    echo,
    skill('look', async (_input, { session }) => {
      const entries = await session.read()
      return entries.filter(({ kind }) => kind === 'message').length
    }),
    skill('never', () => world().clock.now()),
  ],
  async (world) => {
    const receipt = await world.anna.start(null, { input: 'say it', skill: 'echo' })
    const done = await world.settle(receipt.run)
    deepStrictEqual(
      [done.status, done.output, done.steps.map(({ status }) => status)],
      ['done', 'heard: say it', ['done']],
    )
    deepStrictEqual(await texts(world, receipt.session), [
      ['user', 'say it'],
      ['assistant', 'heard: say it'],
    ])
    deepStrictEqual(await kinds(world, receipt.session), [
      'session.opened',
      'run.queued',
      'message',
      'run.started',
      'step.started',
      'step.finished',
      'message',
      'run.finished',
    ])
    const second = await world.anna.start(receipt.session, { input: 'x', skill: 'look' })
    strictEqual((await world.settle(second.run)).output, 3)
    const head = await world.world.anna.session(receipt.session).head()
    deepStrictEqual([head.status, head.due, head.openRuns, head.runs], ['idle', null, [], 2])
  },
)

eachWork(
  'a finished step is never repeated: another worker goes on from the journal',
  (world) => [
    skill(
      'five',
      async (_input, { step }) => {
        for (const name of ['a', 'b', 'c', 'd', 'e'])
          await step(name, () => effect(world(), name), { idempotent: true })
        return counts.join('')
      },
      { durable: true },
    ),
  ],
  async (world) => {
    counts.length = 0
    blockAt = 'c'
    blocked = gate()
    const { run } = await world.anna.start(null, { skill: 'five' })
    await blocked.promise
    await world.crash()
    blockAt = ''
    const done = await world.settle(run)
    strictEqual(done.output, 'abccde')
    deepStrictEqual(
      done.steps.map(({ name, status, attempt }) => [name, status, attempt]),
      [...'abcde'].map((name) => [name, 'done', name === 'c' ? 2 : 1]),
    )
  },
)

const counts: string[] = []
let blockAt = ''
let blocked = gate()
async function effect(_world: WorkWorld, name: string): Promise<string> {
  counts.push(name)
  if (name === blockAt) {
    blocked.resolve()
    await new Promise(() => {})
  }
  return name
}

eachWork(
  'a step whose outcome is unknown fails its run, or waits for an operator who says what became of it',
  () => [
    skill('once', () => stuck()),
    skill('asks', (_input, { step }) => step('pay', () => stuck(), { onUnknown: 'operator' }), { durable: true }),
  ],
  async (world) => {
    for (const [id, resolution] of [
      ['once', null],
      ['asks', 'done'],
      ['asks', 'fail'],
      ['asks', 'retry'],
    ] as const) {
      stuckGate = gate()
      letThrough = false
      const { run, session } = await world.anna.start(null, { skill: id })
      await stuckGate.promise
      await world.crash()
      let state = await world.settle(run)
      const status = async () => (await world.world.anna.session(session).head()).status
      if (resolution === null) {
        deepStrictEqual([state.status, state.reason, await status()], ['failed', 'outcome_unknown', 'failed'])
        deepStrictEqual(
          state.steps.map((one) => one.status),
          ['unknown'],
        )
        continue
      }
      deepStrictEqual([state.status, state.reason, await status()], ['waiting', 'operator', 'blocked'])
      letThrough = true
      const step = state.steps[0]?.step ?? ''
      await world.anna.resolve(run, step, {
        resolution,
        reason: 'looked it up',
        ...(resolution === 'done' ? { output: 7 } : {}),
      })
      state = await world.anna.settled(run, { until: 'end' })
      strictEqual(state.status, resolution === 'fail' ? 'failed' : 'done')
      strictEqual(state.output, { done: 7, fail: undefined, retry: 'through' }[resolution])
      await fails(() => world.anna.resolve(run, step, { resolution, reason: 'again' }), 'invalid_state')
    }
  },
)

let stuckGate = gate()
let letThrough = false
async function stuck(): Promise<string> {
  if (letThrough) return 'through'
  stuckGate.resolve()
  return new Promise(() => {})
}

eachWork(
  'one root run at a time: the queue is kept in order, edited, moved, withdrawn, and goes on by itself',
  () => [
    skill('hold', async () => {
      holding.resolve()
      await letGo.promise
      return 'held'
    }),
    echo,
  ],
  async (world) => {
    holding = gate()
    letGo = gate()
    const first = await world.anna.start(null, { skill: 'hold' })
    const { session } = first
    await holding.promise
    const [a, b, c] = [
      await world.anna.start(session, { skill: 'echo', input: 'a' }),
      await world.anna.start(session, { skill: 'echo', input: 'b' }),
      await world.anna.start(session, { skill: 'echo', input: 'c' }),
    ]
    deepStrictEqual(
      [first, a, b, c].map(({ position }) => position),
      [0, 1, 2, 3],
    )
    await fails(() => world.anna.start(session, { skill: 'echo', input: 'x', onBusy: 'reject' }), 'busy')
    const queue = await world.anna.queue(session)
    deepStrictEqual(
      queue.map(({ run, input }) => [run, input]),
      [
        [a.run, 'a'],
        [b.run, 'b'],
        [c.run, 'c'],
      ],
    )
    await world.anna.edit(b.run, 'B', { expect: queue[1]?.seq ?? 0 })
    const late = await fails(() => world.anna.edit(b.run, 'late', { expect: queue[1]?.seq ?? 0 }), 'conflict')
    strictEqual(late.seq, (await world.anna.queue(session))[1]?.seq)
    await world.anna.move(c.run, a.run)
    await world.anna.withdraw(a.run)
    deepStrictEqual(
      (await world.anna.queue(session)).map(({ input }) => input),
      ['c', 'B'],
    )
    await fails(() => world.anna.withdraw(first.run), 'invalid_state')
    letGo.resolve()
    strictEqual((await world.anna.settled(b.run)).output, 'heard: B')
    strictEqual((await world.anna.get(a.run)).reason, 'withdrawn')
    const said = (await texts(world, session)).filter(([role]) => role === 'user').map(([, text]) => text)
    deepStrictEqual(said, ['c', 'B'])
    await fails(() => world.anna.edit(b.run, 'over'), 'invalid_state')
  },
)

let holding = gate()
let letGo = gate()

eachWork(
  'cancelling ends a run at once, keeps what it had produced, and lets the next one begin',
  () => [
    skill('talk', async (_input, { delta, signal }) => {
      delta('half an ')
      delta('answer')
      talking.resolve()
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }),
    echo,
  ],
  async (world) => {
    for (const how of ['cancel', 'interrupt'] as const) {
      talking = gate()
      const { run, session } = await world.anna.start(null, { skill: 'talk' })
      await talking.promise
      if (how === 'cancel') {
        await world.anna.cancel(run)
        const state = await world.anna.get(run)
        deepStrictEqual([state.status, state.reason], ['cancelled', 'user'])
        await fails(() => world.anna.cancel(run), 'invalid_state')
      }
      const next = await world.anna.start(session, { skill: 'echo', input: 'next', onBusy: 'interrupt' })
      strictEqual((await world.anna.settled(next.run)).output, 'heard: next')
      if (how === 'interrupt') strictEqual((await world.anna.get(run)).reason, 'interrupted')
      const said = (await texts(world, session)).map(([, text]) => text)
      deepStrictEqual(said.sort(), ['half an answer', 'heard: next', 'next'])
    }
  },
)

let talking = gate()

eachWork(
  'a wait costs no timer and survives a restart',
  () => [
    skill(
      'later',
      async (_input, { wait, now, step }) => {
        const at = await step('when', () => now + 3_600_000, { idempotent: true })
        await wait(at, 'an hour')
        return 'later'
      },
      { durable: true },
    ),
  ],
  async (world) => {
    const { run, session } = await world.anna.start(null, { skill: 'later' })
    const waiting = await world.settle(run)
    deepStrictEqual(
      [waiting.status, waiting.reason, waiting.until],
      ['waiting', 'until', world.clock.now() + 3_600_000],
    )
    await world.crash()
    await world.work.tick()
    strictEqual((await world.anna.get(run)).status, 'waiting')
    world.clock.advance(3_600_000)
    strictEqual((await world.settle(run, 'end')).output, 'later')
    ok((await kinds(world, session)).includes('wait.ended'))
  },
)

eachWork(
  'a failure is tried again when its time has come, and recorded when there is no attempt left',
  () => [
    skill(
      'flaky',
      (_input, { step }) =>
        step(
          'call',
          () => {
            tries += 1
            if (tries < 3) throw new Error(`no ${tries}`)
            return tries
          },
          { retries: 2, retryMs: 1000 },
        ),
      { durable: true },
    ),
  ],
  async (world) => {
    tries = 0
    const { run } = await world.anna.start(null, { skill: 'flaky' })
    strictEqual((await world.settle(run)).status, 'waiting')
    world.clock.advance(1000)
    await world.ticking(async () => tries === 2 && (await world.anna.get(run)).status === 'waiting')
    world.clock.advance(2000)
    strictEqual((await world.settle(run, 'end')).output, 3)
    tries = -10
    const other = await world.anna.start(null, { skill: 'flaky' })
    await world.settle(other.run)
    for (const pause of [1000, 2000]) {
      const before = tries
      world.clock.advance(pause)
      await world.ticking(() => tries === before + 1)
    }
    const failed = await world.anna.settled(other.run, { until: 'end' })
    deepStrictEqual([failed.status, failed.reason, failed.error?.message], ['failed', 'error', 'no -7'])
  },
)

let tries = 0

eachWork(
  'the end of a step is in the log as soon as it is over, also when the run goes on with something else or beside it',
  () => [
    skill(
      'pays',
      async (input, { step }) => {
        const pay = step('pay', () => paid.push('pay'))
        const slow = async () => goingOn.promise.then(() => null)
        if (input === 'beside') await Promise.all([pay, step('slow', slow, { idempotent: true })])
        await pay
        await goingOn.promise
        return paid.length
      },
      { durable: true },
    ),
  ],
  async (world) => {
    for (const input of ['behind', 'beside']) {
      paid.length = 0
      goingOn = gate()
      const { run, session } = await world.anna.start(null, { skill: 'pays', input })
      await world.ticking(async () => (await kinds(world, session)).includes('step.finished'))
      await world.crash()
      goingOn.resolve()
      const done = await world.settle(run, 'end')
      deepStrictEqual([done.status, done.output], ['done', 1])
    }
  },
)

const paid: string[] = []
let goingOn = gate()
