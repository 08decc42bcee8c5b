// Skills, agents and figures over HTTP, and what Prometheus reads of runs.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { until } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import { skillOf } from '../work/skills/skill.ts'
import { openSkills } from '../work/skills/skills.ts'
import { skill } from '../work/testing.fixture.ts'
import { openWork } from '../work/work.ts'
import { testServer, told } from './server.fixture.ts'

const echo = skill('repeat/echo', (input) => `heard: ${input}`, {
  description: 'Repeats a text, an echo.',
  version: '1.2',
  roles: [],
  input: { type: 'string' },
  undo: async () => {},
})
const broken = skill('broken', () => {
  throw new Error('no')
})

test('skills are listed and read with version, hash, source, risk and roles, also by ids with a slash', async () => {
  await using s = await testServer('memory', { skills: [echo, broken] })
  const { skills, faults } = (await s.call('GET /skills')).json
  assert.deepEqual([skills.length, faults], [2, []])
  const { json } = await s.call('GET /skills/repeat%2Fecho')
  assert.deepEqual(json, skills[0])
  assert.deepEqual(
    [json.skill_id, json.version, json.source, json.risk, json.roles, json.undoable, json.runnable],
    ['repeat/echo', '1.2', 'program', 'low', [], true, true],
  )
  assert.match(json.hash, /^[\w-]{43}$/)
  assert.equal(told(await s.call('GET /skills/none')), '404 not_found')
  assert.equal(told(await s.call('GET /skills/repeat/echo')), '404 not_found')
  assert.equal(told(await s.call('GET /skills/route')), '400 invalid')
  const run = await s.call('POST /skills/repeat%2Fecho/run', { input: 'hi', wait: true })
  assert.deepEqual([run.status, run.json.output, run.json.skill], [200, 'heard: hi', 'repeat/echo'])
  assert.equal((await s.call(`GET /sessions/${run.json.session_id}`)).json.run_count, 1)
  const again = await s.call('POST /skills/repeat%2Fecho/run', { input: 'ho', session_id: run.json.session_id })
  assert.deepEqual([again.status, again.json.session_id], [202, run.json.session_id])
  assert.equal(told(await s.call('POST /skills/none/run', { input: 'x' })), '404 not_found')
})

test('a broken folder of a skill is told with what is wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-skills-'))
  try {
    await mkdir(join(folder, 'bad'))
    await writeFile(join(folder, 'bad', 'SKILL.md'), 'no head here')
    const store = memoryStore()
    const sessions = await openSessions({ store })
    const builtIn = [skillOf(echo, 'built-in')]
    await using skills = await openSkills({ folders: [folder], builtIn, onFault: () => {} })
    await using work = openWork({ sessions, skills, tickMs: null })
    await using s = await testServer('memory', { sessions, work })
    const { json } = await s.call('GET /skills')
    assert.equal(json.skills[0].source, 'built-in')
    assert.deepEqual([json.faults.length, json.faults[0].folder], [1, join(folder, 'bad')])
    assert.ok(json.faults[0].message.length > 0 && !Number.isNaN(Date.parse(json.faults[0].since)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('agents are listed, and one is given something to do in a session that begins with it', async () => {
  await using s = await testServer('memory', { skills: [echo] })
  const { agents } = (await s.call('GET /agents')).json
  assert.deepEqual([agents[0].name, agents[0].kind], ['orchestrator', 'skills'])
  const run = await s.call('POST /agents/orchestrator/run', { input: 'echo this', user_id: 'anna' })
  assert.deepEqual([run.status, run.json.output], [200, 'heard: echo this'])
  const { json } = await s.call(`GET /sessions/${run.json.session_id}`)
  assert.deepEqual([json.user_id, json.agent_id, json.current_agent], ['anna', 'orchestrator', 'orchestrator'])
  assert.equal((await s.call(`GET /agents/${run.json.session_id}/current`)).json.current_agent, 'orchestrator')
  for (const body of [{}, { input: null }, { input: ' ' }, { input: { text: '' } }]) {
    assert.equal(told(await s.call('POST /agents/orchestrator/run', { ...body, session_id: 'none' })), '400 invalid')
    assert.equal(told(await s.call('POST /agents/orchestrator/run/stream', body)), '400 invalid')
  }
  assert.equal(told(await s.call('GET /sessions/none')), '404 not_found')
  assert.equal(told(await s.call('POST /agents/nobody/run', { input: 'x' })), '404 not_found')
  assert.equal(told(await s.call('POST /agents/orchestrator/run', { input: 'x', agent: 'y' })), '400 invalid')
})

test('[S4.8] figures over all sessions by agent, skill, user and day, and of a period', async () => {
  await using s = await testServer('memory', { skills: [echo, broken] })
  const run = (id: string, user_id: string, n: number) =>
    s.call(`POST /skills/${id}/run`, { input: `${n}`, wait: true, session_id: `${user_id}-${n}` })
  for (const user_id of ['anna', 'bob']) {
    for (const n of [1, 2]) {
      await s.call('POST /sessions', { session_id: `${user_id}-${n}`, user_id })
      await run('repeat%2Fecho', user_id, n)
    }
  }
  await run('broken', 'bob', 2)
  await s.call('POST /sessions/anna-1/archive')
  const metrics = async (query: string) => (await s.call(`GET /metrics/runs?${query}`)).json
  const bySkill = await metrics('group=skill')
  assert.deepEqual(
    bySkill.groups.map((one: { key: string; runs: number; success_rate: number }) => [
      one.key,
      one.runs,
      one.success_rate,
    ]),
    [
      ['repeat/echo', 4, 1],
      ['broken', 1, 0],
    ],
  )
  assert.deepEqual([bySkill.total.runs, bySkill.total.failed, bySkill.total.success_rate], [5, 1, 0.8])
  assert.ok(bySkill.total.p95_response_time_ms >= bySkill.total.avg_response_time_ms)
  const byUser = await metrics('group=user&limit=1')
  assert.deepEqual([byUser.groups.length, byUser.group_count, byUser.groups[0].key], [1, 2, 'bob'])
  assert.deepEqual((await metrics('group=day&user=anna')).total.runs, 2)
  assert.deepEqual((await metrics('until=2020-01-01T00:00:00.000Z')).groups, [])
  const span = 'since=2021-01-01T00:00:00.000Z&until=2020-01-01T00:00:00.000Z'
  for (const query of [span, 'group=branch', 'since=yesterday', 'limit=0']) {
    assert.equal(told(await s.call(`GET /metrics/runs?${query}`)), '400 invalid', query)
  }
})

test('Prometheus reads how many runs ended how, how long they took, and how many there are', async () => {
  await using s = await testServer('memory', { skills: [echo, broken] })
  for (const id of ['repeat%2Fecho', 'repeat%2Fecho', 'broken']) {
    await s.call(`POST /skills/${id}/run`, { input: 'x', wait: true })
  }
  let text = ''
  // A run is over for who waits for it a moment before it is for who performed it.
  await until(async () => {
    text = (await s.call('GET //metrics')).text
    return text.includes('daybook_runs_active 0') && text.includes('daybook_runs_ended_total{status="failed"} 1')
  })
  assert.match(text, /daybook_runs_ended_total\{status="done"\} 2/)
  assert.match(text, /daybook_run_seconds_count\{status="done"\} 2/)
  assert.match(text, /daybook_sessions_due 0/)
})
