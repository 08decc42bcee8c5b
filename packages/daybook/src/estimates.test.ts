// What estimates have learned outlives the process that learned it, and is written only where it is another.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { openEstimates } from './estimates.ts'
import { startMock } from './model/mock.fixture.ts'
import { openModels } from './open-models.ts'
import { tenant, World } from './session/testing.fixture.ts'

test('corrections of an estimate outlive a restart', async () => {
  const usage = { input_tokens: 900, output_tokens: 5 }
  await using mock = await startMock([{ match: {}, response: { content: 'Yes.', usage } }])
  await using world = await World.open('sqlite')
  const onError = (error: unknown) => void world.errors.push(error)
  const started = async () => {
    const learning = await openEstimates(world.sessions, tenant, onError)
    const model = openModels(mock.settings(), { learning }).get('openai/mock')
    ok(model)
    return { learning, model }
  }
  const text = 'a question of some length '.repeat(100)
  const { learning, model } = await started()
  const before = model.estimate(text)
  for (let n = 0; n < 40; n += 1) {
    const request = { instructions: '', messages: [{ role: 'user', content: text } as const] }
    await model.call(request, { signal: new AbortController().signal })
  }
  await learning.settled()
  ok(model.estimate(text) > before * 1.1 && model.corrected)
  const again = await started()
  ok(Math.abs(again.model.estimate(text) / model.estimate(text) - 1) < 0.03)
  strictEqual(again.model.corrected, true)
  const { seq } = await world.sessions
    .within({ tenant, subjects: 'all' }, { actor: 'engine:test', writer: 'R' })
    .session('@estimates')
    .head()
  ok(seq < 40, `${seq} entries`)
  deepStrictEqual(world.errors, [])
})

test('what could not be written is written with whatever is learned next', async () => {
  await using world = await World.open('memory')
  const errors: unknown[] = []
  const opened = () => openEstimates(world.sessions, tenant, (error) => void errors.push(error))
  const learning = await opened()
  world.plan.append = () => Promise.reject(new Error('the disk is full'))
  learning.learned('one', { ratio: 2, held: 9 })
  await learning.settled()
  deepStrictEqual([errors.length, (await opened()).known('one')], [1, undefined])
  delete world.plan.append
  learning.learned('two', { ratio: 3, held: 9 })
  await learning.settled()
  const again = await opened()
  deepStrictEqual([again.known('one')?.ratio, again.known('two')?.ratio], [2, 3])
})
