// Several processes on one server, which die, and a server that dies: nothing lost, nothing doubled.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { isDaybookError } from '../../schema/errors.ts'
import { until } from '../../until.fixture.ts'
import { after, opening } from '../conformance/drafts.ts'
import { range, wholeFeed } from '../conformance/suite.ts'
import { postgresStore } from '../postgres.ts'
import type { ScopedStore, Store } from '../store.ts'
import type { Appending, Told } from './appender.fixture.ts'
import { dropSchema, freshSchema, hasty, programsHere, Server, sharedServer } from './server.fixture.ts'

const run = promisify(execFile)
const program = new URL('./appender.fixture.ts', import.meta.url).pathname

async function appending(asked: Appending): Promise<Told> {
  const { stdout } = await run(process.execPath, [program, JSON.stringify(asked)], { timeout: 120_000 })
  return JSON.parse(stdout) as Told
}

async function inSchema(body: (place: { url: string; schema: string }) => Promise<void>): Promise<void> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  try {
    await body({ url, schema })
  } finally {
    await dropSchema(url, schema)
  }
}

/** The bodies of a log are those accepted, and the head is that of its last entry. */
async function agrees(scope: ScopedStore, session: string, accepted: readonly string[]): Promise<void> {
  const bodies = await wholeLog(scope, session)
  deepStrictEqual(bodies.slice(1).sort(), [...accepted].sort())
  const [last] = await scope.read(session, { order: 'desc', limit: 1 })
  deepStrictEqual([last?.seq, last?.hash], [bodies.length, (await scope.head(session))?.hash])
}

/** Every entry once, each session's own in order. */
async function feedIsWhole(store: Store, count: number): Promise<void> {
  const items = await wholeFeed(store)
  strictEqual(new Set(items.map(({ session, entry }) => `${session} ${entry.seq}`)).size, items.length)
  strictEqual(items.length, count)
  const last = new Map<string, number>()
  for (const { session, entry } of items) {
    strictEqual(entry.seq, (last.get(session) ?? 0) + 1)
    last.set(session, entry.seq)
  }
}

test('Three processes open a fresh schema at once and append to the same and to different sessions, followed by a fourth', () =>
  inSchema(async (place) => {
    const rounds = 40
    const names = ['p1', 'p2', 'p3']
    await using store = postgresStore({ ...place, wait: 30_000 })
    await store.open()
    let writing = true
    const followed: string[] = []
    const following = (async () => {
      for (let cursor: string | null = null; ; ) {
        const last = !writing
        const page = await store.feed(cursor, 50)
        followed.push(...page.items.map(({ session, entry }) => `${session} ${entry.seq}`))
        if (last && page.cursor === cursor) return
        cursor = page.cursor
      }
    })()
    const told = await Promise.all(
      names.map((name) => appending({ ...place, name, sessions: ['shared', 'also', `own-${name}`], rounds })),
    )
    writing = false
    await following
    const scope = store.within({ tenant: 'acme', subjects: 'all' })
    for (const session of ['shared', 'also', ...names.map((name) => `own-${name}`)]) {
      const accepted = told.flatMap((one) => one.accepted[session] ?? [])
      await agrees(scope, session, accepted)
      strictEqual(accepted.length, session.startsWith('own') ? rounds : rounds * names.length)
    }
    const count = 5 + rounds * (3 * 2 + 3)
    await feedIsWhole(store, count)
    strictEqual(followed.length, count)
    strictEqual(new Set(followed).size, count)
    deepStrictEqual(await store.admin.check(), [])
  }))

