// The SQLite store against the contract of stores, writing in a worker: one thread per test.

import { describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite/store.fixture.ts'
import { sqliteSupports } from './sqlite.ts'

storeConformance(
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  { name: 'sqlite with a worker', supports: sqliteSupports, create: () => sqliteUnderTest(true) },
)
