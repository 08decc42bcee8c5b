// Formats of schemas: made once however many open them, older ones lifted, newer ones refused, a failing step leaves nothing.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { after, opening } from '../conformance/drafts.ts'
import { fails, range, write } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import { presentFormat, type SchemaFormat } from './migrations.ts'
import { OpenStore } from './open.ts'
import { dropSchema, freshSchema, sharedServer, withClient } from './server.fixture.ts'

/** A release to come: two formats ahead. */
const later: SchemaFormat = {
  format: presentFormat.format + 2,
  kinds: presentFormat.kinds,
  steps: {
    [presentFormat.format]: async (ask) => {
      await ask("ALTER TABLE daybook.sessions ADD COLUMN colour text DEFAULT 'none'")
    },
    [presentFormat.format + 1]: async (ask) => {
      await ask("UPDATE daybook.sessions SET colour = 'blue' WHERE id = 'one'")
    },
  },
}

async function inSchema(body: (url: string, schema: string) => Promise<void>): Promise<void> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  try {
    await body(url, schema)
  } finally {
    await dropSchema(url, schema)
  }
}

function opened(url: string, schema: string, present: SchemaFormat): OpenStore {
  return new OpenStore({ url, schema, connections: 2, wait: 20_000, clock: null, present })
}

async function older(url: string, schema: string): Promise<void> {
  await using store = postgresStore({ url, schema })
  await store.open()
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  await write(scope, after(await write(scope, opening('one'))))
  await write(scope, opening('two'))
}

test('Ten servers that open a fresh schema at once make it once, and all of them serve', () =>
  inSchema(async (url, schema) => {
    const stores = range(10).map(() => postgresStore({ url, schema, connections: 1, wait: 30_000 }))
    try {
      await Promise.all(stores.map((store) => store.open()))
      const outcomes = await Promise.all(
        stores.map((store, n) => store.within({ tenant: 'acme', subjects: 'all' }).append([opening(`s${n}`)])),
      )
      ok(outcomes.flat().every((outcome) => outcome.ok))
      strictEqual((await stores[0]?.feed(null))?.items.length, 10)
      const rows = await withClient(url, (client) => client.unsafe(`SELECT v FROM "${schema}".meta WHERE k = 'store'`))
      strictEqual(rows.length, 1)
    } finally {
      for (const store of stores) await store.close()
    }
  }))

test('An older schema is lifted step by step, by one of those that open it', () =>
  inSchema(async (url, schema) => {
    await older(url, schema)
    const stores = [1, 2, 3].map(() => opened(url, schema, later))
    await Promise.all(stores.map((store) => store.open()))
    for (const store of stores) await store.close()
    const rows = await withClient(url, (client) =>
      client.unsafe(`SELECT id, colour FROM "${schema}".sessions ORDER BY sid`).values(),
    )
    deepStrictEqual(
      [...rows],
      [
        ['one', 'blue'],
        ['two', 'none'],
      ],
    )
    await fails(() => postgresStore({ url, schema }).open(), 'too_new')
  }))

test('A step that fails leaves the schema as it was', () =>
  inSchema(async (url, schema) => {
    await older(url, schema)
    const broken = async () => {
      throw new Error('power cut')
    }
    const steps = { ...later.steps, [presentFormat.format + 1]: broken }
    await fails(() => opened(url, schema, { ...later, steps }).open(), 'internal')
    await using store = postgresStore({ url, schema })
    await store.open()
    deepStrictEqual(await store.admin.check(), [])
    const columns = await withClient(
      url,
      (client) =>
        client`SELECT 1 FROM information_schema.columns WHERE table_schema = ${schema} AND column_name = 'colour'`,
    )
    strictEqual(columns.length, 0)
  }))

test('Entries of kinds that this version does not know, and tables of others, are refused', () =>
  inSchema(async (url, schema) => {
    await older(url, schema)
    await withClient(url, (client) => client.unsafe(`UPDATE "${schema}".meta SET v = '9999' WHERE k = 'kinds'`))
    await fails(() => postgresStore({ url, schema }).open(), 'too_new')
    await withClient(url, (client) => client.unsafe(`DROP TABLE "${schema}".meta`))
    await fails(() => postgresStore({ url, schema }).open(), 'damaged')
  }))

test('A schema may be called anything that PostgreSQL can hold, and its store lives apart from others', async () => {
  const { url } = await sharedServer()
  const names = ['Straße "42"', "it's; DROP TABLE x", 'daybook.entries', 'x'.repeat(63)]
  for (const schema of names) {
    await using store = postgresStore({ url, schema })
    await store.open()
    await write(store.within({ tenant: 'acme', subjects: 'all' }), opening('one'))
    strictEqual((await store.admin.stats()).sessions, 1)
    await dropSchema(url, schema)
  }
  for (const schema of ['', 'x'.repeat(64), 'a\0b']) await fails(async () => postgresStore({ url, schema }), 'invalid')
})
