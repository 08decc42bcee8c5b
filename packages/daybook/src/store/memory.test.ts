// The memory store against the contract of stores.

import { describe, it } from 'node:test'
import { testClock } from './conformance/suite.ts'
import { storeConformance } from './conformance.ts'
import { memorySupports } from './memory/build.ts'
import { memoryStore } from './memory.ts'

storeConformance(
  // node:test's calls return promises that its runner awaits itself.
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  {
    name: 'memory',
    supports: memorySupports,
    async create() {
      const clock = testClock()
      const store = memoryStore({ clock: clock.now })
      return { store, clock, dispose: () => store.close() }
    },
  },
)
