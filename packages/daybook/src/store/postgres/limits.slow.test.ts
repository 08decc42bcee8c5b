// What a server refuses or does not get to: typed errors in time, bounded queues, and everything goes on by itself after.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredEntry } from '../../schema/entries.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { until } from '../../until.fixture.ts'
import { after, opening } from '../conformance/drafts.ts'
import { fails, range, seqs } from '../conformance/suite.ts'
import { type PostgresOptions, postgresStore } from '../postgres.ts'
import type { ScopedStore, Store } from '../store.ts'
import { Connection } from './connection.ts'
import { loadDriver } from './driver.ts'
import { namesOf } from './names.ts'
import { Network } from './network.fixture.ts'
import { dropSchema, freshSchema, hasty, programsHere, Server, sharedServer, withClient } from './server.fixture.ts'

interface Place {
  readonly url: string
  readonly schema: string
  store(options?: Partial<PostgresOptions>): Store
  admin(statement: string): Promise<unknown>
}

async function inSchema(body: (place: Place) => Promise<void>): Promise<void> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  try {
    await body({
      url,
      schema,
      store: (options = {}) => postgresStore({ url, schema, ...options }),
      admin: (statement) => withClient(url, (client) => client.unsafe(statement)),
    })
  } finally {
    await dropSchema(url, schema)
  }
}

const everything = (store: Store): ScopedStore => store.within({ tenant: 'acme', subjects: 'all' })

async function opened(store: Store): Promise<ScopedStore> {
  await store.open()
  const scope = everything(store)
  await scope.append([opening('one')])
  return scope
}

