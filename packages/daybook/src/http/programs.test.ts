// Prompts to programs over HTTP: whoever shows the key of the user may give them, and nobody else.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { openDriving } from '../driving.ts'
import type { LivePrograms } from '../program/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { agentsOf } from '../work/agents.ts'
import type { Agent } from '../work/performer.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { skill } from '../work/testing.fixture.ts'
import { openWork } from '../work/work.ts'
import { drivenBy, none } from './driven.fixture.ts'
import { type TestServer, testServer, told } from './server.fixture.ts'

const key = 'k'.repeat(43)
const shell: Agent = {
  name: 'shell',
  kind: 'program',
  description: 'Stands for a program.',
  perform: (turn) => turn.step('prompt', () => `did ${JSON.stringify(turn.input)}`),
}

/** Asks for a permission, then what it is to be told. */
const asker: Agent = {
  ...shell,
  name: 'asker',
  perform: async (turn) => {
    await turn.step('permit', () => 'permitted', { summary: 'May it?', risk: 'high', idempotent: true })
    return turn.ask('What?')
  },
}

interface Setting {
  readonly programs?: { readonly key: string; readonly live: LivePrograms }
}

async function serverWith({ programs }: Setting): Promise<TestServer> {
  const sessions = await openSessions({ store: memoryStore() })
  const work = openWork({
    sessions,
    skills: fixedSkills(skill('nothing', () => 'nothing')),
    agents: agentsOf([shell, asker]),
    tickMs: 20,
  })
  const driven = programs ? { programs: drivenBy(sessions, programs) } : {}
  return testServer('memory', { ...driven, sessions, work })
}

const withKey = (body: object, given = `Bearer ${key}`) => ({ body, headers: { authorization: given } })

it('without the key no run of a program begins, however it is asked for, and nothing is written', async () => {
  await using s = await serverWith({ programs: { key, live: none } })
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
  await using s = await serverWith({ programs: { key, live: none } })
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

it('[S5.10] the help of a program is its own text, or says why there is none, and never an error', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-help-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'programs.json')
  const headless = { format: 'text', start: ['--', '{prompt}'] }
  const programs = {
    nowhere: { bin: join(folder, 'nowhere'), headless },
    mute: { bin: 'sh', help: ['-c', 'exit 3'], headless },
  }
  writeFileSync(file, JSON.stringify({ programs }))
  await using live = await openDriving({ file, state: folder, store: 'memory:' })
  await using s = await serverWith({ programs: { key, live } })
  const listed = (await s.call('GET /programs')).json.programs.map(({ name }: { name: string }) => name)
  assert.ok(listed.includes('bash') && listed.includes('mute') && !listed.includes('nowhere'))
  const helpOf = (name: string) => s.call(`GET /programs/${name}/help`, { headers: { authorization: `Bearer ${key}` } })
  assert.match((await helpOf('bash')).json.help, /GNU bash/)
  assert.match((await helpOf('mute')).json.help, /^no help available: /)
  assert.match((await helpOf('nowhere')).json.help, /^no help available: .*not on this machine/)
  assert.equal(told(await helpOf('unheard-of')), '404 not_found')
  assert.equal(told(await s.call('GET /programs/bash/help')), '403 forbidden')
})

it('[S5.8] the folder of a session is told with branch, kind and files of what is not finished in it', async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-git-')))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'programs.json')
  writeFileSync(file, JSON.stringify({ workdirs: ['.'] }))
  const app = join(folder, 'app')
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', ...args], { cwd: app })
  const write = (text: string, name: string) => {
    writeFileSync(join(app, 'one é.txt'), text)
    git('add', '.')
    git('commit', '-qm', name)
  }
  mkdirSync(app)
  git('init', '-q', '-b', 'main')
  write('one', 'first')
  git('switch', '-qc', 'other')
  write('two', 'second')
  git('switch', '-q', 'main')
  write('three', 'third')
  git('merge', 'other')
  await using live = await openDriving({ file, state: folder, store: 'memory:' })
  await using s = await serverWith({ programs: { key, live } })
  await s.call('POST /sessions', { session_id: 'a', metadata: { cwd: app } })
  await s.call('POST /sessions', { session_id: 'b', metadata: { cwd: '/' } })
  await s.call('POST /sessions', { session_id: 'c' })
  const gitOf = (id: string) => s.call(`GET /sessions/${id}/git`, { headers: { authorization: `Bearer ${key}` } })
  assert.deepEqual((await gitOf('a')).json, {
    session_id: 'a',
    workdir: app,
    state: {
      ...{ branch: 'main', busy: false, conflict: true, kinds: ['merge'], more: false },
      files: [{ path: 'one é.txt', code: 'UU' }],
    },
  })
  assert.equal(told(await gitOf('b')), '403 forbidden')
  assert.equal(told(await gitOf('c')), '404 not_found')
  assert.equal(told(await gitOf('d')), '404 not_found')
  assert.equal(told(await s.call('GET /sessions/a/git')), '403 forbidden')
})

it('what a program asks is approved and answered by whoever shows the key, and by nobody else', async () => {
  await using s = await serverWith({ programs: { key, live: none } })
  const started = await s.call('POST /sessions/a/runs', withKey({ agent: 'asker', input: 'x', wait: true }))
  const { run_id, approvals } = started.json
  const [{ approval_id, digest }] = approvals
  const approval = `POST /runs/${run_id}/approvals/${approval_id}`
  const decision = { decision: 'approved', digest }
  const before = await s.tip()
  assert.equal(told(await s.call(approval, { body: decision })), '403 forbidden')
  assert.equal(told(await s.call(approval, withKey(decision, 'Bearer nonsense'))), '401 unauthenticated')
  assert.equal(await s.tip(), before)
  assert.equal((await s.call(approval, withKey(decision))).status, 200)
  const waiting = await s.call(`GET /runs/${run_id}?wait=10000`)
  const question = `POST /runs/${run_id}/questions/${waiting.json.questions[0].question_id}`
  assert.equal(told(await s.call(question, { body: { answer: 'rm -rf ~' } })), '403 forbidden')
  assert.equal((await s.call(question, withKey({ answer: 'no' }))).status, 200)
  assert.equal((await s.call(`GET /runs/${run_id}?wait=10000`)).json.output, 'no')
})

it('a run of a program is ended, taken from the queue, moved or interrupted by whoever shows the key, and by nobody else', async () => {
  await using s = await serverWith({ programs: { key, live: none } })
  const first = (await s.call('POST /sessions/a/runs', withKey({ agent: 'asker', input: 'x', wait: true }))).json
  const second = (await s.call('POST /sessions/a/runs', withKey({ agent: 'shell', input: 'y' }))).json
  const before = await s.tip()
  const refused = [
    [`POST /runs/${first.run_id}/cancel`, {}],
    [`DELETE /runs/${second.run_id}`, {}],
    [`PATCH /runs/${second.run_id}`, { before: null }],
    ['POST /sessions/a/runs', { skill: 'nothing', input: 'z', on_busy: 'interrupt' }],
  ] as const
  for (const [line, body] of refused) assert.equal(told(await s.call(line, { body })), '403 forbidden', line)
  assert.equal(await s.tip(), before)
  assert.equal((await s.call(`DELETE /runs/${second.run_id}`, withKey({}))).json.status, 'cancelled')
  assert.equal((await s.call(`POST /runs/${first.run_id}/cancel`, withKey({}))).json.status, 'cancelled')
})
