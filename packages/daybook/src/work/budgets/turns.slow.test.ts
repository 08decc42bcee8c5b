// Budgets and teams with agents that ask a model, through a real provider package, against a server that answers as told.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { type MockAnswer, startMock } from '../../model/mock.fixture.ts'
import { openModels } from '../../open-models.ts'
import { tenant, World } from '../../session/testing.fixture.ts'
import { buildContext } from '../agents/context/build.ts'
import type { AgentDefinition } from '../agents/contract.ts'
import { modelAgent } from '../agents/performer.ts'
import type { AgentSetting } from '../agents/turn-setting.ts'
import { agentsOf } from '../agents.ts'
import type { Agents } from '../performer.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { defineTeam } from '../teams/definition.ts'
import { withTeams } from '../teams/team.ts'
import { openWork } from '../work.ts'
import { openBudgets } from './budgets.ts'
import type { BudgetConfig } from './contract.ts'

const agent = (name: string): AgentDefinition => ({
  ...(name === 'giver' ? { handoffs: ['all'] } : name === 'poor' ? { handoffs: ['all'], limits: { tokens: 40 } } : {}),
  ...{ name, description: `The agent ${name}.`, instructions: `You are ${name}.`, source: 'built-in' },
})

async function room(answers: readonly MockAnswer[], config: BudgetConfig) {
  const world = await World.open('sqlite')
  const mock = await startMock(answers)
  const facts = { 'openai-chat/mock': { price: { input: 0, output: 1_000_000 }, output: 40 } }
  const models = openModels(mock.settings({ model: 'openai-chat/mock', facts }))
  const budgets = openBudgets({ sessions: world.sessions, tenant, config })
  const skills = fixedSkills()
  const names = ['one', 'two', 'three', 'boss', 'giver', 'poor']
  const definition = (name: string) => (names.includes(name) ? agent(name) : undefined)
  const others = (name: string) => agents.get(name)
  const setting: AgentSetting = { models, skills, definition, others, context: buildContext, spending: budgets }
  const teams = [
    defineTeam({ name: 'all', description: 'All.', mode: 'broadcast', members: ['one', 'two', 'three'], lead: 'boss' }),
  ]
  const agents: Agents = withTeams(agentsOf(names.map((name) => modelAgent(agent(name), setting))), {
    list: () => teams,
    get: (name) => teams.find((team) => team.name === name),
    faults: () => [],
  })
  const work = openWork({ sessions: world.sessions, skills, agents: budgets.counting(agents), tickMs: 20 })
  return {
    ...{ world, mock, budgets, work, anna: work.within(world.anna.scope) },
    async [Symbol.asyncDispose]() {
      await work.close()
      await budgets.close()
      await mock[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

test('32 turns at once hold to a budget of money to one call, and those without room go on when it is raised', async () => {
  // Each answer takes ten tokens, which is ten dollars here.
  const usage = { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15 }
  const answers = [{ match: {}, response: { content: 'short', usage }, latency: 20 }]
  await using r = await room(answers, { day: { cost: 120 } })
  const runs = await Promise.all(Array.from({ length: 32 }, () => r.anna.start(null, { agent: 'one', input: 'go' })))
  const states = await Promise.all(runs.map(({ run }) => r.anna.settled(run)))
  const done = states.filter(({ status }) => status === 'done').length
  const paused = states.filter(({ status, reason }) => status === 'waiting' && reason === 'budget_paused')
  strictEqual(done + paused.length, 32, JSON.stringify(states.map(({ error }) => error)))
  const { cost, reserved, share } = await r.budgets.get({ scope: 'day', name: 'all' })
  strictEqual(cost, done * 10)
  ok(cost >= 120 && cost < 130, `${cost}`)
  deepStrictEqual([reserved, share === null || share < 1], [{ tokens: 0, cost: 0 }, false])
  strictEqual(r.mock.requests().length, done)
  match(paused[0]?.summary ?? '', /the budget of today leaves no room/)
  await r.budgets.set({ scope: 'day', name: 'all' }, { cost: 1000 })
  for (const { run } of paused) strictEqual((await r.anna.settled(run, { until: 'end' })).status, 'done')
  strictEqual((await r.budgets.get({ scope: 'day', name: 'all' })).cost, 320)
  strictEqual(r.mock.requests().length, 32)
})

test('a team of agents that ask models answers once, each member in a run of its own that counts', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15 }
  const answers: MockAnswer[] = [
    { match: { userMessage: 'Make one answer' }, response: { content: 'the one answer', usage } },
    { match: {}, response: { content: 'a view', usage } },
  ]
  await using r = await room(answers, { day: { tokens: 100_000 } })
  const { run, session } = await r.anna.start(null, { agent: 'all', input: 'what do you think?' })
  const state = await r.anna.settled(run)
  deepStrictEqual([state.status, state.output], ['done', 'the one answer'])
  const { runs } = await r.world.anna.session(session).view('runs')
  deepStrictEqual(
    runs.map((one) => [one.agent, one.status, one.parent === run]),
    [
      ['all', 'done', false],
      ['one', 'done', true],
      ['two', 'done', true],
      ['three', 'done', true],
      ['boss', 'done', true],
    ],
  )
  strictEqual((await r.budgets.get({ scope: 'day', name: 'all' })).tokens, 60)
  const { byAgent } = await r.world.anna.session(session).view('metrics')
  strictEqual(byAgent.boss?.tokens, 15)
  const asked = r.mock.bodies().at(-1) ?? ''
  ok(asked.includes('a view'), asked)
  // Its members wait for a raised budget inside it, and it goes on with them.
  await r.budgets.set({ scope: 'day', name: 'all' }, { tokens: 60 })
  const second = await r.anna.start(session, { agent: 'all', input: 'and now?' })
  strictEqual((await r.anna.settled(second.run)).reason, 'child')
  const { attention } = await r.world.anna.session(session).head()
  deepStrictEqual([...new Set(attention.map(({ kind }) => kind))], ['budget'])
  await r.budgets.set({ scope: 'day', name: 'all' }, { tokens: 100_000 })
  strictEqual((await r.anna.settled(second.run, { until: 'end' })).status, 'done')
})

test('a turn that is handed to a team is held by the limits of both, and what the team says stands in the log', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 10, total_tokens: 15 }
  const toolCalls = [{ id: 'c1', name: 'hand_over', arguments: '{"to":"all","reason":"three heads"}' }]
  const answers: MockAnswer[] = [
    { match: { systemMessage: 'You are giver.' }, response: { toolCalls, usage } },
    { match: { systemMessage: 'You are poor.' }, response: { toolCalls, usage } },
    { match: { userMessage: 'Make one answer' }, response: { content: 'the one answer', usage } },
    { match: {}, response: { content: 'a view', usage } },
  ]
  await using r = await room(answers, {})
  const first = await r.anna.start(null, { agent: 'giver', input: 'go' })
  strictEqual((await r.anna.settled(first.run)).status, 'done')
  const { messages } = await r.world.anna.session(first.session).view('history', { limit: 1 })
  const [last] = await Array.fromAsync(messages)
  deepStrictEqual([last?.content, last?.agent], ['the one answer', 'all'])
  const second = await r.anna.start(null, { agent: 'poor', input: 'go' })
  const { reason, error } = await r.anna.settled(second.run)
  // The members began while there was room; who makes one answer of theirs begins no more.
  deepStrictEqual([reason, error?.message], ['budget', 'the turn has taken 60 of 40 tokens, which is its limit'])
})
