// B-R: what a run costs beside an append, what waiting runs cost, and how an engine starts beside many idle sessions.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sessions } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import type { Work } from '../packages/daybook/src/work/contract.ts'
import type { SkillDefinition, Skills } from '../packages/daybook/src/work/skills/contract.ts'
import { skillOf } from '../packages/daybook/src/work/skills/skill.ts'
import { openWork } from '../packages/daybook/src/work/work.ts'
import { appenders, timedAppenders } from './appenders.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import { message } from './message.ts'

const bench = new Bench('runs')
const scope = { tenant: 'local', subjects: ['local'] } as const
const sessionsAtOnce = 64

/** Milliseconds since 1970, moved by hand: a day of waiting passes at once. */
const now = Date.now()
const clock = (): number => now

const skills = skillsOf(
  { id: 'empty', name: 'Empty', description: 'Does nothing.', run: () => undefined },
  {
    id: 'wait',
    name: 'Wait',
    description: 'Waits for a day.',
    durable: true,
    run: async (_input, context) => {
      await context.wait(context.now + 86_400_000)
      return undefined
    },
  },
)

function skillsOf(...definitions: readonly SkillDefinition[]): Skills {
  const byId = new Map(definitions.map((one) => [one.id, skillOf(one, 'bench')]))
  return { list: () => [...byId.values()], get: (id) => byId.get(id), onChange: () => () => {} }
}

interface Place {
  readonly path: string
  readonly sessions: Sessions
  engine(tickMs?: number | null): Work
  close(): Promise<void>
}

async function place(name: string): Promise<Place> {
  const dir = join(bench.dir, name)
  mkdirSync(dir, { recursive: true })
  const path = join(dir, 'daybook.db')
  const store = sqliteStore({ path, durability: 'full', clock })
  const sessions = await openSessions({ store, clock })
  const onError = (error: unknown): never => {
    throw error
  }
  return {
    path,
    sessions,
    engine: (tickMs = null) => openWork({ sessions, skills, clock, tickMs, onError, concurrency: 64 }),
    async close() {
      await sessions.close()
      await store.close()
    },
  }
}

const id = (i: number): string => `session-${i}`

/** One run after the other in each of 64 sessions, each to its end. */
async function emptyRuns(total: number): Promise<number> {
  const runs = work.within(scope)
  return appenders(sessionsAtOnce, total, async (i) => {
    const { run } = await runs.start(id(i % sessionsAtOnce), { skill: 'empty' }, { opens: true })
    await ended(run)
  })
}

const waiters = new Map<string, () => void>()
const over = new Set<string>()
function ended(run: string): Promise<void> {
  if (over.delete(run)) return Promise.resolve()
  return new Promise((resolve) => waiters.set(run, resolve))
}

const busy = await place('busy')
const work = busy.engine()
const log = busy.sessions.within(scope)
work.onEnded(({ run }) => {
  const resolve = waiters.get(run)
  waiters.delete(run)
  if (resolve) resolve()
  else over.add(run)
})
const handles = Array.from({ length: sessionsAtOnce }, (_, i) => log.session(id(i), { opens: true }))
const variants: readonly Variant[] = [
  {
    name: 'append',
    round: () =>
      timedAppenders(sessionsAtOnce, bench.size(12_800, 3200), async (i) => {
        await handles[i % sessionsAtOnce]?.append({ kind: 'message', data: message(i) })
      }),
  },
  { name: 'run of one empty step', round: () => timed(() => emptyRuns(bench.size(3200, 800))) },
]
const table = await bench.race('64 sessions at once, FULL', 'us each', 'append', variants)
bench.bar({
  id: 'runs',
  what: 'a run of one empty step over an append, 64 sessions at once',
  value: times(table, 'run of one empty step', 'append'),
  is: 'at most',
  limit: 4,
})
await work.close()
await busy.close()
bench.finish()
void statSync
