// The same random programs on all four stores: every answer, and what is left behind, is that of one plain model.

import { testClock } from '../packages/daybook/src/store/conformance/suite.ts'
import { memoryStore } from '../packages/daybook/src/store/memory.ts'
import {
  debian,
  embedded,
  hasty,
  postgresUnderTest,
  Server,
} from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { agrees } from '../packages/daybook/src/store/random.fixture.ts'
import { redisUnderTest, stopRedis, withoutRedis } from '../packages/daybook/src/store/redis/server.fixture.ts'
import { sqliteUnderTest } from '../packages/daybook/src/store/sqlite/store.fixture.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'

type Create = Parameters<typeof agrees>[0]

/** Programs that are run in one go; a fault is shrunk within them. */
const together = 25
const steps = 40

async function memoryUnderTest() {
  const clock = testClock()
  const store = memoryStore({ clock: clock.now })
  return { store, clock, dispose: () => store.close() }
}

async function run({ rounds, seed, log }: Settings): Promise<Result> {
  const skipped: string[] = []
  await using servers = new AsyncDisposableStack()
  const stores = new Map<string, Create>([
    ['memory', memoryUnderTest],
    ['SQLite', () => sqliteUnderTest(false)],
  ])
  const programs = embedded() ?? debian(15)
  if (programs === null) skipped.push('there is no PostgreSQL server here')
  else {
    const server = servers.adopt(await Server.start(programs, hasty), (each) => each.dispose())
    stores.set('PostgreSQL', () => postgresUnderTest(server))
  }
  const missing = withoutRedis()
  if (missing) skipped.push(missing)
  else {
    servers.defer(stopRedis)
    stores.set('Redis', () => redisUnderTest())
  }
  const counter = new Counter(...[...stores.keys()].map((name) => `programs on ${name}`))
  let failed = 0
  for (let first = 0; first < rounds; first += together) {
    const count = Math.min(together, rounds - first)
    for (const [name, create] of stores) {
      try {
        await agrees(create, { numRuns: count, steps, seed: seed + first })
        counter.add(`programs on ${name}`, count)
      } catch (error) {
        failed += 1
        describeProblems(`programs from ${first} on (${name})`, [String(error)], log)
      }
    }
    log(`${first + count} of ${rounds} programs, ${failed} with a problem`)
  }
  return { rounds, failed, counts: counter.all, skipped }
}

export const alike: Campaign = {
  name: 'alike',
  proves:
    'The same random programs of appends, forks, erasures, deletions, leases, blobs, sweeps and reopenings run on the ' +
    'memory store, on SQLite, on PostgreSQL and on Redis. Every answer, every refusal and everything left behind is that ' +
    'of one plain model, so all four give the same.',
  full: 1000,
  short: 12,
  run,
}
