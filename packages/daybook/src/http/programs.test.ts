// Prompts to programs over HTTP: whoever shows the key of the user may give them, and nobody else.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { agentsOf } from '../work/agents.ts'
import type { Agent } from '../work/performer.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { openWork } from '../work/work.ts'
import { type TestServer, testServer, told } from './server.fixture.ts'

const key = 'k'.repeat(43)
const shell: Agent = {
  name: 'shell',
  kind: 'program',
  description: 'Stands for a program.',
  perform: (turn) => turn.step('prompt', () => `did ${JSON.stringify(turn.input)}`),
}

async function serverWith(settings: { key?: string }): Promise<TestServer> {
  const sessions = await openSessions({ store: memoryStore() })
  const work = openWork({ sessions, skills: fixedSkills(), agents: agentsOf([shell]), tickMs: 20 })
  return testServer('memory', { ...settings, sessions, work })
}

const withKey = (body: object, given = `Bearer ${key}`) => ({ body, headers: { authorization: given } })

it('without the key no run of a program begins, however it is asked for, and nothing is written', async () => {
  await using s = await serverWith({ key })
  await s.call('POST /sessions', { session_id: 'a' })
  assert.equal((await s.call('POST /agents/a/switch', { target_agent: 'shell', reason: 'test' })).status, 201)
  const before = await s.tip()
  const prompts = [
    ['POST /sessions/a/runs', { agent: 'shell', input: 'x' }],
    ['POST /sessions/a/runs', { input: 'x' }],
    ['POST /agents/shell/run', { input: 'x', session_id: 'a' }],
    ['POST /run', { query: 'x', session_id: 'a' }],
  ] as const
  for (const [line, body] of prompts) assert.equal(told(await s.call(line, body)), '403 forbidden', line)
  for (const given of ['Bearer nonsense', key, 'Bearer ', `Basic ${key}`]) {
    const answer = await s.call('POST /sessions/a/runs', withKey({ agent: 'shell', input: 'x' }, given))
    assert.equal(told(answer), '401 unauthenticated', given)
  }
  assert.equal(await s.tip(), before)
})

it('with the key a program does its run, and a prompt in the queue is changed by nobody else', async () => {
  await using s = await serverWith({ key })
  const done = await s.call('POST /sessions/a/runs', withKey({ agent: 'shell', input: 'x', wait: true }))
  assert.deepEqual([done.status, done.json.output], [200, 'did "x"'])
  const { json } = await s.call('GET /agents')
  assert.ok(json.agents.some(({ name, kind }: Record<string, string>) => name === 'shell' && kind === 'program'))
})

it('a server without a key drives no programs for anybody', async () => {
  await using s = await serverWith({})
  const answer = await s.call('POST /sessions/a/runs', withKey({ agent: 'shell', input: 'x' }))
  assert.equal(told(answer), '403 forbidden')
})
