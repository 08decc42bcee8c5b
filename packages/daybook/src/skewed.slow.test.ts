// Two servers on one store whose wall clocks are wrong by an hour, in opposite directions: nothing that people see may differ.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { localScope } from './local-scope.ts'
import { openSessions } from './session/sessions.ts'
import type { Skewed } from './skewed.fixture.ts'
import { dropSchema, freshSchema, sharedServer } from './store/postgres/server.fixture.ts'
import { postgresStore } from './store/postgres.ts'
import { Server, withoutRedis } from './store/redis/server.fixture.ts'
import { redisStore } from './store/redis.ts'
import type { Store } from './store/store.ts'
import { until } from './until.fixture.ts'
import { Place, pageOf } from './work/skills/folders.fixture.ts'

const hour = 3_600_000
const day = 24 * hour
/** What machines with other work may add; an hour is what would be wrong. */
const slack = 60_000

/** Waits until somebody says so by making a file, and tells which process it was. */
const hold = `import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { defineSkill } from 'daybook'
export default defineSkill({
  run: async () => {
    while (!existsSync(process.env.HOLD ?? '')) await pause(20)
    return String(process.pid)
  },
})
`

interface Answer {
  readonly [name: string]: unknown
  readonly status?: string
  readonly output?: unknown
  readonly run_id?: string
  readonly place?: string
  readonly entries?: readonly { readonly at: string; readonly kind: string }[]
}

/** A store that real servers share, and how this process looks into it, with a clock of its own if it likes. */
interface Shared {
  readonly url: string
  look(clock?: () => number): Store
  end(): Promise<void>
}

class World {
  readonly shared: Shared
  readonly place: Place
  readonly #children: ChildProcess[] = []

  constructor(shared: Shared, place: Place) {
    this.shared = shared
    this.place = place
  }

  get hold(): string {
    return this.place.in('go-on')
  }

  async serve(ahead: number): Promise<Peer> {
    const settings = { store: this.shared.url, skillFolders: [this.place.in('skills')], idleMs: hour / 2, keepMs: 50 }
    const given: Skewed = { ahead, settings }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'skewed.fixture.ts'), JSON.stringify(given)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, HOME: this.place.path, XDG_CACHE_HOME: this.place.in('cache'), HOLD: this.hold },
    })
    this.#children.push(child)
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url, said } = JSON.parse(line) as { url: string; said: number }
    ok(Math.abs(said - ahead - Date.now()) < slack, 'its wall clock is wrong as it should be')
    return new Peer(url, child)
  }

  /** Sees the keeper end what was in the trash for long, twice: so one whole pass lies in between. */
  async kept(): Promise<void> {
    for (const id of ['gone-1', 'gone-2']) {
      await using before = this.shared.look(() => Date.now() - 31 * day)
      await using sessions = await openSessions({ store: before })
      await (await sessions.within(localScope).open({ id })).trash()
      await using store = this.shared.look()
      await store.open()
      await until(async () => (await store.within(localScope).head(id))?.place === 'deleted')
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map(ended))
    await this.place[Symbol.asyncDispose]()
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.stdin?.end()
  await gone
}

class Peer {
  readonly child: ChildProcess
  readonly #url: string

  constructor(url: string, child: ChildProcess) {
    this.#url = url
    this.child = child
  }

  async call(line: string, body?: object): Promise<Answer> {
    const [method = '', path = ''] = line.split(' ')
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const answer = (await response.json()) as Answer
    ok(response.ok, JSON.stringify(answer))
    return answer
  }

  async times(session: string, kind?: string): Promise<number[]> {
    const { entries } = await this.call(`GET /sessions/${session}/entries${kind ? `?kind=${kind}` : ''}`)
    return (entries ?? []).map(({ at }) => Date.parse(at))
  }
}

