// Tests of handing a turn over: written once whatever happens, bounded, and never round in a ring.

import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { agentsOf } from '../agents.ts'
import type { Agent, Turn } from '../performer.ts'
import { workWorld } from '../testing.fixture.ts'
import { type HandingOver, handOver } from './handing-over.ts'

/** An agent that hands over so, waits in between, and gives what it was answered. */
function walker(steps: readonly Pick<HandingOver, 'from' | 'to' | 'most'>[], wait = false): Agent {
  const perform = async (turn: Turn) => {
    const answers: (string | null)[] = []
    for (const step of steps) {
      answers.push(await handOver(turn, { ...step, reason: `${step.from} knows less` }))
      if (wait) await turn.wait(turn.asked + 1000 * answers.length)
    }
    return answers
  }
  return { name: 'walker', kind: 'model', description: 'Walks.', perform }
}

async function walked(agent: Agent) {
  const at = await workWorld('memory', () => [], { agents: agentsOf([agent]) })
  const { run, session } = await at.anna.start(null, { agent: 'walker', input: 'go' })
  return { at, run, session: at.world.anna.session(session) }
}

test('each hand-off is an entry with its reason, and the last one says who has the session', async () => {
  const { at, run, session } = await walked(
    walker([
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ]),
  )
  await using _ = at
  deepStrictEqual((await at.settle(run, 'end')).output, [null, null])
  const { agents } = await session.view('history')
  deepStrictEqual(
    agents.map(({ from, to, reason }) => [from, to, reason]),
    [
      ['a', 'b', 'a knows less'],
      ['b', 'c', 'b knows less'],
    ],
  )
  strictEqual((await session.head()).currentAgent, 'c')
})

test('the same hand-off twice, one too many, and one to oneself are refused with words', async () => {
  const ring = [
    { from: 'a', to: 'b', most: 3 },
    { from: 'b', to: 'a' },
    { from: 'a', to: 'b' },
    { from: 'a', to: 'a' },
    { from: 'a', to: 'c' },
    { from: 'c', to: 'd' },
  ]
  const { at, run, session } = await walked(walker(ring))
  await using _ = at
  const output = (await at.settle(run, 'end')).output as (string | null)[]
  deepStrictEqual([output[0], output[1], output[4]], [null, null, null])
  match(output[2] ?? '', /before/)
  match(output[3] ?? '', /already/)
  match(output[5] ?? '', /3 times/)
  strictEqual((await session.head()).switches, 3)
})

test('a turn that waits and is performed again writes no hand-off twice and refuses none that it made', async () => {
  const { at, run, session } = await walked(
    walker(
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
      true,
    ),
  )
  await using _ = at
  for (const ms of [0, 1500, 1500]) {
    at.clock.advance(ms)
    await at.settle(run)
  }
  deepStrictEqual((await at.settle(run, 'end')).output, [null, null])
  strictEqual((await session.head()).switches, 2)
})
