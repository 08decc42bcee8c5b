// Anthropic's messages interface.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { conformance } from './conformance.fixture.ts'
import { startMock } from './mock.fixture.ts'

conformance({ provider: 'anthropic', reasoning: 'signed', pdf: true, textInput: false })

test('Anthropic is told what to remember of a question, and never more than its context', async () => {
  await using mock = await startMock([{ match: {}, response: { content: 'Yes.' } }])
  const models = openModels(mock.settings({ facts: { 'anthropic/*': { context: 9_000, output: 8_000 } } }))
  const content = 'It rains in Riga. '.repeat(800)
  const request = { instructions: 'Be kind.', messages: [{ role: 'user', content }] } as const
  await models.get('anthropic/mock')?.call(request, { signal: new AbortController().signal })
  const { system, messages, max_tokens: most } = JSON.parse(mock.bodies()[0] ?? '{}')
  assert.deepEqual(system[0].cache_control, { type: 'ephemeral' })
  assert.deepEqual(messages[0].content[0].cache_control, { type: 'ephemeral' })
  assert.ok(most > 2_000 && most < 6_500, String(most))
})
