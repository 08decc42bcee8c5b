// Commands on stores that are servers: what doctor says of them, figures, verification, and what stands in for a backup.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { dropSchema, freshSchema, sharedServer, withClient } from '../store/postgres/server.fixture.ts'
import { Server, withoutRedis } from '../store/redis/server.fixture.ts'
import { type Ended, fill, type Home, openHome, sample } from './bin.fixture.ts'

let home: Home
let db: string
before(async () => {
  home = openHome()
  db = home.path('a.db')
  await fill(db, async (mine) => {
    await sample(mine)
    await (await mine.get('ses_sample_auth')).fork({ at: 3, id: 'ses_sample_fork' })
  })
})
after(() => home.end())

const json = ({ out }: Ended) => JSON.parse(out) as Record<string, unknown>

/** The whole log of a store, as an export has it. */
async function lines(store: string): Promise<string> {
  const { exit, out } = await home.inside(['export', '--store', store])
  assert.deepEqual([exit, out.length > 0], [0, true])
  return out
}

interface Finding {
  readonly part: string
  readonly state: string
  readonly next?: string
}
const parts = (doctor: Ended) => (json(doctor).findings as Finding[]).map(({ part }) => part)
const bad = (doctor: Ended) =>
  (json(doctor).findings as Finding[]).filter(({ state }) => state === 'bad').map(({ part }) => part)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What is the same on every engine; `url` has nothing yet. */
async function movesThereAndBack(url: string, name: string): Promise<void> {
  const run = (...args: string[]) => home.inside([...args, '--store', url])
  const there = await home.inside(['store', 'copy', '--from', db, '--to', url, '--json'])
  assert.deepEqual([there.exit, json(there).entries, json(there).sessions], [0, 8, 2])
  const stats = json(await run('store', 'stats', '--json'))
  assert.deepEqual([stats.sessions, stats.entries, stats.name], [2, 8, name])
  assert.ok(Number(stats.bytes) > 0)
  assert.equal((await run('store', 'verify')).exit, 0)

  // A store that is a server is backed up as the refusal says; what it says is done.
  const file = home.path(`${name}.db`)
  const refused = await run('store', 'backup', file)
  assert.equal(refused.exit, 1)
  const copying = /store copy --from '([^']+)' --to (\S+)/.exec(refused.err)
  assert.deepEqual([copying?.[1], copying?.[2]], [url, file])
  assert.equal((await home.inside(['store', 'copy', '--from', url, '--to', file])).exit, 0)
  assert.equal((await home.inside(['store', 'verify', '--store', file])).exit, 0)
  assert.equal(await lines(file), await lines(db))

  const restored = await run('store', 'restore', file, '--yes')
  assert.equal(restored.exit, 2)
  assert.ok(restored.err.includes(`store copy --from ${file} --to '${url}'`), restored.err)
}

describe('a store in PostgreSQL', () => {
  let server: string
  const schemas = [freshSchema(), freshSchema()]
  before(async () => {
    server = (await sharedServer()).url
  })
  after(() => Promise.all(schemas.map((schema) => dropSchema(server, schema))))

  test('is copied to, counted, verified, examined, and copied from instead of backed up', async () => {
    await movesThereAndBack(`${server}?schema=${schemas[0]}`, 'postgres')
  })

  test('is told of by doctor, line by line, with what its server costs', async () => {
    const doctor = await home.inside(['doctor', '--json', '--store', `${server}?schema=${schemas[1]}`])
    const about = ['version', 'role', 'durability', 'upkeep', 'backup', 'pooler', 'connections', 'features', 'store']
    assert.deepEqual(parts(doctor).slice(-about.length), about)
    // The server of the tests does not wait for its disk.
    const given = process.env.DAYBOOK_TEST_POSTGRES_URL !== undefined
    if (!given) assert.deepEqual([doctor.exit, bad(doctor)], [1, ['durability']])
    // Looking makes no store.
    const made = await withClient(server, (client) => client.unsafe(`SELECT to_regnamespace('${schemas[1]}') AS oid`))
    assert.equal(made[0]?.oid, null)
  })

  test('that does not answer is a finding, and no crash', async () => {
    const doctor = await home.inside(['doctor', '--json', '--store', 'postgres://nobody@127.0.0.1:1/none'])
    assert.deepEqual([doctor.exit, bad(doctor)], [1, ['store']])
  })
})

describe('a store in Redis', { skip: withoutRedis() }, () => {
  let server: Server
  let url: string
  before(async () => {
    const port = await freePort()
    server = await Server.start(['--appendonly', 'yes', '--appendfsync', 'always', '--port', String(port)])
    url = `redis://127.0.0.1:${port}/0`
  })
  after(() => server.stop())

  test('is copied to, counted, verified, examined, and copied from instead of backed up', async () => {
    await movesThereAndBack(url, 'redis')
    const doctor = await home.inside(['doctor', '--json', '--store', url])
    assert.deepEqual([doctor.exit, bad(doctor)], [0, []])
  })

  test('is searched through an index in the cache folder, under a name that tells nothing', async () => {
    const found = await home.daybook(['find', 'token', '--json', '--store', url])
    assert.equal(found.exit, 0, found.err)
    assert.match(found.out, /ses_sample_auth/)
    const files = readdirSync(home.path('cache/daybook/search'))
    assert.ok(files.length > 0 && files.every((name) => /^[\da-f]{32}\.db(?:-wal|-shm)?$/.test(name)), files.join())
  })

  test('is told of by doctor before it refuses to open: what is wrong, each with what to do', async () => {
    const raw = new Redis(server.url)
    await raw.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await raw.config('SET', 'appendfsync', 'everysec')
    raw.disconnect()
    const doctor = await home.inside(['doctor', '--json', '--store', url])
    assert.deepEqual([doctor.exit, bad(doctor)], [1, ['eviction', 'durability', 'store']])
    for (const { state, next } of json(doctor).findings as Finding[]) assert.ok(state !== 'bad' || next)
  })
})
