// Proves that a long session is summarised without holding up others, and without holding it in memory.

import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Role } from '../../schema/states.ts'
import { say, World } from '../testing.fixture.ts'

test('a session of 100,000 messages is summarised piece by piece while others are served', async (t) => {
  await using world = await World.open('sqlite')
  const session = await world.anna.open()
  for (let begin = 0; begin < 100_000; begin += 500) {
    const messages = Array.from({ length: 500 }, (_, index) => {
      const role: Role = index % 2 === 0 ? 'user' : 'assistant'
      return say(
        `Message ${begin + index} speaks of orders and of topic ${(begin + index) % 997}. It has a second sentence.`,
        role,
      )
    })
    await session.append(messages)
  }
  const before = process.memoryUsage().heapUsed
  let most = 0
  let turns = 0
  const watch = setInterval(() => {
    turns += 1
    most = Math.max(most, process.memoryUsage().heapUsed)
  }, 20)
  const begin = performance.now()
  await session.summarise()
  const took = performance.now() - begin
  clearInterval(watch)
  t.diagnostic(`${Math.round(took)} ms, ${Math.round((most - before) / 1e6)} MB, ${turns} turns`)
  ok(turns > 10, 'the event loop went on')
  ok(most - before < 200e6, `${most - before} bytes`)
})
