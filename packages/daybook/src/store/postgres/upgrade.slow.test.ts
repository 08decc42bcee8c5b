// A newer version opens a schema while older servers work on it: what they were told is kept, then they refuse, and nothing breaks.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, isDaybookError } from '../../schema/errors.ts'
import { emptyCell } from '../../schema/heads.ts'
import { until } from '../../until.fixture.ts'
import { after, deleting, opening } from '../conformance/drafts.ts'
import { fails, range, write } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import type { ScopedStore, Store } from '../store.ts'
import { presentFormat, type SchemaFormat } from './migrations.ts'
import { OpenStore } from './open.ts'
import { PostgresScope } from './scoped.ts'
import { dropSchema, freshSchema, sharedServer, withClient } from './server.fixture.ts'

const whole = { tenant: 'acme', subjects: 'all' } as const

class Schema {
  readonly url: string
  readonly name = freshSchema()
  readonly #opened: { close(): Promise<void> }[] = []

  constructor(url: string) {
    this.url = url
  }

  /** A server of this version. */
  async older(): Promise<Store> {
    const store = postgresStore({ url: this.url, schema: this.name, connections: 2, wait: 20_000 })
    this.#opened.push(store)
    await store.open()
    return store
  }

  async newer(present: SchemaFormat): Promise<OpenStore> {
    const store = new OpenStore({
      url: this.url,
      schema: this.name,
      connections: 2,
      wait: 20_000,
      clock: null,
      present,
    })
    this.#opened.push(store)
    await store.open()
    return store
  }

  async drop(): Promise<void> {
    for (const store of this.#opened) await store.close()
    await dropSchema(this.url, this.name)
  }

  run(text: string): Promise<readonly (readonly unknown[])[]> {
    return withClient(this.url, (client) => client.unsafe(text.replaceAll('daybook.', `"${this.name}".`)).values())
  }
}

async function inSchema(body: (schema: Schema) => Promise<void>): Promise<void> {
  const schema = new Schema((await sharedServer()).url)
  try {
    await body(schema)
  } finally {
    await schema.drop()
  }
}

/** What a caller of an older server met, one append behind the other, until it was refused. */
class Caller {
  readonly session: string
  readonly accepted: string[] = []
  readonly #scope: ScopedStore
  readonly refused: Promise<ErrorCode>

  constructor(store: Store, session: string) {
    this.session = session
    this.#scope = store.within(whole)
    this.refused = this.#go()
  }

