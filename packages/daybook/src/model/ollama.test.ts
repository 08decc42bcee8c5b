// Ollama. The mock server never says what an answer of it took.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { conformance } from './conformance.fixture.ts'
import { startMock } from './mock.fixture.ts'

conformance({ provider: 'ollama', reasoning: 'none', textInput: false, usage: false })

test('Ollama is asked for the whole context that is counted on', async () => {
  await using mock = await startMock([{ match: {}, response: { content: 'Yes.' } }])
  const models = openModels(mock.settings({ facts: { 'ollama/*': { context: 12_345 } } }))
  const request = { instructions: '', messages: [{ role: 'user', content: 'Does it rain?' }] } as const
  await models.get('ollama/mock')?.call(request, { signal: new AbortController().signal })
  assert.equal(JSON.parse(mock.bodies()[0] ?? '{}').options.num_ctx, 12_345)
})
