// Connections that end while nothing runs on them: only what was under way there fails, and is done again elsewhere.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { it } from 'node:test'
import { Connection } from './connection.ts'
import { loadDriver } from './driver.ts'
import type { Ask } from './line.ts'
import { sharedServer } from './server.fixture.ts'

async function withConnections(body: (under: Connection, other: Connection) => Promise<void>): Promise<void> {
  const { url } = await sharedServer()
  const driver = await loadDriver()
  const [under, other] = [3, 1].map(
    (max) => new Connection(driver, { url, max, wait: 5000, named: (text) => text }),
  ) as [Connection, Connection]
  try {
    await body(under, other)
  } finally {
    await under.close()
    await other.close()
  }
}

/** The server ends the connection that `ask` goes through, and it is gone before this is done. */
async function end(ask: Ask, other: Connection): Promise<void> {
  const [[pid] = []] = await ask('SELECT pg_backend_pid()')
  await other.ask('SELECT pg_terminate_backend($1)', [Number(pid)])
  for (const until = performance.now() + 30_000; ; ) {
    const [[count] = []] = await other.ask('SELECT count(*)::int FROM pg_stat_activity WHERE pid = $1', [Number(pid)])
    if (count === 0) return
    ok(performance.now() < until, 'the server did not end the connection')
  }
}

it('a transaction whose connection the server ends is done again as a whole', () =>
  withConnections(async (under, other) => {
    let tries = 0
    const rows = await under.reading(async (ask) => {
      tries += 1
      if (tries < 3) await end(ask, other)
      return ask('SELECT 7')
    })
    deepStrictEqual([tries, rows.map((row) => [...row])], [3, [[7]]])
  }))

it('what a lost transaction had written is not there, and no statement of it runs outside of one', () =>
  withConnections(async (under, other) => {
    await other.ask('CREATE TABLE IF NOT EXISTS lost(n int)')
    let tries = 0
    await under.writing(async (ask) => {
      tries += 1
      await ask('INSERT INTO lost VALUES (1)')
      if (tries === 1) await end(ask, other)
      await ask('INSERT INTO lost VALUES (2)')
    })
    const [[count] = []] = await other.ask('SELECT count(*)::int FROM lost')
    deepStrictEqual([tries, count], [2, 2])
    await other.ask('DROP TABLE lost')
  }))

it('a transaction that fails by itself is rolled back, and its connection goes on', () =>
  withConnections(async (under) => {
    await rejects(
      under.writing(async (ask) => {
        await ask('CREATE TABLE half(n int)')
        await ask('SELECT 1 / 0')
      }),
      { code: '22012' },
    )
    const [[found] = []] = await under.ask("SELECT to_regclass('half') IS NULL")
    strictEqual(found, true)
  }))
