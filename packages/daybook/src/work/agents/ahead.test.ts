// What the next call would send: the very request that a turn makes, and clear words where there is none.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Model } from '../../model/contract.ts'
import { openModels } from '../../open-models.ts'
import { fails } from '../../session/testing.fixture.ts'
import { skill } from '../testing.fixture.ts'
import { openAhead } from './ahead.ts'
import { buildContext } from './context/build.ts'
import { defined, turnsWorld } from './turns.fixture.ts'

const { signal } = new AbortController()

test('what is shown is byte for byte what the server of the model received', async () => {
  const coder = defined('coder', { skills: ['*'], handoffs: ['architect'] })
  const agents = [coder, defined('architect')]
  const look = skill('look', () => ({ lines: 3 }))
  await using at = await turnsWorld({
    ...{ agents, skills: [look] },
    answers: [
      { match: { hasToolResult: false }, response: { toolCalls: [{ id: 'c1', name: 'look', arguments: '{}' }] } },
      { match: {}, response: { content: 'Three lines.' } },
    ],
  })
  const id = await at.world.world.runner.open({ state: { language: 'ru' } }).then((session) => session.id)
  const session = at.world.world.anna.session(id)
  await session.note('tabs, never spaces', 'instruction')
  await at.world.settle((await at.world.anna.start(id, { agent: 'coder', input: 'how long is it?' })).run, 'end')
  const models = openModels(at.server.settings())
  const ahead = openAhead(
    {
      models,
      skills: at.world.skills,
      definition: (name) => agents.find((agent) => agent.name === name),
      context: buildContext,
    },
    () => at.world.work.agents,
  )
  const sent = at.server.requests().map(({ body }) => JSON.stringify(body))
  const answers = (await session.read({ kinds: ['message'] })).filter(
    ({ data }) => data && 'role' in data && data.role === 'assistant',
  )
  strictEqual(answers.length, 2)
  for (const [place, { seq }] of answers.entries()) {
    const next = await ahead.next(session, { agent: 'coder', until: seq - 1, signal })
    deepStrictEqual(
      next.skills.map(({ name }) => name),
      ['look', 'hand_over'],
    )
    const model = models.get(next.model) as Model
    const { instructions, messages } = next.context
    await model.call({ instructions, messages, skills: next.skills }, { signal, onDelta: () => undefined })
    strictEqual(JSON.stringify(at.server.requests().at(-1)?.body), sent[place])
  }
  ok(sent[0]?.includes('tabs, never spaces') && sent[0].includes('how long is it?'))
})

test('an agent that is not there, asks no model, or has none is refused in words', async () => {
  await using at = await turnsWorld({ agents: [defined('coder'), defined('other', { models: ['nowhere/none'] })] })
  const session = await at.world.world.anna.open()
  const models = openModels(at.server.settings())
  const setting = { models, skills: at.world.skills, context: buildContext }
  const ahead = openAhead(
    { ...setting, definition: (name) => (name === 'other' ? defined(name, { models: ['nowhere/none'] }) : undefined) },
    () => at.world.work.agents,
  )
  await fails(() => ahead.next(session, { agent: 'nobody', signal }), 'not_found')
  await fails(() => ahead.next(session, { agent: 'coder', signal }), 'invalid_state')
  await fails(() => ahead.next(session, { agent: 'other', signal }), 'invalid_state')
  await fails(() => ahead.summarise(session, 'nowhere/none', { signal }), 'invalid_state')
})
