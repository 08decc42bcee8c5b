// What a run costs beside an append, what waiting runs cost, and how an engine starts beside many idle sessions.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Sessions } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import type { Work } from '../packages/daybook/src/work/contract.ts'
import { fixedSkills } from '../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../packages/daybook/src/work/work.ts'
import { appenders, timedAppenders } from './appenders.ts'
import type { Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import { message } from './message.ts'

const bench = new Bench('runs')
const scope = { tenant: 'local', subjects: ['local'] } as const
const sessionsAtOnce = 64
/** Milliseconds. */
const day = 86_400_000

/** Milliseconds since 1970, moved by hand: a day of waiting passes at once. */
let now = Date.now()
const clock = (): number => now

const skills = fixedSkills(
  { id: 'empty', name: 'Empty', description: 'Does nothing.', run: () => undefined },
  {
    id: 'wait',
    name: 'Wait',
    description: 'Waits for a day.',
    durable: true,
    run: async (input, context) => {
      await context.wait(context.now + Number(input))
      return undefined
    },
  },
)

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
  const sessions = await openSessions({ store })
  const onError = (error: unknown): never => {
    throw error
  }
  return {
    path,
    sessions,
    engine: (tickMs = null) => openWork({ sessions, skills, tickMs, onError, concurrency: 64 }),
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
      timedAppenders(
        sessionsAtOnce,
        bench.size(12_800, 3200),
        async (i) => {
          await handles[i % sessionsAtOnce]?.append({ kind: 'message', data: message(i) })
        },
        'young',
      ),
  },
  { name: 'run of one empty step', round: () => timed(() => emptyRuns(bench.size(3200, 800)), 'young') },
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

const waiting = bench.size(100_000, 5000)
const asleep = await place('asleep')
const sleeper = asleep.engine()
await fallAsleep(sleeper, 0, 200)
const before = used()
await fallAsleep(sleeper, 200, waiting)
const after = used()
bench.bar({
  id: 'runs',
  what: `bytes in memory for each of ${waiting.toLocaleString('en-US')} waiting runs`,
  value: Math.max(after.heap - before.heap, 0) / waiting,
  is: 'at most',
  limit: 1024,
})
bench.bar({
  id: 'runs',
  what: 'timers and handles that they cost',
  value: Math.max(after.handles - before.handles, 0),
  is: 'at most',
  limit: 0,
})
bench.bar({
  id: 'runs',
  what: 'ticks after which one of them that has come due is done',
  value: await ticksToWake(sleeper),
  is: 'at most',
  limit: 2,
})
await sleeper.close()
await asleep.close()

/** Runs that wait for a day, one in each of so many sessions. */
async function fallAsleep(engine: Work, from: number, count: number): Promise<void> {
  const runs = engine.within(scope)
  await appenders(sessionsAtOnce, count, async (i) => {
    await runs.start(id(from + i), { skill: 'wait', input: day }, { opens: true })
  })
  await atRest(engine)
}

/** Nothing is performed and nothing waits for room. */
async function atRest(engine: Work): Promise<void> {
  while (engine.load.active + engine.load.waiting + engine.load.held > 0) await nextTurn()
}

function used(): { heap: number; handles: number } {
  globalThis.gc?.()
  return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length }
}

async function ticksToWake(engine: Work): Promise<number> {
  const runs = engine.within(scope)
  const { run } = await runs.start('soon', { skill: 'wait', input: 10_000 }, { opens: true })
  await atRest(engine)
  now += 10_000
  for (let ticks = 1; ticks < 1000; ticks += 1) {
    await engine.tick()
    await atRest(engine)
    if ((await runs.get(run)).status === 'done') return ticks
  }
  throw new Error('a run that had come due was not woken')
}

const busySessions = 100
const few = await idleSessions('few', busySessions)
const many = await idleSessions('many', bench.size(100_000, 10_000))
const starts = await bench.race('From the start of an engine until 100 due runs are done', 'us', few.name, [
  starting(few.name, few.at),
  starting(many.name, many.at),
])
bench.bar({
  id: 'runs',
  what: `${many.name} over ${few.name}`,
  value: times(starts, many.name, few.name),
  is: 'at most',
  limit: 1.5,
})
await few.at.close()
await many.at.close()

async function idleSessions(name: string, count: number): Promise<{ name: string; at: Place }> {
  const at = await place(name)
  const log = at.sessions.within(scope)
  await appenders(sessionsAtOnce, count, async (i) => {
    await log.session(id(i), { opens: true }).append({ kind: 'message', data: message(i) })
  })
  return { name: `${count.toLocaleString('en-US')} sessions`, at }
}

function starting(name: string, at: Place): Variant {
  return {
    name,
    async round() {
      const closed = at.engine()
      await closed.close()
      const runs = closed.within(scope)
      for (let i = 0; i < busySessions; i += 1) await runs.start(id(i), { skill: 'empty' })
      let ended = 0
      const sample = await timed(async () => {
        const engine = at.engine()
        engine.onEnded(() => {
          ended += 1
        })
        while (ended < busySessions) {
          await engine.tick()
          await nextTurn()
        }
        await engine.close()
        return 1
      })
      return sample
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

bench.finish()