/** Asks for a run that waits for two seconds, and sees that it waits. */
async function waiting(peer: Peer, session: string): Promise<string> {
  const { run_id } = await peer.call(`POST /sessions/${session}/runs`, { input: 'remind me in 2 seconds to stretch' })
  // In the log, where it stays: a busy machine may look when the two seconds are over.
  await until(async () => (await peer.times(session, 'run.waiting')).length > 0)
  return String(run_id)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function onPostgres(): Promise<Shared> {
  const { url } = await sharedServer()
  const schema = freshSchema()
  return {
    url: `${url}?schema=${schema}`,
    look: (clock) => postgresStore({ url, schema, connections: 1, ...(clock && { clock }) }),
    end: () => dropSchema(url, schema),
  }
}

async function onRedis(): Promise<Shared> {
  const port = await freePort()
  const redis = await Server.start(['--port', String(port), '--appendonly', 'yes', '--appendfsync', 'no'])
  const url = `redis://127.0.0.1:${port}`
  return {
    url: `${url}?durable=process`,
    look: (clock) => redisStore({ url, durable: 'process', ...(clock && { clock }) }),
    end: () => redis.stop(),
  }
}

for (const { name, skip, open } of [
  { name: 'PostgreSQL', skip: false, open: onPostgres },
  { name: 'Redis', skip: withoutRedis(), open: onRedis },
]) {
  describe(`wall clocks of servers that are wrong by an hour change nothing on ${name}:`, { skip }, () => {
    let world: World
    let early: Peer
    let late: Peer
    before(async () => {
      world = new World(await open(), await Place.make())
      await world.place.write('skills/hold/SKILL.md', pageOf('hold'))
      await world.place.write('skills/hold/skill.ts', hold)
      early = await world.serve(hour)
    })
    after(async () => {
      await world.end()
      await world.shared.end()
    })

    it('a session is idle when it is, not an hour before', async () => {
      await early.call('POST /sessions', { session_id: 'fresh' })
      late = await world.serve(-hour)
      await late.call('POST /sessions', { session_id: 'later' })
      await world.kept()
      for (const id of ['fresh', 'later']) strictEqual((await early.call(`GET /sessions/${id}`)).place, 'open')
    })

    it('what was written through either has its time, in the order of the log', async () => {
      const bounds: [number, number][] = []
      for (const peer of [early, late, early, late, late, early]) {
        const from = Date.now()
        await peer.call('POST /sessions/talk/messages', { role: 'user', content: 'hello' })
        bounds.push([from, Date.now()])
      }
      const times = await late.times('talk', 'message')
      strictEqual(times.length, bounds.length)
      for (const [index, [from, to]] of bounds.entries()) {
        const at = times[index] ?? Number.NaN
        // Half of a way to the database, once measured, is what nobody can know.
        ok(at >= from - 1000 && at <= to + 1000, `${at} for ${from} to ${to}`)
      }
    })

    it('a wait of two seconds takes two seconds, whoever wakes the run', async () => {
      const from = performance.now()
      const runs = [await waiting(early, 'wait-early'), await waiting(late, 'wait-late')]
      for (const [run, peer] of [
        [runs[0], late],
        [runs[1], early],
      ] as const) {
        strictEqual((await peer.call(`GET /runs/${run}?wait=60000&until=end`)).status, 'done')
      }
      ok(performance.now() - from < slack, 'nobody waited for an hour')
      for (const session of ['wait-early', 'wait-late']) {
        const [queued = 0] = await early.times(session, 'run.queued')
        const [finished = 0] = await early.times(session, 'run.finished')
        ok(finished - queued >= 2000 && finished - queued < slack, `${finished - queued}`)
      }
    })

    it('a lease is not taken from who works', async () => {
      const { run_id } = await early.call('POST /sessions/held/runs', { skill: 'hold' })
      await until(async () => (await late.call(`GET /runs/${run_id}`)).status === 'running')
      // The other looks for work meanwhile: it begins and wakes what is its own.
      const run = await waiting(late, 'beside')
      strictEqual((await late.call(`GET /runs/${run}?wait=60000&until=end`)).status, 'done')
      await world.place.write('go-on', '')
      const done = await late.call(`GET /runs/${run_id}?wait=60000&until=end`)
      deepStrictEqual([done.status, done.output], ['done', String(early.child.pid)])
      strictEqual((await early.times('held', 'run.started')).length, 1)
      strictEqual((await early.times('held', 'step.started')).length, 1)
    })

    it('the trash keeps for thirty days from when it was asked to', async () => {
      for (const [peer, session] of [
        [early, 'fresh'],
        [late, 'later'],
      ] as const) {
        const from = Date.now()
        await peer.call(`POST /sessions/${session}/trash`)
        await using store = world.shared.look()
        await store.open()
        const due = (await store.within({ ...localScope, subjects: 'all' }).head(session))?.due ?? 0
        ok(due >= from - 1000 + 30 * day && due <= Date.now() + 1000 + 30 * day, `${due - from - 30 * day}`)
      }
      const inTrash = async (ahead: number) => {
        await using store = world.shared.look(() => Date.now() + ahead)
        await store.open()
        return (await store.due(9, 'trash')).map(({ session }) => session)
      }
      deepStrictEqual(await inTrash(30 * day - hour / 2), [])
      deepStrictEqual(await inTrash(30 * day + slack), ['fresh', 'later'])
    })

    it('a run that waits when its server ends is woken by the other', async () => {
      const run = await waiting(early, 'left')
      early.child.kill('SIGKILL')
      const from = performance.now()
      strictEqual((await late.call(`GET /runs/${run}?wait=60000&until=end`)).status, 'done')
      ok(performance.now() - from < slack)
    })
  })
}