/** The URL of a role of its own, made with these options. */
async function withRole(
  { url, schema, admin }: Place,
  options: string,
  body: (url: string, role: string) => Promise<void>,
): Promise<void> {
  const role = `role_${schema}`
  await admin(`CREATE ROLE "${role}" LOGIN ${options}`)
  try {
    await admin(`GRANT ALL ON SCHEMA "${schema}" TO "${role}"; GRANT ALL ON ALL TABLES IN SCHEMA "${schema}" TO "${role}";
      GRANT ALL ON ALL SEQUENCES IN SCHEMA "${schema}" TO "${role}"`)
    const own = new URL(url)
    own.username = role
    await body(own.href, role)
  } finally {
    await admin(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`)
  }
}

describe('a server with limits', () => {
  it('refuses a value that no column takes for its append alone', () =>
    inSchema(async (place) => {
      await using store = place.store()
      const scope = await opened(store)
      const heads = await Promise.all(
        range(12).map(async (n) => {
          const append = opening(`s${n}`)
          await scope.append([append])
          return append.head
        }),
      )
      const batch = heads.map((head, n) => {
        const append = after(head)
        const strange: Partial<StoredEntry> = [{ at: 0.5 }, { v: 1e12 }, { dataHash: '\0' }][n % 3] ?? {}
        return n % 4 === 1 ? { ...append, entries: append.entries.map((entry) => ({ ...entry, ...strange })) } : append
      })
      const outcomes = await scope.append(batch)
      deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? 'ok' : `${outcome.code} ${outcome.seq}`)),
        range(12).map((n) => ((n - 1) % 4 === 1 ? 'invalid 1' : 'ok')),
      )
      deepStrictEqual(await store.admin.check(), [])
    }))

  it('says store_busy where somebody else holds a session for longer than the wait, and is as before after', () =>
    inSchema(async (place) => {
      await using store = place.store({ wait: 300 })
      const scope = await opened(store)
      const { head } = opening('one')
      await withClient(place.url, async (client) => {
        await client.unsafe('BEGIN').catch(() => client.unsafe('ROLLBACK'))
        await client.unsafe(`SELECT 1 FROM "${place.schema}".sessions WHERE id = 'one' FOR UPDATE`)
        const started = performance.now()
        await fails(() => scope.append([after(head)]), 'store_busy')
        await fails(() => scope.acquire('one', 'a', 1000), 'store_busy')
        ok(performance.now() - started < 3000)
        deepStrictEqual(seqs(await scope.read('one')), [1])
        await client.unsafe('ROLLBACK')
      })
      strictEqual((await scope.append([after(head)]))[0]?.ok, true)
    }))

  it('lets a role without the right to write read on, and says store_readonly', () =>
    inSchema(async (place) => {
      {
        await using store = place.store()
        await opened(store)
      }
      await withRole(place, '', async (url, role) => {
        await place.admin(`ALTER ROLE "${role}" SET default_transaction_read_only = on`)
        await using store = place.store({ url })
        await store.open()
        const scope = everything(store)
        deepStrictEqual(seqs(await scope.read('one')), [1])
        strictEqual((await scope.list()).total, 1)
        await fails(() => scope.append([after(opening('one').head)]), 'store_readonly')
        await fails(() => scope.acquire('one', 'a', 1000), 'store_readonly')
        await fails(() => scope.blobs.put(new Uint8Array(3)), 'store_readonly')
        await fails(() => store.admin.sweep(), 'store_readonly')
      })
    }))

  it('says store_busy where the server has no connection left, and serves when there is one', () =>
    inSchema(async (place) => {
      {
        await using store = place.store()
        await opened(store)
      }
      await withRole(place, 'CONNECTION LIMIT 4', async (url) => {
        await using first = place.store({ url, connections: 2, wait: 300 })
        await first.open()
        const scope = everything(first)
        deepStrictEqual((await Promise.all(range(9).map(() => scope.read('one')))).length, 9)
        await using second = place.store({ url, connections: 2, wait: 300 })
        await withClient(url, async (client) => {
          await client.unsafe('SELECT 1')
          await fails(() => second.open(), 'store_busy')
        })
        strictEqual((await scope.append([after(opening('one').head)]))[0]?.ok, true)
      })
    }))

  it('is unreachable where nobody listens, where the password is wrong, where there is no such database', async () => {
    const { url } = await sharedServer()
    const bad = [
      'postgres://127.0.0.1:1/x',
      url.replace(/\/postgres$/, '/nowhere'),
      url.replace('postgres@', 'nobody@'),
    ]
    for (const each of bad) {
      await using store = postgresStore({ url: each, wait: 200 })
      const error = await store.open().then(
        () => null,
        (reason: unknown) => reason,
      )
      ok(isDaybookError(error), String(error))
      strictEqual(error.code, 'unreachable')
    }
    for (const each of ['', 'sqlite:x', 'http://x', 'postgres']) {
      await fails(async () => postgresStore({ url: each }), 'invalid')
    }
  })
})

it('a store that could not be opened can be opened later, and then hears of what others write', () =>
  inSchema(async (place) => {
    const network = await Network.before(place.url)
    try {
      network.open = false
      await using late = place.store({ url: network.url, wait: 200 })
      const heard: unknown[] = []
      const stop = late.bus.subscribe('hint', (hint) => heard.push(hint))
      await fails(() => late.open(), 'unreachable')
      network.open = true
      await late.open()
      await using other = place.store()
      await opened(other)
      await until(() => heard.length > 0, 'the hint')
      deepStrictEqual(heard[0], { tenant: 'acme', session: 'one', seq: 1 })
      stop()
    } finally {
      await network.close()
    }
  }))

describe('a server that stands still', () => {
  it('costs each call its wait and no more, and goes on where it was', async () => {
    const server = await Server.start(programsHere(), hasty)
    try {
      await using store = postgresStore({ url: server.url, wait: 300 })
      const scope = await opened(store)
      const { head } = opening('one')
      const stopped = await server.stopped()
      const started = performance.now()
      await fails(() => scope.append([after(head)]), 'unreachable')
      await fails(() => scope.read('one'), 'unreachable')
      ok(performance.now() - started < 10_000)
      await stopped()
      // What the server was asked for before may be written or not; then everything goes on.
      const { seq } = (await scope.head('one')) ?? head
      ok(seq === 1 || seq === 2)
      const present = await scope.head('one')
      ok(present)
      strictEqual((await scope.append([after(present)]))[0]?.ok, true)
      deepStrictEqual(seqs(await scope.read('one')), range(seq + 1))
    } finally {
      await server.dispose()
    }
  })
})

describe('behind a pooler', () => {
  it('settings that it refuses are left out, and everything works', () =>
    inSchema(async (place) => {
      const network = await Network.before(place.url)
      try {
        network.refuses = 'statement_timeout'
        await using store = place.store({ url: network.url })
        const scope = await opened(store)
        strictEqual((await scope.append([after(opening('one').head)]))[0]?.ok, true)
        deepStrictEqual(seqs(await scope.read('one')), [1, 2])
        ok(network.refused > 0)
      } finally {
        await network.close()
      }
    }))

  it('statements that the server forgot are prepared again', async () => {
    const { url } = await sharedServer()
    const { named } = namesOf('daybook')
    const connection = new Connection(await loadDriver(), { url, max: 1, wait: 1000, named })
    try {
      const ask = () => connection.ask('SELECT $1::bigint + 1', [41])
      const prepared = async () => (await connection.client.unsafe('SELECT 1 FROM pg_prepared_statements')).length
      deepStrictEqual([...(await ask())], [[42]])
      await connection.client.unsafe('DEALLOCATE ALL')
      strictEqual(await prepared(), 0)
      deepStrictEqual([...(await ask())], [[42]])
    } finally {
      await connection.close()
    }
  })
})
