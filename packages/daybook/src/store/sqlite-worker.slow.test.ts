// The SQLite store against the contract of stores, writing in a worker: one thread per test.

import { join } from 'node:path'
import { describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite/store.fixture.ts'
import { sqliteSupports } from './sqlite.ts'

// Two hundred threads begin here, most of whose time goes into compiling the same modules. Lines of code are counted
// exactly by the same suite without threads, also where all others compile anew for that.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../../../node_modules/.cache/compile')

storeConformance(
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  { name: 'sqlite with a worker', supports: sqliteSupports, create: () => sqliteUnderTest(true) },
)
