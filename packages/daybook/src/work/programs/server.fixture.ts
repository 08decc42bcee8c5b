// A server that gives prompts to programs, one of several on a store and a process host: in this process, or in one to be killed.

import { join } from 'node:path'
import { openDriving } from '../../driving.ts'
import { hostClient } from '../../program/host/client.ts'
import { openSessions } from '../../session/sessions.ts'
import { sqliteStore } from '../../store/sqlite.ts'
import { agentsOf } from '../agents.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { openWork } from '../work.ts'
import { withPrograms } from './agent.ts'

const scope = { tenant: 'default', subjects: ['anna'] } as const
export const session = 'ses-shared'
export const hostIn = (folder: string): string => join(folder, 'host')

/** @param folder with `programs.json`, and `work` to work in */
export async function openServer(folder: string) {
  const closing = new AsyncDisposableStack()
  const store = closing.use(sqliteStore({ path: join(folder, 'a.db') }))
  const sessions = closing.use(await openSessions({ store }))
  const host = hostClient({ folder: hostIn(folder) })
  const file = join(folder, 'programs.json')
  const driving = closing.use(await openDriving({ file, state: folder, store: 'sqlite:a.db', host }))
  const { blobs } = store.within(scope)
  const agents = withPrograms(agentsOf(), driving, (printed) => blobs.put(printed))
  const work = closing.use(openWork({ sessions, skills: fixedSkills(), agents, tickMs: 20 }))
  const anna = work.within(scope)
  return {
    session: sessions.within(scope).session(session),
    settled: anna.settled.bind(anna),
    prompt: (input: string) =>
      anna.start(session, { agent: 'bash', input }, { opens: { metadata: { cwd: join(folder, 'work') } } }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const [folder, input] = process.argv.slice(2)
if (import.meta.main && folder !== undefined && input !== undefined) {
  const server = await openServer(folder)
  process.stdout.write((await server.prompt(input)).run)
  // The engine alone keeps no process alive.
  process.stdin.resume()
}
