// What a server says of the models that it can ask.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { testServer } from './server.fixture.ts'

const secret = 'k-1p9X2wZq77uV'

test('models that can be asked are told with what is known of them, others with why not, and no key', async () => {
  const models = openModels({
    model: 'anthropic/claude-sonnet-4-5',
    fallback: ['openai/gpt-5-mini', 'nowhere/x'],
    facts: { 'anthropic/*': { context: 5_000, output: 700, images: true, price: { input: 1, output: 2 } } },
    key: (name) => (name === 'ANTHROPIC_API_KEY' ? secret : undefined),
  })
  await using s = await testServer('memory', { models })
  const { status, json, text } = await s.call('GET /models')
  assert.equal(status, 200)
  assert.deepEqual(json.models, [
    {
      name: 'anthropic/claude-sonnet-4-5',
      provider: 'anthropic',
      context_tokens: 5_000,
      max_output_tokens: 700,
      images: true,
      pdf: true,
      price: { input: 1, output: 2 },
    },
  ])
  assert.deepEqual(
    json.others.map(({ name }: { name: string }) => name),
    ['openai/gpt-5-mini', 'nowhere/x'],
  )
  assert.match(json.others[0].why, /OPENAI_API_KEY/)
  assert.deepEqual([json.standard, json.why], ['anthropic/claude-sonnet-4-5', undefined])
  assert.ok(!text.includes(secret))
})

test('a server without any model says what to set', async () => {
  await using s = await testServer('memory', { models: openModels({ key: () => undefined }) })
  const { json } = await s.call('GET /models')
  assert.deepEqual([json.standard, json.models, json.others], [null, [], []])
  assert.match(json.why, /DAYBOOK_MODEL/)
})

test('the model of a session is chosen by its name, one that cannot be asked is refused, and so it is for a run', async () => {
  const models = openModels({ model: 'openai/gpt-5-mini', key: () => 'a-key-of-nobody' })
  await using s = await testServer('memory', { models })
  const made = await s.call('POST /sessions', { body: { session_id: 'a', model: 'openai/first' } })
  assert.deepEqual([made.status, made.json.model], [201, 'openai/first'])
  const changed = await s.call('PATCH /sessions/a', { body: { model: 'anthropic/claude-sonnet-4-5' } })
  assert.deepEqual([changed.status, changed.json.model], [200, 'anthropic/claude-sonnet-4-5'])
  for (const request of ['PATCH /sessions/a', 'PUT /sessions/a', 'POST /sessions', 'POST /sessions/a/runs']) {
    const refused = await s.call(request, { body: { model: 'nowhere/x' } })
    assert.deepEqual([refused.status, refused.json.code, refused.json.field], [409, 'invalid_state', 'model'], request)
    assert.match(refused.json.detail, /there is no provider nowhere/)
    assert.equal((await s.call(request, { body: { model: 'no-slash' } })).json.code, 'invalid')
  }
  const opens = { model: 'nowhere/x' }
  assert.equal((await s.call('POST /sessions/b/runs', { body: { input: 'x', opens } })).json.code, 'invalid_state')
  assert.equal((await s.call('GET /sessions/b')).status, 404)
  assert.equal((await s.call('PATCH /sessions/a', { body: { model: null } })).json.model, undefined)
})
