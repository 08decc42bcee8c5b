// Real poolers before a real server: what each way of pooling leaves of the store, and what it is told.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { after as afterAll, before, describe, it } from 'node:test'
import { hintTopic } from '../bus.ts'
import { after, opening } from '../conformance/drafts.ts'
import { range, seqs } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import type { Store } from '../store.ts'
import { loadDriver } from './driver.ts'
import { postgresFacts } from './facts.ts'
import { Line } from './line.ts'
import { Pooler, type Pooling, pgbouncer } from './pooler.fixture.ts'
import { freshSchema, hasty, programsHere, Server } from './server.fixture.ts'

const skip = pgbouncer === null ? 'pgbouncer is not installed here' : false
const sessions = 12
/** What a connection brings at its start. */
const drops = ['statement_timeout', 'default_transaction_isolation', 'jit']

const within = (store: Store) => store.within({ tenant: 'acme', subjects: 'all' })

/** Opens a session and extends it, each append after the one before. */
async function write(store: Store, session: string, appends: number): Promise<void> {
  const scope = within(store)
  strictEqual((await scope.append([opening(session)]))[0]?.ok, true)
  for (let left = appends - 1; left > 0; left -= 1) {
    const head = await scope.head(session)
    ok(head)
    strictEqual((await scope.append([after(head)]))[0]?.ok, true)
  }
}

/** What stays in the sessions of a pool: each is held by a transaction while it is asked. */
async function leftIn({ url }: Pooler): Promise<string[]> {
  const driver = await loadDriver()
  const lines = Array.from({ length: sessions }, () => new Line(driver, { url }, {}, { prepare: false }))
  const left = await Promise.all(
    lines.map(async (line) => {
      await line.send('BEGIN')
      const found = await line.send('SELECT pg_listening_channels() UNION ALL SELECT name FROM pg_prepared_statements')
      return found.map(([name]) => String(name))
    }),
  )
  await Promise.all(lines.map((line) => line.end()))
  return left.flat()
}

async function pooled<T>(server: Server, how: Pooling, work: (pooler: Pooler) => Promise<T>): Promise<T> {
  const pooler = await Pooler.before(server.url, how)
  try {
    return await work(pooler)
  } finally {
    await pooler.end()
  }
}

async function poolerFact(url: string): Promise<{ state: string; detail: string }> {
  const found = (await postgresFacts({ url })).find(({ about }) => about === 'pooler')
  ok(found)
  return found
}

describe('A pooler', { skip }, () => {
  let server: Server
  before(async () => {
    if (skip === false) server = await Server.start(programsHere(), hasty)
  })
  afterAll(() => server?.dispose())

  for (const [said, dropped] of [['refuses settings', []] as const, ['drops settings', drops] as const]) {
    it(`of sessions that ${said}: servers write together and hear each other by LISTEN`, () =>
      pooled(server, { mode: 'session', sessions: 40, drops: dropped }, async ({ url }) => {
        const schema = freshSchema()
        await using one = postgresStore({ url, schema })
        await using two = postgresStore({ url, schema })
        await one.open()
        await two.open()
        const heard = Promise.withResolvers<unknown>()
        two.bus.subscribe('daybook', heard.resolve)
        // Others are asked for before, or nobody would be told; what nobody carries would be lost for good.
        const told = setInterval(() => one.bus.publish('daybook', 'word'), 50)
        strictEqual(await heard.promise, 'word')
        clearInterval(told)
        await Promise.all([write(one, 'one', 5), write(two, 'two', 5)])
        deepStrictEqual(seqs(await within(two).read('one')), range(5))
        ok((await poolerFact(url)).detail.includes('sessions'))
      }))

    it(`of transactions that ${said}: servers write together, hear within a second, and leave nothing in a session`, () =>
      pooled(server, { mode: 'transaction', sessions, drops: dropped }, async (pooler) => {
        const { url } = pooler
        const schema = freshSchema()
        await using one = postgresStore({ url, schema })
        await using two = postgresStore({ url, schema })
        await one.open()
        await two.open()
        const hinted = Promise.withResolvers<unknown>()
        two.bus.subscribe(hintTopic, hinted.resolve)
        const names = Array.from({ length: 20 }, (_, index) => `session-${index}`)
        await Promise.all(names.map((name, index) => write(index % 2 ? one : two, name, 5)))
        await write(one, 'heard', 1)
        await hinted.promise
        for (const name of names) deepStrictEqual(seqs(await within(one).read(name)), range(5))
        strictEqual((await two.feed(null, 500)).items.length, 101)
        deepStrictEqual(await leftIn(pooler), [])
        const { state, detail } = await poolerFact(url)
        deepStrictEqual([state, detail.includes('transactions')], ['ok', true])
        deepStrictEqual(await leftIn(pooler), [])
      }))

    it(`of statements that ${said} is refused, with and without a store behind it`, async () => {
      const schema = freshSchema()
      await pooled(server, { mode: 'statement', sessions, drops: dropped }, async ({ url }) => {
        const opening = () => postgresStore({ url, schema }).open()
        await rejects(opening(), { code: 'invalid', field: 'url' })
        await using store = postgresStore({ url: server.url, schema })
        await store.open()
        await rejects(opening(), { code: 'invalid', field: 'url' })
        strictEqual((await poolerFact(url)).state, 'bad')
      })
    })
  }

  it('whose server is away for a while: what was asked meanwhile is done once', async () => {
    const own = await Server.start(programsHere(), hasty)
    try {
      await pooled(own, { mode: 'transaction', sessions }, async ({ url }) => {
        await using store = postgresStore({ url, wait: 20_000 })
        await store.open()
        await write(store, 'one', 1)
        await own.end('immediate')
        const written = write(store, 'two', 3)
        await own.begin()
        await written
        deepStrictEqual(seqs(await within(store).read('two')), range(3))
      })
    } finally {
      await own.dispose()
    }
  })
})
