// The SQLite index in a thread of its own keeps the contract.
import { describe, it } from 'node:test'
import { searchConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite.fixture.ts'

searchConformance({ describe, it }, { name: 'sqlite in a thread', create: () => sqliteUnderTest(true) })
