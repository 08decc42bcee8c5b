// Every provider by the name under which people configure it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { startMock } from './mock.fixture.ts'

test('[S4.10] models of OpenAI, Anthropic, Ollama, Gemini, DeepSeek, ModelScope, vLLM, LM Studio and of any server that speaks like OpenAI answer in pieces and call skills', async () => {
  await using mock = await startMock([
    {
      match: { hasToolResult: false, toolName: 'look' },
      response: { toolCalls: [{ name: 'look', arguments: '{"at":"sky"}' }] },
    },
    { match: {}, response: { content: 'It rains and will go on raining.' }, chunkSize: 6 },
  ])
  const compatible = Object.fromEntries(
    ['modelscope', 'vllm', 'lmstudio', 'my-own'].map((name) => [name, { base_url: `${mock.url}/v1` }]),
  )
  const key = (name: string) => (/_API_KEY$/.test(name) ? 'a-key-of-a-test' : undefined)
  const models = openModels({ providers: { ...mock.providers, ...compatible }, key })
  const names = [
    ...Object.keys(mock.providers).map((name) => `${name}/mock`),
    ...Object.keys(compatible).map((name) => `${name}/Some/Model-1`),
  ]
  assert.equal(names.length, 11)
  const skills = [
    { name: 'look', description: 'Looks.', input: { type: 'object', properties: { at: { type: 'string' } } } },
  ]
  const { signal } = new AbortController()
  for (const name of names) {
    const model = models.get(name)
    assert.ok(model, models.why(name))
    const request = { instructions: 'Be kind.', messages: [{ role: 'user', content: 'Does it rain?' }] } as const
    const pieces: unknown[] = []
    const answer = await model.call(request, { signal, onDelta: (each) => pieces.push(each) })
    assert.equal(answer.content, 'It rains and will go on raining.', name)
    assert.ok(pieces.length > 2, name)
    const { parts, finish } = await model.call({ ...request, skills }, { signal })
    const called = parts.flatMap((part) => (part.type === 'call' ? [part.input] : []))
    assert.deepEqual({ called, finish }, { called: [{ at: 'sky' }], finish: 'calls' }, name)
  }
})
