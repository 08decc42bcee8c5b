// A real standby: no store is opened on one, and an address that leads to one after a failover answers nothing from the past.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { after as afterAll, before, describe, it } from 'node:test'
import { localBus } from '../bus.ts'
import { after, opening } from '../conformance/drafts.ts'
import { fails, range, seqs } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import { postgresFacts } from './facts.ts'
import { Network } from './network.fixture.ts'
import { hasty, programsHere, Server, withClient } from './server.fixture.ts'

describe('A standby', () => {
  let primary: Server
  let standby: Server
  before(async () => {
    primary = await Server.start(programsHere(), hasty)
    await using store = postgresStore({ url: primary.url })
    await store.open()
    strictEqual((await store.within({ tenant: 'acme', subjects: 'all' }).append([opening('one')]))[0]?.ok, true)
    standby = await primary.standby()
  })
  afterAll(async () => {
    await standby?.dispose()
    await primary?.dispose()
  })

  it('is refused when a store is opened, also where nobody has to listen', async () => {
    await fails(() => postgresStore({ url: standby.url }).open(), 'store_readonly')
    await fails(() => postgresStore({ url: standby.url, bus: localBus() }).open(), 'store_readonly')
    await fails(() => postgresStore({ url: standby.url, schema: 'none' }).open(), 'store_readonly')
    const facts = await postgresFacts({ url: standby.url })
    strictEqual(facts.find(({ about }) => about === 'role')?.state, 'bad')
  })

  it('behind an address that led to the primary answers neither reads nor writes, until it is the primary', async () => {
    const network = await Network.before(primary.url)
    try {
      await using store = postgresStore({ url: network.url, wait: 2000 })
      await store.open()
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      const head = await scope.head('one')
      ok(head)
      network.lead(standby.url)
      for (const refused of [
        () => scope.read('one'),
        () => scope.list(),
        () => store.tip(),
        () => scope.append([after(head)]),
      ])
        await fails(refused, 'store_readonly')
      network.lead(primary.url)
      strictEqual((await scope.append([after(head)]))[0]?.ok, true)

      const [row] = await withClient(primary.url, (client) => client.unsafe('SELECT pg_current_wal_lsn()::text AS at'))
      await heard(standby, String(row?.at))
      await primary.end('immediate')
      await withClient(standby.url, (client) => client.unsafe('SELECT pg_promote()'))
      network.lead(standby.url)
      deepStrictEqual(seqs(await scope.read('one')), range(2))
      const next = await scope.head('one')
      ok(next)
      strictEqual((await scope.append([after(next)]))[0]?.ok, true)
    } finally {
      await network.close()
    }
  })
})

/** Waits until a standby has replayed what stood there at a place of the write-ahead log. */
async function heard(server: Server, place: string): Promise<void> {
  await withClient(server.url, async (client) => {
    for (const until = performance.now() + 20_000; ; ) {
      const [row] = await client.unsafe('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [place])
      if (row?.done === true) return
      ok(performance.now() < until, `the standby did not follow: ${server.said()}`)
    }
  })
}
