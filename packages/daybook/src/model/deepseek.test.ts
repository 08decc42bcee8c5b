// DeepSeek's chat interface.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openModels } from '../open-models.ts'
import { conformance } from './conformance.fixture.ts'
import type { ModelMessage } from './contract.ts'
import { startMock } from './mock.fixture.ts'

conformance({ provider: 'deepseek', reasoning: 'shown' })

test('DeepSeek gets back what it thought before it called a skill', async () => {
  const toolCalls = [{ name: 'look', arguments: '{}' }]
  await using mock = await startMock([{ match: {}, response: { content: '', reasoning: 'Hm, hm.', toolCalls } }])
  const model = openModels(mock.settings()).get('deepseek/deepseek-reasoner')
  const { signal } = new AbortController()
  const asked = { role: 'user', content: 'Does it rain?' } as const
  const answer = await model?.call({ instructions: '', messages: [asked] }, { signal })
  const [call] = answer?.parts.filter((part) => part.type === 'call') ?? []
  const said: ModelMessage = { role: 'assistant', content: '', parts: [...(answer?.parts ?? [])] }
  const parts: ModelMessage['parts'] = [{ type: 'result', call_id: call?.call_id ?? '', output: 'rain' }]
  const told: ModelMessage = { role: 'tool', content: '', parts }
  await model?.call({ instructions: '', messages: [asked, said, told] }, { signal })
  assert.match(mock.bodies().at(-1) ?? '', /"reasoning_content":"Hm, hm\."/)
})
