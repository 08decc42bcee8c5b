// A server for tests, on each store, called without a network; and the few words that most tests repeat.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErrorCode } from '../schema/errors.ts'
import { searchOf } from '../search/testing.fixture.ts'
import type { Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { Work } from '../work/contract.ts'
import type { SkillDefinition } from '../work/skills/contract.ts'
import { fixedSkills } from '../work/skills/fixed.ts'
import { openWork } from '../work/work.ts'
import { createServer, type Server, type ServerSettings } from './server.ts'

export const storeNames = ['memory', 'sqlite'] as const
export type StoreName = (typeof storeNames)[number]

export const prefix = '/api/v1'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  readonly json: ReturnType<typeof JSON.parse>
}

export interface Request {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestServer extends AsyncDisposable {
  readonly server: Server
  readonly sessions: Sessions
  readonly store: Store
  readonly work: Work
  /** `GET /sessions`: paths are under the prefix unless they begin with two slashes. Bodies go as JSON, texts and bytes as they are. */
  call(line: string, request?: Request | Readonly<Record<string, unknown>>): Promise<Reply>
  /** The seq in the feed: the same before and after means that nothing was written. */
  tip(): Promise<string>
}

const scope = { tenant: 'default', subjects: ['local'] }

export async function testServer(
  name: StoreName = 'memory',
  settings: Partial<ServerSettings> & { readonly skills?: readonly SkillDefinition[] } = {},
): Promise<TestServer> {
  const folder = name === 'sqlite' ? await mkdtemp(join(tmpdir(), 'daybook-http-')) : null
  const store = folder === null ? memoryStore() : sqliteStore({ path: join(folder, 'test.db'), durability: 'relaxed' })
  const sessions = settings.sessions ?? (await openSessions({ store }))
  const { skills = [], ...rest } = settings
  const work = settings.work ?? openWork({ sessions, skills: fixedSkills(...skills), timeZone: 'UTC', tickMs: 50 })
  const search = settings.search ?? searchOf(sessions.store)
  const server = await createServer({ sessions, work, search, scope, version: '0.0.0', ...rest })
  return {
    server,
    sessions,
    store,
    work,
    call: (line, request = {}) => call(server, line, request as Request),
    tip: () => sessions.within(scope).tip(),
    async [Symbol.asyncDispose]() {
      await server.close()
      await search.close()
      await work.close()
      await sessions.close()
      await store.close()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function call(server: Server, line: string, request: Request): Promise<Reply> {
  const [method = '', path = ''] = line.split(' ')
  const plain = request.body === undefined && request.headers === undefined && Object.keys(request).length > 0
  const body = plain ? request : request.body
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const answer = await server.app.inject({
    method: method as 'GET',
    url: path.startsWith('//') ? path.slice(1) : prefix + path,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers },
    ...(body === undefined ? {} : { payload: raw ? (body as string) : JSON.stringify(body) }),
  })
  const type = String(answer.headers['content-type'] ?? '')
  return {
    status: answer.statusCode,
    headers: answer.headers as Reply['headers'],
    text: answer.payload,
    json: /json/.test(type) && answer.payload !== '' ? JSON.parse(answer.payload) : null,
  }
}

export function say(content: string, role = 'user'): { role: string; content: string } {
  return { role, content }
}

/** Status and code, as one line to compare. */
export function told(reply: Reply): string {
  const code = reply.json?.code as ErrorCode | undefined
  return code === undefined ? String(reply.status) : `${reply.status} ${code}`
}
