// Budgets and teams over HTTP: what is told, what is set, what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { openBudgets } from '../work/budgets/budgets.ts'
import { defineTeam } from '../work/teams/definition.ts'
import { drivenBy, none } from './driven.fixture.ts'
import { say, testServer, told } from './server.fixture.ts'

const key = 'k'.repeat(43)
const asOwner = { authorization: `Bearer ${key}` }

test('limits are told, set for one name, and taken back', async () => {
  const store = memoryStore()
  await store.open()
  const sessions = await openSessions({ store })
  const budgets = openBudgets({ sessions, tenant: 'default', config: { day: { cost: 5 }, agent: { tokens: 1000 } } })
  await using s = await testServer('memory', { sessions, budgets, programs: drivenBy(sessions, { key, live: none }) })
  const first = await s.call('GET /budgets')
  assert.equal(first.status, 200)
  const { scope, from, limit, cost, share } = first.json.budgets[0]
  assert.deepEqual([scope, from, limit, cost, share], ['day', 'config', { tokens: null, cost: 5 }, 0, 0])
  const set = await s.call('PUT /budgets', {
    body: { scope: 'agent', name: 'coder', limit: { cost: 2 } },
    headers: { ...asOwner, 'idempotency-key': 'once' },
  })
  assert.deepEqual([set.json.from, set.json.limit], ['set', { tokens: null, cost: 2 }])
  const again = await s.call('PUT /budgets', {
    body: { scope: 'agent', name: 'coder', limit: { cost: 2 } },
    headers: { ...asOwner, 'idempotency-key': 'once' },
  })
  assert.deepEqual(again.json, set.json)
  await s.call('POST /sessions/a/messages', say('hello'))
  await s.call('PUT /budgets', { body: { scope: 'session', name: 'a', limit: { tokens: 10 } }, headers: asOwner })
  const listed = await s.call('GET /budgets?session_id=a&agent=ask')
  assert.deepEqual(
    listed.json.budgets.map((one: { scope: string; name: string; from: string }) => [one.scope, one.name, one.from]),
    [
      ['day', 'all', 'config'],
      ['agent', 'coder', 'set'],
      ['session', 'a', 'set'],
      ['agent', 'ask', 'config'],
    ],
  )
  const back = await s.call('PUT /budgets', { body: { scope: 'agent', name: 'coder', limit: null }, headers: asOwner })
  assert.deepEqual([back.json.from, back.json.limit], ['config', { tokens: 1000, cost: null }])
  assert.equal(
    told(await s.call('PUT /budgets', { body: { scope: 'agent', limit: {} }, headers: asOwner })),
    '400 invalid',
  )
  assert.equal(
    told(await s.call('PUT /budgets', { body: { scope: 'session', name: 'none', limit: {} }, headers: asOwner })),
    '404 not_found',
  )
  assert.equal(
    told(await s.call('PUT /budgets', { body: { scope: 'day', limit: { cost: -1 } }, headers: asOwner })),
    '400 invalid',
  )
})

test('a limit is set with the key of the user alone, and nowhere where the server knows none', async () => {
  const store = memoryStore()
  await store.open()
  const sessions = await openSessions({ store })
  const budgets = openBudgets({ sessions, tenant: 'default', config: { agent: { cost: 1 } } })
  await using s = await testServer('memory', { sessions, budgets, programs: drivenBy(sessions, { key, live: none }) })
  const before = await s.tip()
  for (const limit of [{ cost: 1000 }, { cost: 0 }, null]) {
    const body = { scope: 'agent', name: 'coder', limit }
    assert.equal(told(await s.call('PUT /budgets', { body })), '403 forbidden')
    const headers = { authorization: `Bearer ${'x'.repeat(43)}` }
    assert.equal(told(await s.call('PUT /budgets', { body, headers })), '401 unauthenticated')
  }
  assert.equal(await s.tip(), before)
  const { json } = await s.call('GET /budgets?agent=coder')
  assert.deepEqual(json.budgets.at(-1).limit, { tokens: null, cost: 1 })
  await using keyless = await testServer('memory', { budgets })
  const body = { scope: 'agent', name: 'coder', limit: { cost: 1000 } }
  assert.equal(told(await keyless.call('PUT /budgets', { body, headers: asOwner })), '403 forbidden')
})

test('where nothing can be spent there are no budgets, and no teams', async () => {
  await using s = await testServer()
  assert.deepEqual((await s.call('GET /budgets')).json, { budgets: [] })
  assert.deepEqual((await s.call('GET /teams')).json, { teams: [] })
})

test('teams are listed with who is in them, and why one cannot take a turn', async () => {
  const review = defineTeam({ name: 'review', description: 'Reviews.', mode: 'route', members: ['nobody'] })
  const teams = { list: () => [review], get: () => review, faults: () => [], onChange: () => () => undefined }
  await using s = await testServer('memory', { teams })
  const { json } = await s.call('GET /teams')
  assert.deepEqual(json.teams, [
    {
      name: 'review',
      description: 'Reviews.',
      mode: 'route',
      members: ['nobody'],
      limits: { rounds: 1 },
      source: 'code',
    },
  ])
})
