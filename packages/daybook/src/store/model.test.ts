// Random programs against every store that needs no server: every answer and everything left behind must agree.

import { describe, it } from 'node:test'
import { cases } from '../cases.fixture.ts'
import { type StoreUnderTest, testClock } from './conformance/suite.ts'
import { memoryStore } from './memory.ts'
import { agrees } from './random.fixture.ts'
import { sqliteUnderTest } from './sqlite/store.fixture.ts'

async function memoryUnderTest(): Promise<StoreUnderTest> {
  const clock = testClock()
  const store = memoryStore({ clock: clock.now })
  return { store, clock, dispose: () => store.close() }
}

describe('random programs of appends, forks, erasures, deletions, leases, blobs and sweeps', () => {
  it('[S4.5] leave in the memory store what they leave in the model', () =>
    agrees(memoryUnderTest, { ...cases(300), steps: 50 }))

  it('[S4.5] leave in the SQLite store, reopened now and then, what they leave in the model', () =>
    agrees(() => sqliteUnderTest(false), { ...cases(25), steps: 40 }))
})
