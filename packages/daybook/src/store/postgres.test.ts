// The PostgreSQL store against the contract of stores, on a real server.

import { after, describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { endSharedServer, postgresUnderTest } from './postgres/server.fixture.ts'
import { postgresSupports } from './postgres.ts'

after(endSharedServer)

storeConformance(
  { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
  { name: 'postgres', supports: postgresSupports, create: () => postgresUnderTest() },
)
