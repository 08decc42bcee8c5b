// Adopting through a server: asked for by the owner of the machine alone, once per key, and looked at while it goes.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { adopting, adoptionsOf } from '../adopting.ts'
import { openSessions } from '../session/sessions.ts'
import { gate, until } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import { homeOf, temporaryFolder, traces } from '../transcripts/adopting.fixture.ts'
import { openAdoptions } from '../transcripts/adoptions.ts'
import { codex } from '../transcripts/codex.ts'
import { drivenBy, none } from './driven.fixture.ts'
import { type TestServer, testServer, told } from './server.fixture.ts'

const key = 'k'.repeat(43)
const scope = { tenant: 'default', subjects: ['local'] }

interface World {
  readonly server: TestServer
  readonly home: string
  /** Lets the reader look for files. */
  readonly look: () => void
  ask(id: string, body?: object, authorization?: string): ReturnType<TestServer['call']>
}

async function world(t: TestContext): Promise<World> {
  const home = await homeOf(t, 'codex-0.169.0')
  const store = memoryStore()
  const sessions = await openSessions({ store })
  const { promise, resolve } = gate()
  const slow = {
    ...codex,
    async *find(places: Parameters<typeof codex.find>[0]) {
      await promise
      yield* codex.find(places)
    },
  }
  const mine = sessions.within(scope, adopting.adopter)
  const follow = (agents: readonly string[]) => adopting.follow(mine, agents)
  const adoptions = openAdoptions({ readers: [slow], places: { home }, sessions: mine, follow })
  const server = await testServer('memory', { sessions, adoptions, programs: drivenBy(sessions, { key, live: none }) })
  t.after(async () => {
    resolve()
    await adoptions[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await store.close()
  })
  const ask = (id: string, body: object = {}, authorization = `Bearer ${key}`) =>
    server.call('POST /adoptions', { body, headers: { 'idempotency-key': id, authorization } })
  return { server, home, look: resolve, ask }
}

const stands = ({ server }: World, id: string) =>
  server.call(`GET /adoptions/${id}`, { headers: { authorization: `Bearer ${key}` } })

test('[B10] one key is one adoption: it is followed to its report, and a repeat tells how the same one stands', async (t) => {
  const w = await world(t)
  const before = await traces(w.home)
  const first = await w.ask('mine', { follow: true })
  assert.deepEqual([first.status, first.json.status, first.json.agents], [202, 'running', ['codex']])
  const id = String(first.json.adoption_id)
  assert.deepEqual((await w.ask('mine', { follow: true })).json, first.json)
  assert.equal(told(await w.ask('other')), '409 busy')
  assert.equal(told(await w.ask('mine', { follow: false })), '409 key_reused')
  w.look()
  await until(async () => (await stands(w, id)).json.status !== 'running')
  const { json } = await stands(w, id)
  assert.deepEqual([json.status, json.files, json.files_done, json.error], ['done', 1, 1, null])
  assert.equal(json.bytes_done, json.bytes)
  const { added, problems, messages } = json.report
  assert.deepEqual([added, problems, messages > 0], [1, [], true])
  assert.deepEqual((await w.ask('mine', { follow: true })).json, json)
  assert.equal((await w.server.call('GET /sessions')).json.total, 1)
  const state = await w.server.sessions.within(scope).state('user')
  assert.deepEqual(adopting.wantedIn(state), ['codex'])
  assert.deepEqual(await traces(w.home), before)
})

test('[B10] nobody but the owner of the machine makes it read, or sees what was read', async (t) => {
  const w = await world(t)
  w.look()
  const bare = { body: {}, headers: { 'idempotency-key': 'theirs' } }
  assert.equal(told(await w.server.call('POST /adoptions', bare)), '403 forbidden')
  assert.equal(told(await w.ask('theirs', {}, 'Bearer wrong')), '401 unauthenticated')
  assert.equal(told(await w.ask('mine', { agents: ['nobody'] })), '400 invalid')
  const { json } = await w.ask('mine', { agents: ['codex'] })
  assert.equal(told(await w.server.call(`GET /adoptions/${json.adoption_id}`)), '403 forbidden')
  assert.equal(told(await stands(w, 'ado_none')), '404 not_found')
  await until(async () => (await stands(w, json.adoption_id)).json.status === 'done')
  // Not asked to be followed, so it is not.
  assert.equal(adopting.wantedIn(await w.server.sessions.within(scope).state('user')), false)
})

test('a server that began anew goes on under the same key, behind what is there', async (t) => {
  const home = await homeOf(t, 'codex-0.169.0')
  const store = memoryStore()
  await using sessions = await openSessions({ store })
  const asked = { id: 'ado_same', digest: 'same', follow: false }
  const reports: unknown[] = []
  for (let n = 0; n < 2; n += 1) {
    await using adoptions = adoptionsOf(sessions, { scope, home, env: {} }) ?? assert.fail()
    adoptions.ask(asked)
    await until(() => adoptions.get(asked.id).status !== 'running')
    const { report } = adoptions.get(asked.id)
    reports.push([report?.added, report?.unchanged, report?.problems])
  }
  assert.deepEqual(reports, [
    [1, 0, []],
    [0, 1, []],
  ])
})

test('where there is no home nothing is read', async (t) => {
  const folder = await temporaryFolder(t)
  const store = memoryStore()
  await using sessions = await openSessions({ store })
  for (const home of ['/', `${folder}/none`]) assert.equal(adoptionsOf(sessions, { scope, home }), null)
  await using s = await testServer('memory', { programs: drivenBy(sessions, { key, live: none }) })
  const asked = { body: {}, headers: { authorization: `Bearer ${key}` } }
  assert.equal(told(await s.call('POST /adoptions', asked)), '409 invalid_state')
})
