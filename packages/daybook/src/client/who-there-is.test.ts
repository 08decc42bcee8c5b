// Models, agents and teams through the client against a real server.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createServer, type Server } from '../http/server.ts'
import { openModels } from '../open-models.ts'
import { searchOf } from '../search/testing.fixture.ts'
import type { Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { agentsOf } from '../work/agents.ts'
import type { Work } from '../work/contract.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { defineTeam } from '../work/teams/definition.ts'
import { withTeams } from '../work/teams/team.ts'
import { openWork } from '../work/work.ts'
import { type Client, openClient } from './client.ts'

const pair = defineTeam({ name: 'pair', description: 'Two of one.', mode: 'broadcast', members: ['orchestrator'] })
const fault = { path: '/agents/poet.yaml', message: 'poet.yaml:1 is no agent', since: 0 }
const teams = { list: () => [pair], get: (name: string) => (name === 'pair' ? pair : undefined), faults: () => [fault] }
let sessions: Sessions
let work: Work
let server: Server
let client: Client

before(async () => {
  sessions = await openSessions({ store: memoryStore() })
  work = openWork({ sessions, skills: fixedSkills(), agents: withTeams(agentsOf(), teams), tickMs: 50 })
  server = await createServer({
    sessions,
    work,
    search: searchOf(sessions.store),
    scope: { tenant: 'local', subjects: ['local'] },
    version: '0.0.0',
    models: openModels({
      model: 'openai/gpt-5-mini',
      fallback: ['anthropic/claude-sonnet-4-5'],
      key: (name) => (name === 'OPENAI_API_KEY' ? 'a key that nobody has' : undefined),
    }),
    teams: { ...teams, onChange: () => () => undefined },
  })
  client = openClient({ url: await server.listen({ port: 0, host: '127.0.0.1' }) })
})

after(async () => {
  await server.close()
  await work.close()
  await sessions.close()
})

test('models are told, those that cannot be asked with why not', async () => {
  const { standard, models, others } = await client.runs.models()
  assert.deepEqual([standard, models.map(({ name }) => name)], ['openai/gpt-5-mini', ['openai/gpt-5-mini']])
  assert.deepEqual(
    others.map(({ name }) => name),
    ['anthropic/claude-sonnet-4-5'],
  )
})

test('agents are told with what is wrong with their files', async () => {
  const { agents, faults } = await client.runs.agentList()
  assert.deepEqual(
    agents.map(({ name, kind }) => [name, kind]),
    [
      ['orchestrator', 'skills'],
      ['pair', 'team'],
    ],
  )
  assert.deepEqual(
    faults.map(({ path }) => path),
    [fault.path],
  )
})

test('teams are told with who is in them', async () => {
  const teams = await client.runs.teams()
  assert.deepEqual(
    teams.map(({ name, mode, members }) => [name, mode, members]),
    [['pair', 'broadcast', ['orchestrator']]],
  )
})
