// The SQLite store against the contract of stores, writing in this thread and in a worker.

import { describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite/store.fixture.ts'
import { sqliteSupports } from './sqlite.ts'

for (const worker of [false, true]) {
  storeConformance(
    { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
    {
      name: `sqlite${worker ? ' with a worker' : ''}`,
      supports: sqliteSupports,
      create: () => sqliteUnderTest(worker),
    },
  )
}
