// A process with a run engine of its own on a file, to be killed: its one skill stands in a step until a file lets it go.

import { appendFileSync, existsSync } from 'node:fs'
import { openSessions } from '../session/sessions.ts'
import { sqliteStore } from '../store/sqlite.ts'
import { fixedSkills } from './skills/fixed.ts'
import { skill } from './testing.fixture.ts'
import { openWork } from './work.ts'

/** Asked for as JSON in the first argument. */
export interface Working {
  /** Of the store's file. */
  readonly path: string
  /** Where each attempt of the step leaves a line: the session. */
  readonly attempts: string
  /** While there is no such file, the step stands still. */
  readonly letGo: string
  /** Sessions in which a run is started; none: it goes on with what others left. */
  readonly sessions: readonly string[]
}

/** So long that a test which waits for it fails. */
export const leaseMs = 3_600_000

/** Stands in its only step; done again by whoever takes the run over. */
export function holding({ attempts, letGo }: Pick<Working, 'attempts' | 'letGo'>) {
  return skill(
    'hold',
    async (session, { step, signal }) =>
      step(
        'hold',
        async () => {
          appendFileSync(attempts, `${session}\n`)
          while (!existsSync(letGo) && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10))
          return session
        },
        { idempotent: true },
      ),
    { durable: true },
  )
}

async function work(asked: Working): Promise<void> {
  const sessions = await openSessions({ store: sqliteStore({ path: asked.path }) })
  const engine = openWork({ sessions, skills: fixedSkills(holding(asked)), leaseMs, tickMs: 20 })
  const anna = engine.within({ tenant: 'default', subjects: ['anna'] })
  for (const session of asked.sessions) await anna.start(session, { skill: 'hold', input: session }, { opens: true })
  process.stdout.write('ready\n')
  // The engine alone keeps no process alive.
  process.stdin.resume()
}

const [asked] = process.argv.slice(2)
if (import.meta.main && asked !== undefined) await work(JSON.parse(asked) as Working)
