// Asking anew in the place of a message: one append rewinds and asks, and a repeat changes nothing.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { fails } from '../session/testing.fixture.ts'
import { eachWork, skill, type WorkWorld } from './testing.fixture.ts'

const echo = skill('echo', (input) => `you said ${input}`, { input: { type: 'string' } })
const hold = skill('hold', () => 'held', { risk: 'high' })

async function said({ world }: WorkWorld, session: string): Promise<readonly string[]> {
  const { messages } = await world.anna.session(session).view('history')
  const texts: string[] = []
  for await (const { content } of messages) texts.push(content)
  return texts
}

eachWork(
  'a message is said differently: the history goes on from before it, in one append, once',
  () => [echo, hold],
  async (world) => {
    const first = await world.anna.start(null, { skill: 'echo', input: 'one' })
    const { session } = first
    await world.settle(first.run, 'end')
    await world.settle((await world.anna.start(session, { skill: 'echo', input: 'two' })).run, 'end')
    const messages = await world.world.anna.session(session).stored({ kinds: ['message'] })
    const two = messages.at(-2)?.seq ?? 0
    const { seq } = await world.world.anna.session(session).head()
    const again = await world.anna.start(session, { skill: 'echo', input: '2', insteadOf: two }, { key: 'k' })
    await world.settle(again.run, 'end')
    deepStrictEqual(await said(world, session), ['one', 'you said one', '2', 'you said 2'])
    const repeat = await world.anna.start(session, { skill: 'echo', input: '2', insteadOf: two }, { key: 'k' })
    deepStrictEqual([repeat.run, repeat.replayed], [again.run, true])
    const written = await world.world.anna.session(session).stored({ after: seq })
    deepStrictEqual(
      written.slice(0, 2).map(({ kind }) => kind),
      ['session.rewound', 'run.queued'],
    )
    await fails(() => world.anna.start(session, { skill: 'echo', insteadOf: two }), 'invalid')
    await fails(() => world.anna.start(session, { skill: 'echo', insteadOf: two + 1 }), 'invalid')
  },
)

eachWork(
  'the last message is asked the same again, and nothing is asked anew while something is under way',
  () => [echo, hold],
  async (world) => {
    const { session, run } = await world.anna.start(null, { skill: 'echo', input: 'one' })
    await world.settle(run, 'end')
    // The skill that was named then is named again.
    const again = await world.anna.start(session, { insteadOf: 'last' })
    strictEqual((await world.settle(again.run, 'end')).output, 'you said one')
    deepStrictEqual(await said(world, session), ['one', 'you said one'])
    const other = await world.anna.start(session, { skill: 'hold', insteadOf: 'last' })
    strictEqual((await world.settle(other.run)).status, 'waiting')
    await world.anna.cancel(other.run)
    await world.settle((await world.anna.start(session, { skill: 'hold', input: 'x' })).run)
    await fails(() => world.anna.start(session, { skill: 'echo', insteadOf: 'last' }), 'busy')
  },
)
