// The SQLite store against the contract of stores, writing in this thread.

import { describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite/store.fixture.ts'
import { sqliteSupports } from './sqlite.ts'

storeConformance(
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  { name: 'sqlite', supports: sqliteSupports, create: () => sqliteUnderTest(false) },
)
