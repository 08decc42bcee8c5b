// A server for tests of the page: a store in a folder of its own, skills of the test, and a gate in front that can be cut.

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, openClient } from '../../daybook/src/client/client.ts'
import { createServer, type Server } from '../../daybook/src/http/server.ts'
import { openModels } from '../../daybook/src/open-models.ts'
import { openSearch } from '../../daybook/src/search/search.ts'
import { sqliteIndex } from '../../daybook/src/search/sqlite.ts'
import { openSessions } from '../../daybook/src/session/sessions.ts'
import { sqliteStore } from '../../daybook/src/store/sqlite.ts'
import { agentsOf } from '../../daybook/src/work/agents.ts'
import { openBudgets } from '../../daybook/src/work/budgets/budgets.ts'
import type { Agent } from '../../daybook/src/work/performer.ts'
import type { SkillDefinition } from '../../daybook/src/work/skills/contract.ts'
import { fixedSkills } from '../../daybook/src/work/skills/fixed.ts'
import { openWork } from '../../daybook/src/work/work.ts'
import { pageFolder } from './browser.fixture.ts'
import { type Gate, openGate } from './gate.fixture.ts'

export interface PageServer extends AsyncDisposable {
  /** Of the gate: what the browser is given. */
  readonly url: string
  readonly gate: Gate
  /** Past the gate. */
  readonly client: Client
  /** Ends the server and everything in it; the store stays. */
  stop(): Promise<void>
  /** Another server on the same store, at the same address of the gate, where none is running. */
  start(): Promise<void>
}

/** Takes whatever is said, with files or without, and has nothing to say. */
const listener: Agent = { name: 'listener', kind: 'model', description: 'Listens.', perform: async () => null }

const scope = { tenant: 'default', subjects: ['local'] }

export const openServer = (...skills: readonly SkillDefinition[]): Promise<PageServer> => openBeating(500, skills)

/** @param heartbeat in milliseconds: a stream that is silent for twice as long counts as lost, also where the machine is busy */
export async function openBeating(heartbeat: number, skills: readonly SkillDefinition[] = []): Promise<PageServer> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-page-'))
  // A copy: whoever builds the page meanwhile takes no file away from this server.
  const page = join(folder, 'page')
  await cp(await pageFolder(), page, { recursive: true })
  let running: { readonly server: Server; readonly port: number; end(): Promise<void> } | null = null

  async function start(): Promise<void> {
    if (running !== null) return
    const store = sqliteStore({ path: join(folder, 'test.db'), durability: 'relaxed' })
    const sessions = await openSessions({ store })
    const work = openWork({
      sessions,
      skills: fixedSkills(...skills),
      agents: agentsOf([listener]),
      timeZone: 'UTC',
      tickMs: 50,
    })
    const search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }) })
    const budgets = openBudgets({ sessions, tenant: scope.tenant, config: { session: { cost: 5 } } })
    const models = openModels({ model: 'ollama/one', fallback: ['ollama/two'], key: () => undefined })
    const server = await createServer({
      ...{ sessions, work, search, budgets, models, scope, page },
      version: '0.0.0',
      heartbeat,
    })
    const url = await server.listen({ port: 0, host: '127.0.0.1' })
    const end = async (): Promise<void> => {
      await server.close()
      await search.close()
      await work.close()
      await sessions.close()
      await store.close()
    }
    running = { server, port: Number(new URL(url).port), end }
  }

  async function stop(): Promise<void> {
    const now = running
    running = null
    await now?.end()
  }

  await start()
  const gate = await openGate(() => running?.port ?? 1)
  return {
    url: gate.url,
    gate,
    get client() {
      return openClient({ url: `http://127.0.0.1:${running?.port}` })
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]()
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
