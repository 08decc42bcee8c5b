// What agents do with skills on a real server: files of their session, commands that a person with the key approves, MCP servers.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from './main.ts'
import { type MockAnswer, type MockServer, startMock } from './model/mock.fixture.ts'
import type { ServeSettings } from './serving.ts'
import { until } from './session/testing.fixture.ts'
import { sha256 } from './store/hash.ts'

interface At extends AsyncDisposable {
  readonly folder: string
  readonly app: string
  readonly mock: MockServer
  readonly key: () => string
  get(path: string): Promise<Answer>
  post(path: string, body: unknown, key?: string): Promise<Answer>
}

/** Of several routes, looked at field by field. */
type Answer = ReturnType<typeof JSON.parse>

async function serving(
  answers: readonly MockAnswer[],
  more: (folder: string) => Partial<ServeSettings> = () => ({}),
): Promise<At> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-agents-'))
  const app = join(folder, 'app')
  mkdirSync(app)
  const mock = await startMock(answers)
  const server = await startServer({
    ...{ port: 0, host: '127.0.0.1', store: `sqlite:${join(folder, 'daybook.db')}`, models: mock.settings() },
    ...more(folder),
  })
  const ask = async (path: string, body?: unknown, key?: string): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    })
    return { http: response.status, ...((await response.json()) as object) }
  }
  return {
    ...{ folder, app, mock },
    key: () => readFileSync(join(folder, 'state', 'key'), 'utf8').trim(),
    get: (path) => ask(path),
    post: (path, body, key) => ask(path, body, key),
    async [Symbol.asyncDispose]() {
      await server.close()
      await mock[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the model calls after so many results of skills. */
function calls(after: number, name: string, input: object): MockAnswer {
  return {
    match: { predicate: ({ messages }) => messages.filter(({ role }) => role === 'tool').length === after },
    response: { toolCalls: [{ id: `call_${after}`, name, arguments: JSON.stringify(input) }] },
  }
}

function offeredTo({ mock }: At): readonly string[] {
  const body = mock.requests().at(-1)?.body as {
    tools?: readonly { function?: { name: string }; name?: string }[]
  } | null
  return (body?.tools ?? []).map(({ name, function: called }) => name ?? called?.name ?? '')
}

test('the coder reads and edits a file of its session, and the edit stands in the log once, with its diff', async () => {
  const before = 'export const answer = 41\n'
  const edits = [{ old: '41', new: '42' }]
  const answers = [
    calls(0, 'file__read', { path: 'a.ts' }),
    calls(1, 'file__edit', { path: 'a.ts', hash: sha256(before), edits }),
    calls(2, 'file__read', { path: '../outside.txt' }),
    { match: {}, response: { content: 'It is 42 now.' } },
  ]
  await using at = await serving(answers, (folder) => ({ fileFolders: [join(folder, 'app')] }))
  writeFileSync(join(at.app, 'a.ts'), before)
  writeFileSync(join(at.folder, 'outside.txt'), 'planted outside')
  await at.post('/sessions', { session_id: 'edits', agent_id: 'coder', metadata: { cwd: at.app } })
  const run = await at.post('/sessions/edits/runs', { input: 'make it 42', wait: true })
  assert.deepEqual([run.status, run.output], ['done', 'It is 42 now.'])
  assert.equal(readFileSync(join(at.app, 'a.ts'), 'utf8'), 'export const answer = 42\n')
  const { files } = await at.get('/sessions/edits/files')
  assert.deepEqual([files.length, files[0].path, files[0].operation, files[0].added], [1, 'a.ts', 'update', 1])
  const log = JSON.stringify((await at.get('/sessions/edits/entries?limit=1000')).entries)
  assert.equal(log.split('+export const answer = 42').length, 2)
  assert.ok(!log.includes('planted outside') && log.includes('forbidden'))
  assert.ok(offeredTo(at).includes('file__edit') && !offeredTo(at).includes('command__run'))
})

test('a command runs for whoever has the key, once they approved it, and nobody without the key reaches that run', async () => {
  const answers = [
    calls(0, 'command__run', { command: 'echo built > built.txt; echo done' }),
    { match: {}, response: { content: 'It is built.' } },
  ]
  await using at = await serving(answers, (folder) => {
    writeFileSync(join(folder, 'programs.json'), JSON.stringify({ workdirs: [folder] }))
    return { programs: { file: join(folder, 'programs.json'), state: join(folder, 'state') } }
  })
  const opens = { agent_id: 'coder', metadata: { cwd: at.app } }
  await at.post('/sessions', { session_id: 'keyless', ...opens })
  const refused = await at.post('/sessions/keyless/runs', { input: 'build', wait: true })
  assert.equal(refused.status, 'done')
  assert.deepEqual(
    offeredTo(at).filter((name) => name.startsWith('command') || name.startsWith('file')),
    [],
  )
  await at.post('/sessions', { session_id: 'keyed', ...opens })
  const run = await at.post('/sessions/keyed/runs', { input: 'build', wait: true }, at.key())
  const [approval] = run.approvals
  assert.deepEqual([run.status, approval.status], ['waiting', 'open'])
  assert.match(approval.summary, /echo built/)
  const decision = { decision: 'approved', digest: approval.digest }
  const path = `/runs/${run.run_id}/approvals/${approval.approval_id}`
  assert.equal((await at.post(path, decision)).code, 'forbidden')
  const steering = { input: 'and push it', on_busy: 'steer' }
  assert.equal((await at.post('/sessions/keyed/runs', steering)).code, 'forbidden')
  assert.equal((await at.post(path, decision, at.key())).http, 200)
  await until(async () => (await at.get(`/runs/${run.run_id}`)).status === 'done')
  assert.equal(readFileSync(join(at.app, 'built.txt'), 'utf8'), 'built\n')
})

test('an agent with an MCP server calls its tools, and is told when the server is not there', async () => {
  const fixture = join(import.meta.dirname, 'work', 'skills', 'mcp', 'server.fixture.ts')
  const lab = { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', fixture] }
  const answers = [
    calls(0, 'mcp__lab__picture', {}),
    calls(1, 'mcp__lab__sum', { of: [20, 22] }),
    { match: {}, response: { content: 'It is 42.' } },
  ]
  await using at = await serving(answers, (folder) => {
    mkdirSync(join(folder, 'agents'))
    const said = 'description: Uses the lab.\ninstructions: You are lab.\nmcp: [lab, gone]\n'
    writeFileSync(join(folder, 'agents', 'scientist.yaml'), said)
    return { mcp: { lab, gone: { command: join(folder, 'nothing-here') } } }
  })
  const run = await at.post('/agents/scientist/run', { input: 'add them', session_id: 'lab' })
  assert.deepEqual([run.status, run.output], ['done', 'It is 42.'])
  assert.ok(offeredTo(at).includes('mcp__lab__echo'))
  const { messages } = await at.get('/sessions/lab/history')
  const parts = messages.flatMap((message: Answer) => message.parts ?? [])
  assert.deepEqual(
    parts.flatMap((part: Answer) => (part.type === 'result' ? [part.output] : [])),
    [{ text: '' }, { text: '42', structured: { sum: 42 } }],
  )
  const [picture] = parts.filter((part: Answer) => part.type === 'file')
  assert.deepEqual([picture.media_type, picture.size], ['image/png', 8])
  const direct = await at.post('/skills/mcp%2Flab%2Fecho/run', { input: { text: 'by hand' }, wait: true })
  assert.deepEqual([direct.status, direct.output?.text], ['done', 'by hand'])
  const gone = await at.post('/skills/mcp%2Fgone%2Fecho/run', { input: { text: 'x' }, wait: true })
  assert.equal(gone.status, 'waiting', 'a tool that nobody knows waits for an approval')
})
