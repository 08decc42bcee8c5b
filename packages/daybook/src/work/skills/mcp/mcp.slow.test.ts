// Tests of MCP servers as skills, against a real server over its standard input and output, and over HTTP.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Json } from '../../../schema/json.ts'
import { until } from '../../../session/testing.fixture.ts'
import { sha256 } from '../../../store/hash.ts'
import { stage } from '../builtin/builtin.fixture.ts'
import type { SkillContext } from '../contract.ts'
import { fixedSkills } from '../fixed.ts'
import type { McpServer } from './settings.ts'
import { type McpSkills, withMcp } from './skills.ts'

const home = mkdtempSync(join(tmpdir(), 'daybook-mcp-'))
after(() => rmSync(home, { recursive: true, force: true }))
const fixture = join(import.meta.dirname, 'server.fixture.ts')
const flags = ['--disable-warning=ExperimentalWarning', fixture]

let traces = 0
function stdio(more: Partial<McpServer> = {}): { readonly server: McpServer; trace(): string } {
  traces += 1
  const trace = join(home, `trace-${traces}`)
  writeFileSync(trace, '')
  const server = { command: process.execPath, args: flags, env: { TRACE: trace }, ...more }
  return { server, trace: () => readFileSync(trace, 'utf8') }
}

interface Opened extends AsyncDisposable {
  readonly skills: McpSkills
  readonly blobs: Map<string, Uint8Array>
  call(id: string, input?: Json, more?: Partial<SkillContext>): Promise<{ readonly [name: string]: Json }>
  pass(ms: number): void
}

