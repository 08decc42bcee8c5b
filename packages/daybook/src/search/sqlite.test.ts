// The SQLite index keeps the contract.
import { describe, it } from 'node:test'
import { searchConformance } from './conformance.ts'
import { sqliteUnderTest } from './sqlite.fixture.ts'

searchConformance({ describe, it }, { name: 'sqlite', create: () => sqliteUnderTest(false) })
