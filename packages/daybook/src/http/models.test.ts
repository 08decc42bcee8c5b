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
