// The PostgreSQL store against the contract of stores, on a real server.

import { describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { postgresUnderTest } from './postgres/server.fixture.ts'
import { postgresSupports } from './postgres.ts'

storeConformance(
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  { name: 'postgres', supports: postgresSupports, create: () => postgresUnderTest() },
)
