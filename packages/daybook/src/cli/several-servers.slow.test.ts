// Three servers on one PostgreSQL are one: any request to any of them, streams that move, approvals elsewhere, a killed one.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Reader } from '../http/stream/stream.fixture.ts'
import { freshSchema, sharedServer } from '../store/postgres/server.fixture.ts'
import { until } from '../until.fixture.ts'
import { neighbours } from '../work/holder.ts'
import { type Home, openHome, type Running } from './bin.fixture.ts'
import { type Traces, writeSkills } from './skills.fixture.ts'

/** Milliseconds until others go on with what a killed server did: less than its lease of 30 s, unless nobody can see that it is dead. */
const takeoverMs = neighbours() === null ? 60_000 : 25_000

let home: Home
let traces: Traces
let store: string
let servers: (Running & { readonly url: string })[]

/** Says pieces for a second: one that comes while a follower reads entries is not sent by itself. */
const tick = `import { setTimeout } from 'node:timers/promises'
import { defineSkill } from 'daybook'
export default defineSkill({
  name: 'Tick',
  description: 'Says a little, again and again.',
  async run(_, { delta, signal }) {
    for (let n = 0; n < 50; n += 1) {
      delta('tick ')
      await setTimeout(20, undefined, { signal })
    }
    return 'ticked'
  },
})
`

before(async () => {
  home = openHome()
  traces = writeSkills(home.path('data/a.db'))
  writeFileSync(home.path('here/daybook.json'), JSON.stringify({ skills: [home.path('data/skills')] }))
  mkdirSync(home.path('data/skills/tick'))
  writeFileSync(home.path('data/skills/tick/skill.ts'), tick)
  store = `${(await sharedServer()).url}?schema=${freshSchema()}`
  // All at once, on a database that has nothing yet.
  servers = await Promise.all([1, 2, 3].map(() => home.serve(['--store', store])))
})
after(() => home.end())

const urlOf = (index: number): string => servers[index]?.url ?? ''

async function call(index: number, line: string, body?: object): Promise<{ status: number; json: Answer }> {
  const [method = '', path = ''] = line.split(' ')
  const answer = await fetch(`${urlOf(index)}/api/v1${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, json: (await answer.json()) as Answer }
}
type Answer = Record<string, never> & ReturnType<typeof JSON.parse>

const say = (text: string) => ({ role: 'user', content: text })

test('[B7] what one server is told every other knows at once, and numbers are given once', async () => {
  for (const n of [1, 2, 3, 4, 5, 6]) {
    assert.equal((await call(n % 3, 'POST /sessions/one/messages', say(`message ${n}`))).status, 201)
  }
  const seqs = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const { status, json } = await call(n % 3, 'POST /sessions/one/messages', say(`together ${n}`))
      assert.equal(status, 201)
      return json.seq as number
    }),
  )
  assert.equal(new Set(seqs).size, 30)
  const logs = await Promise.all([0, 1, 2].map((index) => call(index, 'GET /sessions/one/entries?limit=100')))
  for (const { json } of logs) assert.deepEqual(json.entries, logs[0]?.json.entries)
  assert.equal(logs[0]?.json.entries.length, 37)
  const expected = Array.from({ length: 9 }, (_, n) =>
    call(n % 3, 'POST /sessions/one/messages', { ...say('only one'), expect: 37 }),
  )
  const statuses = (await Promise.all(expected)).map(({ status }) => status)
  assert.deepEqual(statuses.toSorted(), [201, ...Array.from({ length: 8 }, () => 409)])
})

test('[B7] each server tells of the others', async () => {
  await until(async () => {
    const told = await Promise.all(
      servers.map(async ({ url }) => (await fetch(`${url}/ready`)).json() as Promise<Answer>),
    )
    return told.every(({ peers }, index) => {
      const others = servers.flatMap(({ url }, other) => (other === index ? [] : url)).toSorted()
      return JSON.stringify(peers.map(({ url }: { url: string }) => url).toSorted()) === JSON.stringify(others)
    })
  })
})

test('[B7] a run of one server is followed at another, deltas too, and a stream that is cut goes on at a third', async () => {
  const path = '/api/v1/sessions/two/entries?deltas=true'
  await call(0, 'POST /sessions/two/messages', say('begin'))
  const reader = new Reader(urlOf(1), path)
  await reader.until(() => reader.ids.length === 2)
  const { json } = await call(0, 'POST /sessions/two/runs', { skill: 'hold', input: 'on' })
  await until(() => existsSync(traces.holding))
  reader.leave()
  const last = reader.ids.at(-1) ?? ''
  const third = new Reader(urlOf(2), path, { 'last-event-id': last })
  await third.until(() => /200 OK/.test(third.head))
  writeFileSync(traces.letGo, '')
  await third.until(() => third.events.some(({ data }) => data?.includes('run.finished')))
  const told = third.events.flatMap(({ data }) => (data === undefined ? [] : data)).join('\n')
  assert.match(told, /held on/)
  const seqs = [...reader.ids, ...third.ids].map(Number)
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, index) => index + 1),
  )
  assert.ok(json.run_id)
  // Who listens is known to the other servers a moment after it began.
  await until(async () => {
    const { json: ticked } = await call(0, 'POST /sessions/two/runs', { skill: 'tick', wait: true })
    assert.equal(ticked.status, 'done', JSON.stringify(ticked))
    return third.events.some(({ name }) => name === 'delta')
  })
  third.leave()
})

test('[B7] what waits at one server is decided at another', async () => {
  const asked = await home.daybook(['say', '--skill', 'push', 'main', '--server', urlOf(0)])
  assert.equal(asked.exit, 7, asked.err)
  const session = /^(\S+) {2}stored #/m.exec(asked.err)?.[1] ?? ''
  const approved = await home.daybook(['approve', session, '--yes', '--server', urlOf(2)])
  assert.equal(approved.exit, 0, approved.err)
  await until(async () =>
    / done .*pushed main/.test((await home.daybook(['show', session, '--runs', '--server', urlOf(1)])).out),
  )
})

test('[B7] the run of a killed server is taken over at once on its machine', async () => {
  for (const trace of [traces.letGo, traces.holding]) rmSync(trace, { force: true })
  await call(0, 'POST /sessions/three/runs', { skill: 'hold', input: 'fast' })
  await until(() => existsSync(traces.holding))
  const [first] = servers
  first?.process.kill('SIGKILL')
  await first?.ended
  writeFileSync(traces.letGo, '')
  await until(
    async () => {
      const { json } = await call(1, 'GET /sessions/three/entries?limit=50')
      return json.entries.some(({ kind }: { kind: string }) => kind === 'run.finished')
    },
    'the run at another server',
    takeoverMs,
  )
  assert.equal((await home.daybook(['store', 'verify', '--store', store])).exit, 0)
})
