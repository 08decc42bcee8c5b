// The PostgreSQL store against the contract of stores, on the version that Debian 12 brings.

import { before, describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { debian, hasty, postgresUnderTest, Server } from './postgres/server.fixture.ts'
import { postgresSupports } from './postgres.ts'

const programs = debian(15)
const skip = programs === null ? 'PostgreSQL 15 of Debian is not installed here' : false

describe('on PostgreSQL 15', { skip }, () => {
  let server: Server | null = null
  before(async () => {
    if (programs) server = await Server.start(programs, hasty)
  })
  storeConformance(
    { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
    { name: 'postgres 15', supports: postgresSupports, create: () => postgresUnderTest(server ?? undefined) },
  )
})
