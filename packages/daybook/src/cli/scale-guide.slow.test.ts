// The guide about several servers is true: its commands are typed as printed, on a real PostgreSQL and a real Redis.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { connectionsPerServer } from '../store/postgres/facts.ts'
import { programsHere, Server, withClient } from '../store/postgres/server.fixture.ts'
import { Server as Redis, withoutRedis } from '../store/redis/server.fixture.ts'
import { fill, type Home, openHome, type Running, sample } from './bin.fixture.ts'
import { blocksOf, freePort, scalePage, type Typing, typed } from './guide.fixture.ts'

const blocks = blocksOf(scalePage)
const commands = (under: string) => blocks.filter((each) => each.under === under && each.language === 'sh')

let home: Home
before(async () => {
  home = openHome()
  for (const folder of ['here/data', 'backups']) mkdirSync(home.path(folder))
  await fill(home.path('here/data/daybook.db'), (mine) => sample(mine))
})
after(() => home.end())

/** The whole log of a store, as an export has it. */
async function lines(store: string): Promise<string> {
  const { exit, out } = await home.inside(['export', '--store', store])
  assert.deepEqual([exit, out.length > 0], [0, true])
  return out
}

/** `daybook serve` as the page has it, on a free port. */
async function served(text: string, url: string): Promise<Running & { readonly url: string }> {
  const [program, verb, ...args] = text.trim().split(/\s+/)
  assert.deepEqual([program, verb], ['daybook', 'serve'])
  return home.serve(args.map((each) => each.replace('postgres://daybook@db.internal/daybook', url)))
}

/** As a load balancer passes it on: under the name that people use. */
function asked(server: { readonly url: string }, path: string): Promise<{ status: number; json: Answer }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url)
    const headers = { host: 'daybook.internal' }
    const call = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.setEncoding('utf8')
      let text = ''
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) as Answer }))
    })
    call.on('error', reject).end()
  })
}
type Answer = ReturnType<typeof JSON.parse>

test('every command of the page is typed by a test: here, or where the page goes back to a moment', () => {
  const count = (under: string) => commands(under).length
  assert.deepEqual(['How', 'Backup', 'Back to a moment', 'Redis'].map(count), [3, 3, 4, 1])
  assert.equal(blocks.filter(({ language }) => language === 'sh').length, 11)
})

describe('on PostgreSQL', () => {
  let database: Server
  let typing: Typing
  before(async () => {
    database = await Server.start(programsHere(), ['shared_buffers=32MB'])
    typing = {
      names: [
        ['postgres://daybook@db.internal/daybook', database.url],
        ['/backups', home.path('backups')],
      ],
    }
  })
  after(() => database.dispose())

  test('a store moves there while its server works, once more for what came since, and several serve it', async () => {
    const [moving = '', copying = '', serving = ''] = commands('How').map(({ text }) => text)
    const before = await home.serve(['--store', 'data/daybook.db'])
    const first = await typed(home, moving, typing)
    assert.equal(first.exit, 0, first.said)
    const said = await home.daybook(['note', 'auth', 'after the first copy', '--server', before.url])
    assert.equal(said.exit, 0, said.err)
    before.process.kill('SIGTERM')
    assert.equal((await before.ended).exit, 0)
    const second = await typed(home, copying, typing)
    assert.equal(second.exit, 0, second.said)
    assert.match(second.said, /written now: 1 entry,[\s\S]*log and heads agree/)
    const mine = async (store: string) => (await home.inside(['show', 'auth', '--raw', '--store', store])).out
    assert.match(await mine(database.url), /after the first copy/)
    assert.equal(await mine(database.url), await mine(home.path('here/data/daybook.db')))

    const servers = await Promise.all([1, 2].map(() => served(serving, database.url)))
    for (const server of servers) {
      const ready = await asked(server, '/ready')
      assert.deepEqual([ready.status, ready.json.store.name, ready.json.store.durable], [200, 'postgres', 'power'])
      assert.equal((await asked(server, '/api/v1/sessions/ses_sample_auth')).status, 200)
    }
    const [ending, staying] = servers as [Running & { url: string }, Running & { url: string }]
    ending.process.kill('SIGTERM')
    assert.equal((await ending.ended).exit, 0)
    assert.equal((await asked(staying, '/ready')).status, 200)
    const next = await served(serving, database.url)
    assert.equal((await asked(next, '/ready')).status, 200)
  })

  test('a server takes as many connections as the page and doctor say', async () => {
    await withClient(database.url, (client) => client.unsafe('CREATE ROLE counted SUPERUSER LOGIN'))
    const url = database.url.replace('postgres@', 'counted@')
    const server = await home.serve(['--store', `${url}?schema=counted`])
    const say = async (n: number) => {
      const method = 'POST'
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ role: 'user', content: 'hello' })
      const { status } = await fetch(`${server.url}/api/v1/sessions/s-${n}/messages`, { method, headers, body })
      assert.equal(status, 201)
      assert.equal((await fetch(`${server.url}/api/v1/sessions/s-${n}/entries`)).status, 200)
    }
    await Promise.all(Array.from({ length: 200 }, (_, n) => say(n)))
    const taken = await withClient(database.url, async (client) => {
      const [row] = await client.unsafe("SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'counted'")
      return Number(row?.n)
    })
    assert.ok(taken > connectionsPerServer / 2 && taken <= connectionsPerServer, String(taken))
    assert.ok(scalePage.includes(`| ${connectionsPerServer} for each server`))
  })

  test('a copy into a file is a backup that opens anywhere', async () => {
    const backup = await typed(home, commands('Backup')[0]?.text ?? '', typing)
    assert.equal(backup.exit, 0, backup.said)
    assert.equal(await lines(home.path('backups/daybook.db')), await lines(database.url))
  })
})

describe('on Redis', { skip: withoutRedis() }, () => {
  test('a store is looked at, copied into a file, and saved', async () => {
    const port = await freePort()
    const server = await Redis.start(['--appendonly', 'yes', '--appendfsync', 'always', '--port', String(port)])
    try {
      const url = `redis://127.0.0.1:${port}/0`
      const from = home.path('here/data/daybook.db')
      assert.equal((await home.inside(['store', 'copy', '--from', from, '--to', url])).exit, 0)
      const names = [
        ['redis://cache.internal:6379/0', url],
        ['/backups', home.path('backups')],
      ] as const
      const done = await typed(home, commands('Redis')[0]?.text ?? '', { names })
      assert.equal(done.exit, 0, done.said)
      assert.match(done.said, /Background saving started/)
      assert.equal(await lines(home.path('backups/cache.db')), await lines(from))
    } finally {
      await server.stop()
    }
  })
})