async function opened(server: McpServer, keys: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const world = await stage()
  const blobs = new Map<string, Uint8Array>()
  let now = 0
  const skills = withMcp(fixedSkills(), {
    servers: { lab: server },
    key: (name) => keys[name],
    put: async (bytes) => {
      blobs.set(sha256(bytes), bytes)
      return sha256(bytes)
    },
    clock: () => now,
  })
  return {
    skills,
    blobs,
    pass(ms) {
      now += ms
    },
    call: async (id, input = {}, more = {}) => {
      const skill = skills.get(id) ?? assert.fail(`there is no ${id}`)
      return (await skill.run?.(input, world.context(more))) as { readonly [name: string]: Json }
    },
    async [Symbol.asyncDispose]() {
      await skills[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

const signal = new AbortController().signal
const failsWith = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code

test('tools of a server are skills once it was reached, with the risk that it tells or that a person says', async () => {
  const { server } = stdio({ risk: { slow: 'medium' } })
  await using mcp = await opened(server)
  assert.deepEqual(mcp.skills.list(), [])
  assert.deepEqual(await mcp.skills.prepare?.(['mcp/lab/*', 'note'], signal), [])
  const known = new Map(mcp.skills.list().map((skill) => [skill.id, skill]))
  assert.equal(known.size, 9)
  const echo = known.get('mcp/lab/echo')
  assert.deepEqual([echo?.name, echo?.risk, echo?.idempotent, echo?.routable], ['Echo', 'low', true, false])
  assert.deepEqual(echo?.input?.required, ['text'])
  assert.deepEqual([known.get('mcp/lab/setstate')?.risk, known.get('mcp/lab/slow')?.risk], ['high', 'medium'])
  assert.equal((await mcp.call('mcp/lab/setstate', { text: 'on' })).text, 'on')
})

test('what a tool gives is text, structure and blobs; what it refuses is an error with its words', async () => {
  await using mcp = await opened(stdio().server)
  assert.equal((await mcp.call('mcp/lab/echo', { text: 'hello' })).text, 'hello', 'reached by its first call')
  assert.deepEqual(await mcp.call('mcp/lab/sum', { of: [1, 2] }), { text: '3', structured: { sum: 3 } })
  await assert.rejects(mcp.call('mcp/lab/echo', { wrong: 1 }), failsWith('invalid'))
  await assert.rejects(mcp.call('mcp/lab/fail'), failsWith('mcp_error'))
  const picture = await mcp.call('mcp/lab/picture')
  const [file] = picture.files as unknown as { blob: string; media_type: string }[]
  assert.deepEqual([file?.media_type, mcp.blobs.get(file?.blob ?? '')?.length], ['image/png', 8])
})

test('a server gets the variables and keys that are configured, and nothing else of ours', async () => {
  process.env.OTHER_KEY = 'planted'
  await using mcp = await opened(stdio({ secrets: ['LAB_KEY'] }).server, { LAB_KEY: 'k' })
  const names = String((await mcp.call('mcp/lab/environment')).text).split(' ')
  delete process.env.OTHER_KEY
  // Where lines are counted, node hands its own variable on to every process.
  const usual = ['HOME', 'LOGNAME', 'NODE_V8_COVERAGE', 'PATH', 'SHELL', 'TERM', 'USER']
  assert.deepEqual(
    names.filter((name) => !usual.includes(name)),
    ['LAB_KEY', 'TRACE'],
  )
  await using keyless = await opened(stdio({ secrets: ['NOT_SET'] }).server)
  await assert.rejects(keyless.call('mcp/lab/echo', { text: 'x' }), failsWith('unreachable'))
})

test('a call that is cancelled is cancelled at the server, and one that takes too long fails with timeout', async () => {
  const { server, trace } = stdio({ timeout_sec: 1 })
  await using mcp = await opened(server)
  await mcp.skills.prepare?.(['*'], signal)
  const cancelled = new AbortController()
  const call = mcp.call('mcp/lab/slow', {}, { signal: cancelled.signal })
  await until(() => trace().includes('slow {}'))
  cancelled.abort(new Error('enough'))
  await assert.rejects(call, /enough/)
  await until(() => trace().includes('slow was cancelled'))
  await assert.rejects(mcp.call('mcp/lab/slow'), failsWith('timeout'))
  assert.equal((await mcp.call('mcp/lab/echo', { text: 'still there' })).text, 'still there')
})

test('a server that dies in a call leaves its outcome unknown, and the next call starts it again', async () => {
  const { server, trace } = stdio()
  await using mcp = await opened(server)
  await mcp.skills.prepare?.(['mcp/*'], signal)
  await assert.rejects(mcp.call('mcp/lab/crash'), failsWith('outcome_unknown'))
  assert.equal(trace().match(/crash/g)?.length, 1)
  assert.equal((await mcp.call('mcp/lab/echo', { text: 'again' })).text, 'again')
})

test('a server that is not there is told in words, and tried again only after a while', async () => {
  await using mcp = await opened({ command: join(home, 'nothing-here') })
  const [told = ''] = (await mcp.skills.prepare?.(['mcp/lab/*'], signal)) ?? []
  assert.match(told, /MCP server lab/)
  assert.deepEqual(
    mcp.skills.faults?.().map(({ message }) => message),
    [told],
  )
  await assert.rejects(mcp.call('mcp/lab/echo', { text: 'x' }), failsWith('unreachable'))
  const script = join(home, 'nothing-here')
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${fixture}'\n`, { mode: 0o755 })
  await assert.rejects(mcp.call('mcp/lab/echo', { text: 'x' }), failsWith('unreachable'))
  mcp.pass(1001)
  assert.equal((await mcp.call('mcp/lab/echo', { text: 'there' })).text, 'there')
  assert.deepEqual(mcp.skills.faults?.(), [])
})

test('tools that come later are skills then, and who follows is told', async () => {
  const { server, trace } = stdio()
  await using mcp = await opened(server)
  await mcp.skills.prepare?.(['mcp/lab/*'], signal)
  let changes = 0
  mcp.skills.onChange(() => {
    changes += 1
  })
  await mcp.call('mcp/lab/grow')
  await until(() => mcp.skills.get('mcp/lab/grown') !== undefined)
  // It says so fifty times: that is one list, and one more behind it. Each has two pages.
  await until(() => changes === 2)
  await mcp.call('mcp/lab/echo', { text: 'after all that' })
  assert.equal(trace().match(/list/g)?.length, 6)
})

test('a server that lists without end, or never answers, holds nobody up', async () => {
  await using endless = await opened(stdio({ env: { ENDLESS: '1' } }).server)
  assert.deepEqual(await endless.skills.prepare?.(['mcp/lab/*'], signal), [])
  await using silent = await opened({ command: process.execPath, args: ['-e', 'process.stdin.resume()'] })
  const leaving = new AbortController()
  const prepared = silent.skills.prepare?.(['mcp/lab/*'], leaving.signal)
  const called = silent.call('mcp/lab/echo', {}, { signal: leaving.signal })
  leaving.abort(new Error('enough'))
  await assert.rejects(async () => prepared, /enough/)
  await assert.rejects(called, /enough/)
})

test('over HTTP the same, with a key in a header, and a session that the server forgot is begun anew', async () => {
  const child = spawn(process.execPath, [...flags, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${String(line).trim()}/mcp`
    const headers = { authorization: 'Bearer {LAB_KEY}' }
    await using mcp = await opened({ url, headers }, { LAB_KEY: 'planted-mcp-key' })
    assert.equal((await mcp.call('mcp/lab/echo', { text: 'over HTTP' })).text, 'over HTTP')
    assert.equal(mcp.skills.list().length, 9)
    child.kill('SIGUSR2')
    await until(async () => (await mcp.call('mcp/lab/echo', { text: 'anew' })).text === 'anew')
    await using refused = await opened({ url, headers }, { LAB_KEY: 'another' })
    await assert.rejects(refused.call('mcp/lab/echo', { text: 'x' }), failsWith('unreachable'))
  } finally {
    child.kill()
  }
})
