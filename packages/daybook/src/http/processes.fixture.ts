// What tests of processes that live on share: a server with a session in which a real bash waits for input.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openDriving } from '../driving.ts'
import type { ProcessHost } from '../program/host/contract.ts'
import { inlineHost } from '../program/host/inline.ts'
import { openSessions } from '../session/sessions.ts'
import { until } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import { agentsOf } from '../work/agents.ts'
import { withPrograms } from '../work/programs/agent.ts'
import { type Lives, lives } from '../work/programs/lived.fixture.ts'
import { openWatch } from '../work/programs/watch.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { openWork } from '../work/work.ts'
import { type Reply, type TestServer, testServer } from './server.fixture.ts'
import type { ServerSettings } from './server.ts'

export const key = 'k'.repeat(43)
export const authorization = `Bearer ${key}`

export interface Served {
  readonly host: ProcessHost
  readonly s: TestServer
  readonly here: Lives
  /** Under the process, with the key of the user. */
  call(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  screen(): Promise<string>
}

/** A server with one session, `a`, in which bash waits for input. */
export async function served(t: TestContext, options: { readonly rawInput?: boolean } = {}): Promise<Served> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-processes-')))
  const workdir = join(folder, 'work')
  mkdirSync(workdir)
  const file = join(folder, 'programs.json')
  writeFileSync(file, JSON.stringify({ workdirs: ['.'], programs: { bash: { pty: { exit_keys: [] } } } }))
  const host = inlineHost({ folder: join(folder, 'host') })
  const live = await openDriving({ file, state: folder, store: 'memory:', host })
  const store = memoryStore()
  const sessions = await openSessions({ store })
  const onError = assert.ifError
  const watch = openWatch({ sessions, programs: live, tenant: 'default', everyMs: null, onError })
  const agents = withPrograms(
    agentsOf(),
    live,
    async () => '',
    (name) => watch.see(name),
  )
  const work = openWork({ sessions, skills: fixedSkills(), agents, tickMs: 20 })
  const programs: ServerSettings['programs'] = { key, live, watch, ...options }
  const s = await testServer('memory', { programs, sessions, work })
  t.after(async () => {
    if (await host.get(here.name)) await watch.close('a', here.id)
    await watch[Symbol.asyncDispose]()
    await s[Symbol.asyncDispose]()
    await live[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  await s.call('POST /sessions', { session_id: 'a', metadata: { cwd: workdir } })
  const session = sessions.within({ tenant: 'default', subjects: ['local'] }).session('a')
  const here = await lives({ host, sessions, store, workdir }, session)
  const screen = async () => (await host.screen(here.name)).text.trimEnd()
  await until(async () => /\$ ?$/.test(await screen()))
  const call: Served['call'] = (line, body, headers = {}) => {
    const [method, path = ''] = line.split(' ')
    const request = { headers: { authorization, ...headers }, ...(body === undefined ? {} : { body }) }
    return s.call(`${method} /sessions/a/processes/${here.id}${path}`, request)
  }
  return { s, here, host, call, screen }
}