  async #go(): Promise<ErrorCode> {
    try {
      for (let head = await write(this.#scope, opening(this.session)); ; ) {
        const body = JSON.stringify(`said ${this.accepted.length}`)
        head = await write(this.#scope, after(head, { bodies: [body] }))
        this.accepted.push(body)
        strictEqual((await this.#scope.read(this.session, { order: 'desc', limit: 1 }))[0]?.body, body)
      }
    } catch (error) {
      if (isDaybookError(error)) return error.code
      throw error
    }
  }
}

const waitingForIt = `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.mode = 'ShareLock' AND NOT l.granted`

test('While a newer version lifts the schema nobody writes, and older servers are refused behind it as too_new', () =>
  inSchema(async (schema) => {
    const older = [await schema.older(), await schema.older()]
    const readers = await schema.older()
    const callers = range(6).map((n) => new Caller(older[n % 2] as Store, `session-${n}`))
    await until(async () => callers.every(({ accepted }) => accepted.length >= 5))
    const { format, kinds } = presentFormat
    const newer = await schema.newer({
      format: format + 1,
      kinds,
      steps: {
        [format]: async (ask) => {
          const entries = async () => Number((await ask('SELECT count(*) FROM daybook.entries'))[0]?.[0])
          const before = await entries()
          // Both servers want to write meanwhile.
          await until(async () => Number((await schema.run(waitingForIt))[0]?.[0]) >= 2)
          strictEqual(await entries(), before)
          await ask('ALTER TABLE daybook.sessions ADD COLUMN colour text')
          await ask("UPDATE daybook.sessions SET colour = 'blue'")
        },
      },
    })
    deepStrictEqual(
      await Promise.all(callers.map(({ refused }) => refused)),
      callers.map(() => 'too_new'),
    )
    // What was accepted is there, once, lifted with the rest; what was refused is not.
    const scope = new PostgresScope(newer, whole)
    for (const { session, accepted } of callers) {
      const bodies = (await scope.read(session, { after: 1 })).map(({ body }) => body)
      deepStrictEqual(bodies, accepted)
    }
    strictEqual(Number((await schema.run("SELECT count(*) FROM daybook.sessions WHERE colour = 'blue'"))[0]?.[0]), 6)
    await write(scope, opening('newer'))
    // Who was refused reads no more either; who only reads hears of it within some seconds.
    for (const store of older) await fails(() => store.within(whole).head('session-1'), 'too_new')
    await until(() =>
      readers
        .within(whole)
        .head('session-1')
        .then(
          () => false,
          (error: unknown) => isDaybookError(error) && error.code === 'too_new',
        ),
    )
    await fails(() => readers.admin.stats(), 'too_new')
  }))

test('What reads where a newer version has moved things is told why', () =>
  inSchema(async (schema) => {
    const [column, table] = [await schema.older(), await schema.older()]
    await write(column.within(whole), opening('one'))
    const { format, kinds } = presentFormat
    const steps = {
      [format]: async (ask: (text: string) => Promise<unknown>) => {
        await ask('ALTER TABLE daybook.entries RENAME COLUMN body TO words')
        await ask('ALTER TABLE daybook.cells RENAME TO states')
      },
    }
    await schema.newer({ format: format + 1, kinds, steps })
    await fails(() => column.within(whole).read('one'), 'too_new')
    await fails(() => table.within(whole).cell('one'), 'too_new')
  }))

test('Versions that differ in their code alone work side by side, until one writes a kind that the other does not know', () =>
  inSchema(async (schema) => {
    const older = await schema.older()
    const { format, kinds } = presentFormat
    const newer = await schema.newer({ format, kinds: kinds + 1, steps: {} })
    const [one, other] = [older.within(whole), new PostgresScope(newer, whole)]
    let head = await write(one, opening('one'))
    for (const scope of [other, one, other, one]) head = await write(scope, after(head))
    strictEqual((await other.read('one')).length, 5)
    // As its first entry of that kind does.
    await schema.run(`UPDATE daybook.meta SET v = '${kinds + 1}' WHERE k = 'kinds'`)
    await fails(() => one.append([after(head)]), 'too_new')
    await write(other, after(head))
  }))

test('Whatever an older server would write is refused by the store itself', () =>
  inSchema(async (schema) => {
    const first = await schema.older()
    const head = await write(first.within(whole), opening('one'))
    const lease = await first.within(whole).acquire('one', 'holder', 60_000)
    ok(lease)
    await first.within(whole).blobs.put(new TextEncoder().encode('known'))
    const cell = emptyCell
    const verbs: Readonly<Record<string, (scope: ScopedStore, store: Store) => Promise<unknown>>> = {
      append: (scope) => scope.append([after(head)]),
      open: (scope) => scope.append([opening('two')]),
      delete: (scope) => scope.delete('one', deleting(head)),
      refold: (scope) => scope.refold('one', head, head, null),
      acquire: (scope) => scope.acquire('one', 'other', 1000),
      renew: (scope) => scope.renew(lease, 1000),
      release: (scope) => scope.release(lease),
      mark: (scope) => scope.marks.put('one', 'user:anna', { version: 0, pinned: 1 }),
      'keep a snapshot': (scope) => scope.snapshots.put('one', { seq: head.seq, fold: head.fold, head, cell }),
      'drop snapshots': (scope) => scope.snapshots.drop('one'),
      'put a blob': (scope) => scope.blobs.put(new TextEncoder().encode('new')),
      'put a known blob': (scope) => scope.blobs.put(new TextEncoder().encode('known')),
      sweep: (_, store) => store.admin.sweep(),
      mend: (_, store) => store.admin.mend(),
    }
    const content = () =>
      schema.run(
        'SELECT (SELECT json_agg(s) FROM daybook.sessions s)::text, (SELECT json_agg(b) FROM daybook.blobs b)::text',
      )
    const before = await content()
    for (const [name, verb] of Object.entries(verbs)) {
      await using store = await schema.older()
      await schema.run("UPDATE daybook.meta SET v = '99' WHERE k = 'format'")
      await fails(() => verb(store.within(whole), store), 'too_new')
      deepStrictEqual(await content(), before, name)
      await schema.run(`UPDATE daybook.meta SET v = '${presentFormat.format}' WHERE k = 'format'`)
    }
  }))