test('A process that is killed while it writes leaves a store that agrees with itself, and others go on at once', () =>
  inSchema(async (place) => {
    const asked: Appending = { ...place, name: 'p', sessions: ['one', 'two'], rounds: 1_000_000 }
    await using store = postgresStore(place)
    await store.open()
    const child = execFile(process.execPath, [program, JSON.stringify(asked)])
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const scope = store.within({ tenant: 'acme', subjects: 'all' })
    await until(async () => ((await scope.head('two'))?.seq ?? 0) >= 50)
    child.kill('SIGKILL')
    await ended
    for (const session of ['one', 'two']) {
      for (let done = false; !done; ) {
        const head = await scope.head(session)
        ok(head)
        const [last] = await scope.read(session, { order: 'desc', limit: 1, until: head.seq })
        strictEqual(last?.hash, head.hash)
        const [outcome] = await scope.append([after(head, { bodies: ['"goes on"'] })])
        done = outcome?.ok === true
      }
    }
    deepStrictEqual(await store.admin.check(), [])
  }))

interface Writing {
  readonly accepted: string[]
  /** Sent, but whether it was written was never told. */
  readonly unknown: string[]
}

/** Appends to a session until told to stop; a call that fails is not repeated, what it wanted may be there or not. */
async function load(scope: ScopedStore, session: string, name: string, going: () => boolean): Promise<Writing> {
  const writing: Writing = { accepted: [], unknown: [] }
  for (let n = 0; going(); n += 1) {
    const body = `"${name} ${n}"`
    try {
      const head = await scope.head(session)
      ok(head)
      const [outcome] = await scope.append([after(head, { bodies: [body] })])
      if (outcome?.ok) writing.accepted.push(body)
      else strictEqual(outcome?.code, 'conflict')
    } catch (error) {
      ok(isDaybookError(error), String(error))
      strictEqual(error.code, 'unreachable')
      writing.unknown.push(body)
    }
  }
  return writing
}

test('While the server is killed again and again, every acknowledged append is there once, and none twice', async () => {
  const server = await Server.start(programsHere(), hasty)
  try {
    const place = { url: server.url, schema: 'daybook' }
    await using first = postgresStore({ ...place, wait: 20_000 })
    await using second = postgresStore({ ...place, wait: 20_000 })
    await Promise.all([first.open(), second.open()])
    const scopes = [first, second].map((store) => store.within({ tenant: 'acme', subjects: 'all' }))
    const [one, other] = scopes as [ScopedStore, ScopedStore]
    const sessions = range(6).map((n) => `s${n}`)
    for (const session of sessions) await one.append([opening(session)])
    let going = true
    const loads = sessions.flatMap((session, n) =>
      // The last two sessions are written by both.
      (n < 4 ? [scopes[n % 2] ?? one] : scopes).map((scope, at) =>
        load(scope, session, `${session} of ${at}`, () => going),
      ),
    )
    for (const _ of range(4)) {
      const before = (await other.head('s1'))?.seq ?? 0
      while (((await other.head('s1'))?.seq ?? 0) < before + 15) await new Promise((resolve) => setImmediate(resolve))
      await server.end('immediate')
      await server.begin()
    }
    going = false
    const all = await Promise.all(loads)
    let count = sessions.length
    for (const [n, session] of sessions.entries()) {
      const mine = n < 4 ? all.slice(n, n + 1) : all.slice(4 + (n - 4) * 2, 6 + (n - 4) * 2)
      const entries = await wholeLog(one, session)
      const bodies = entries.slice(1)
      count += bodies.length
      for (const body of mine.flatMap(({ accepted }) => accepted)) {
        strictEqual(bodies.filter((each) => each === body).length, 1, `${body} was acknowledged`)
      }
      const known = new Set(mine.flatMap(({ accepted, unknown }) => [...accepted, ...unknown]))
      ok(bodies.every((body) => body !== null && known.has(body)))
      strictEqual(new Set(bodies).size, bodies.length)
    }
    await feedIsWhole(first, count)
    deepStrictEqual(await first.admin.check(), [])
  } finally {
    await server.dispose()
  }
})

async function wholeLog(scope: ScopedStore, session: string): Promise<(string | null)[]> {
  const bodies: (string | null)[] = []
  for (let last = 0; ; ) {
    const page = await scope.read(session, { after: last })
    if (page.length === 0) return bodies
    bodies.push(...page.map(({ body }) => body))
    last = page.at(-1)?.seq ?? last
  }
}
