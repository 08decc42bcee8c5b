// Several processes on one Redis, which die, and a server that is killed while they write: nothing lost, nothing doubled.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { until } from '../../until.fixture.ts'
import { range, wholeFeed } from '../conformance/suite.ts'
import { redisStore } from '../redis.ts'
import type { Store } from '../store.ts'
import type { Appending } from './appender.fixture.ts'
import { Server, withoutRedis } from './server.fixture.ts'

const skip = withoutRedis()
const program = new URL('./appender.fixture.ts', import.meta.url).pathname

/** A process that appends, and what it told so far. */
class Appender {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  #told = ''

  constructor(asked: Appending) {
    this.child = spawn(process.execPath, [program, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#told += text
    })
    this.ended = once(this.child, 'close')
  }

  /** `session body`, each accepted for certain. A line that was cut off by a kill is none. */
  get accepted(): string[] {
    return this.#told.split('\n').slice(0, -1)
  }
}

async function onServer(body: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start()
  try {
    await body(server)
  } finally {
    await server.stop()
  }
}

/** Every log agrees with its head, the feed and the checks; all bodies behind the openings as `session body`. */
async function written(store: Store, sessions: readonly string[]): Promise<string[]> {
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  const all: string[] = []
  let entries = 0
  for (const session of sessions) {
    const head = await scope.head(session)
    for (let after = 0; ; ) {
      const page = await scope.read(session, { after })
      deepStrictEqual(
        page.map(({ seq }) => seq),
        page.map((_, index) => after + 1 + index),
      )
      all.push(...page.filter(({ seq }) => seq > 1).map(({ body }) => `${session} ${body}`))
      after += page.length
      entries += page.length
      if (page.length > 0) continue
      strictEqual(head?.seq, after)
      break
    }
  }
  const items = await wholeFeed(store)
  strictEqual(new Set(items.map(({ session, entry }) => `${session} ${entry.seq}`)).size, entries)
  strictEqual(items.length, entries)
  deepStrictEqual(await store.admin.check(), [])
  return all
}

function agree(found: readonly string[], told: readonly string[]): void {
  strictEqual(new Set(found).size, found.length, 'nothing is there twice')
  const there = new Set(found)
  deepStrictEqual(
    told.filter((line) => !there.has(line)),
    [],
    'everything acknowledged is there',
  )
}

describe('Processes on one Redis', { skip }, () => {
  it('open a fresh store at once and append to the same and to different sessions: each accepted entry is there once', () =>
    onServer(async ({ url }) => {
      const rounds = 40
      const names = ['p1', 'p2', 'p3', 'p4']
      const asked = { url, prefix: 'p:', rounds }
      const all = names.map((name) => new Appender({ ...asked, name, sessions: ['shared', 'also', `own-${name}`] }))
      await Promise.all(all.map(({ ended }) => ended))
      await using store = redisStore({ url, prefix: 'p:' })
      await store.open()
      const found = await written(store, ['shared', 'also', ...names.map((name) => `own-${name}`)])
      strictEqual(found.length, 3 * rounds * names.length)
      deepStrictEqual(found.sort(), all.flatMap(({ accepted }) => accepted).sort())
    }))

  it('that are killed while they write leave everything that they had been told, and nothing twice', () =>
    onServer(async ({ url }) => {
      await using store = redisStore({ url, prefix: 'p:' })
      await store.open()
      const sessions = range(20).map((n) => `s${n}`)
      const all: Appender[] = []
      for (const round of range(3)) {
        const one = new Appender({ url, prefix: 'p:', name: `p${round}`, sessions, rounds: 1_000_000 })
        all.push(one)
        await until(() => one.accepted.length > 200)
        one.child.kill('SIGKILL')
        await one.ended
      }
      agree(
        await written(store, sessions),
        all.flatMap(({ accepted }) => accepted),
      )
    }))

  it('go on by themselves when the server is killed again and again, and nothing acknowledged is lost or doubled', () =>
    onServer(async (server) => {
      const sessions = range(16).map((n) => `s${n}`)
      const asked = { url: server.url, prefix: 'p:', sessions, rounds: 60 }
      const all = ['p1', 'p2'].map((name) => new Appender({ ...asked, name }))
      const told = () => all.reduce((sum, { accepted }) => sum + accepted.length, 0)
      for (const kill of range(6)) {
        await until(() => told() > kill * 200)
        await server.kill()
        await server.run()
      }
      await Promise.all(all.map(({ ended }) => ended))
      deepStrictEqual(
        all.map(({ child }) => child.exitCode),
        [0, 0],
      )
      await using store = redisStore({ url: server.url, prefix: 'p:' })
      await store.open()
      const found = await written(store, sessions)
      strictEqual(found.length, 2 * 16 * 60)
      agree(
        found,
        all.flatMap(({ accepted }) => accepted),
      )
      strictEqual(told(), found.length)
    }))
})
