// What an operator is told about a PostgreSQL server: real servers with the settings, limits and poolers that matter.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { postgresStore } from '../postgres.ts'
import { loadDriver } from './driver.ts'
import { postgresFacts } from './facts.ts'
import { Line } from './line.ts'
import { namesOf } from './names.ts'
import { Network } from './network.fixture.ts'
import { featureFacts } from './probes.ts'
import { dropSchema, freshSchema, programsHere, Server, sharedServer, withClient } from './server.fixture.ts'

type Facts = Awaited<ReturnType<typeof postgresFacts>>
type About = Facts[number]['about']

const one = (facts: Facts, about: About) => {
  const found = facts.filter((fact) => fact.about === about)
  strictEqual(found.length, 1, JSON.stringify(facts))
  return found[0] as Facts[number]
}
const bad = (facts: Facts) => facts.filter(({ state }) => state === 'bad').map(({ about }) => about)

describe('A server that is as it should be', () => {
  const schema = freshSchema()
  let url: string
  before(async () => {
    url = (await sharedServer()).url
    await using store = postgresStore({ url, schema })
    await store.open()
  })
  after(() => dropSchema(url, schema))

  it('has every feature, tried out between two connections, and nothing of that stays', async () => {
    const names = () =>
      withClient(url, async (client) =>
        (await client.unsafe("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'daybook_probe%'")).map(String),
      )
    const facts = await postgresFacts({ url, schema })
    const { detail } = one(facts, 'features')
    for (const name of ['plpgsql', 'read committed', 'advisory locks', 'row locks', 'routines', 'LISTEN'])
      ok(detail.includes(name), detail)
    ok(!detail.includes('not tried'), detail)
    deepStrictEqual(await names(), [])
    strictEqual(one(facts, 'pooler').next, undefined)
  })

  it('says which features could not be tried where there is no store yet, and makes none', async () => {
    const none = freshSchema()
    ok(one(await postgresFacts({ url, schema: none }), 'features').detail.includes('not tried'))
    const made = await withClient(url, (client) => client.unsafe(`SELECT to_regnamespace('${none}') AS oid`))
    strictEqual(made[0]?.oid, null)
  })

  it('is told to have a pooler before it where settings are refused, and still does all the rest', async () => {
    const network = await Network.before(url)
    network.refuses = 'statement_timeout'
    const facts = await postgresFacts({ url: network.url, schema })
    deepStrictEqual([one(facts, 'pooler').state, network.refused > 0], ['ok', true])
    ok(one(facts, 'pooler').next)
    await network.close()
  })

  it('lacks locks that two connections do not share, as engines have it that only pretend', async () => {
    const driver = await loadDriver()
    const line = new Line(driver, { url }, {}, { prepare: false })
    // Both ends are one session of the server: what it holds is never in its own way.
    const facts = await featureFacts(line, line, namesOf(schema))
    await line.end()
    const missing = facts.filter(({ state }) => state === 'bad').map(({ detail }) => detail.split(':')[0])
    deepStrictEqual(missing, ['advisory locks', 'row locks'])
  })
})

describe('A server with settings of its own', () => {
  let server: Server
  before(async () => {
    const hasty = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'autovacuum=off']
    server = await Server.start(programsHere(), [...hasty, 'max_connections=20', 'shared_buffers=16MB'])
  })
  after(() => server.dispose())

  it('is told what they cost', async () => {
    const facts = await postgresFacts({ url: server.url })
    deepStrictEqual(bad(facts), ['durability', 'upkeep'])
    ok(one(facts, 'backup').next)
    const { state, detail } = one(facts, 'connections')
    deepStrictEqual([state, detail.split(' free')[0]], ['ok', '17 of 17'], 'what asks is not counted')
  })

  it('has no room for another server of daybook when others took the connections, or a role may have few', async () => {
    {
      await using store = postgresStore({ url: server.url })
      await store.open()
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      await Promise.all(Array.from({ length: 40 }, () => scope.list()))
      deepStrictEqual(bad(await postgresFacts({ url: server.url })).includes('connections'), true)
    }
    await withClient(server.url, (client) =>
      client.unsafe('CREATE ROLE few LOGIN CONNECTION LIMIT 5; GRANT CREATE ON DATABASE postgres TO few'),
    )
    const url = server.url.replace('postgres@', 'few@')
    const found = one(await postgresFacts({ url, schema: 'other' }), 'connections')
    strictEqual(found.state, 'bad', found.detail)
  })

  it('that is gone is unreachable', async () => {
    await server.end('immediate')
    await rejects(postgresFacts({ url: server.url }), { code: 'unreachable' })
    await server.begin()
  })
})
