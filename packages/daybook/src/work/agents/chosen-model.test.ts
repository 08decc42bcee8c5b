// Which model is asked: what a person chose for a run or its session, else what the agent names.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { agentsOf } from '../agents.ts'
import type { Turn } from '../performer.ts'
import { workWorld } from '../testing.fixture.ts'
import { openAhead } from './ahead.ts'
import { buildContext } from './context/build.ts'
import { defined, turnsWorld } from './turns.fixture.ts'

test('the model of a run goes before that of its session, which goes before what the agent names', async () => {
  const answers = [{ match: {}, response: { content: 'here' } }]
  const agents = [defined('coder', { models: ['openai/own'] })]
  await using at = await turnsWorld({ answers, agents })
  const { anna } = at.world.world
  const session = await anna.open({ agent: 'coder' })
  const asked = async (model?: string, insteadOf?: 'last') => {
    const fields = insteadOf ? { insteadOf } : { input: 'who are you?' }
    const { run } = await at.world.anna.start(session.id, { ...fields, ...(model === undefined ? {} : { model }) })
    strictEqual((await at.world.settle(run, 'end')).status, 'done')
    const [last] = await session.read({ kinds: ['message'], order: 'desc', limit: 1 })
    return (last?.data as { model?: string } | undefined)?.model
  }
  strictEqual(await asked(), 'openai/own')
  await session.update({ model: 'openai/chosen' })
  strictEqual(await asked(), 'openai/chosen')
  strictEqual(await asked('openai/once'), 'openai/once')
  // Asked again, a run keeps what was chosen for it alone; a rewind keeps what was chosen for the session.
  strictEqual(await asked(undefined, 'last'), 'openai/once')
  strictEqual(await asked('openai/other', 'last'), 'openai/other')
  strictEqual(await asked(), 'openai/chosen')
  // After a restart, and in a fork.
  await at.world.crash()
  strictEqual(await asked(), 'openai/chosen')
  strictEqual((await (await session.fork()).head()).model, 'openai/chosen')
  await session.update({ model: null })
  strictEqual(await asked(), 'openai/own')
})

test('what is looked ahead at is what the session would ask', async () => {
  await using at = await turnsWorld({ agents: [defined('coder')] })
  const { anna } = at.world.world
  const session = await anna.open({ agent: 'coder', model: 'openai/chosen' })
  const { openModels } = await import('../../open-models.ts')
  const setting = {
    models: openModels(at.server.settings()),
    skills: at.world.skills,
    definition: () => defined('coder'),
    context: buildContext,
  }
  const ahead = openAhead(setting, () => agentsOf())
  const { signal } = new AbortController()
  const next = async (model?: string) => {
    return (await ahead.next(session, { signal, ...(model === undefined ? {} : { model }) })).model
  }
  deepStrictEqual([await next(), await next('openai/asked')], ['openai/chosen', 'openai/asked'])
})

test('inside another run a choice counts only where the agent names no model', async () => {
  const told: (readonly string[])[] = []
  const perform = async (turn: Turn) => {
    told.push(turn.modelsFor(['openai/own']), turn.modelsFor())
    return turn.input === 'go' ? turn.child({ agent: 'walker', input: 'inside' }) : 'done'
  }
  const walker = { name: 'walker', kind: 'team' as const, description: 'Walks.', perform }
  await using at = await workWorld('memory', () => [], { agents: agentsOf([walker]) })
  const { run } = await at.anna.start(null, { agent: 'walker', input: 'go', model: 'openai/chosen' })
  await at.settle(run, 'end')
  deepStrictEqual(told, [['openai/chosen'], ['openai/chosen'], ['openai/own'], ['openai/chosen']])
})
