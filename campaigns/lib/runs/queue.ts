// A queue of 100 runs in one session: its process is killed ten times, and each run is done once, one after the other.

import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import { pause } from '../campaign.ts'
import type { Round } from './boundaries.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, settle } from './settle.ts'
import type { FiveInput } from './skills.ts'
import type { Worker } from './worker.ts'

const length = 100
const half = length / 2
const restarts = 10
const session = 'queue'

export async function queueOfRuns({ place, random, counter }: Round): Promise<void> {
  let [worker] = (await place.workers(1)) as [Worker]
  // The first stands in its step until the others are all queued behind it.
  const input: FiveInput = { steps: 'iiiii', ms: 0, stop: { step: 1, boundary: 'begin' } }
  const first = await place.start(() => worker, session, 'five', input as unknown as Json)
  const queued: Asked[] = []
  const filling = fill(place, () => worker, queued)
  for (let kill = 0; kill < restarts; kill += 1) {
    if (kill === 0)
      await until('half are queued, and one nobody knows of', async () => (await open(place)) === half + 2)
    else if (kill === 1) await filling
    else await done(place, worker, ((kill - 2) * length) / (restarts - 2))
    if (kill === 1 && (await open(place)) !== length + 1) place.problems.push('the queue is not as long as it is to be')
    await pause(random.between(0, 120))
    counter.add(counts.kills)
    await worker.kill()
    worker = place.begin()
    await worker.ready
  }
  for (const { ended, asked } of await settle(place, [first, ...queued], counter)) {
    if (ended !== 'done') place.problems.push(`${asked.run} of the queue is not done`)
  }
  place.problems.push(...(await orderProblems(place, [first, ...queued])))
  counter.add(counts.queues)
  counter.add(counts.queued, queued.length)
}

async function fill(place: RunsPlace, worker: () => Worker, queued: Asked[]): Promise<void> {
  while (queued.length < length) {
    const unanswered = queued.length === half
    queued.push(await place.start(worker, session, 'count', { ms: 5, number: queued.length }, { unanswered }))
  }
}

async function open(place: RunsPlace): Promise<number> {
  return (await place.own.session(session).head()).openRuns.length
}

async function done(place: RunsPlace, worker: Worker, many: number): Promise<void> {
  await until(`more than ${many} runs took effect`, () => {
    worker.letGo()
    return place.effects().filter(({ name }) => name === 'count').length > many
  })
}

/** Queued, performed one after the other and done in the world: each in the order in which they were asked for. */
async function orderProblems(place: RunsPlace, runs: readonly Asked[]): Promise<readonly string[]> {
  const wanted = runs.map(({ run }) => run)
  if (new Set(wanted).size !== length + 1) return ['two orders were one run']
  const problems: string[] = []
  const queued: string[] = []
  const finished: string[] = []
  let present: string | undefined
  for await (const { kind, run, seq } of place.own.session(session).stream()) {
    if (run === undefined) continue
    if (kind === 'run.queued') queued.push(run)
    if (kind === 'run.started') {
      if (present !== undefined && present !== run) problems.push(`at ${seq} a run begins before that in front is over`)
      present = run
    }
    if (kind === 'run.finished') {
      finished.push(run)
      present = undefined
    }
  }
  const effects = [...new Set(place.effects().map(({ run }) => run))]
  for (const [what, order] of Object.entries({ queued, finished, effects })) {
    if (order.join() !== wanted.join()) problems.push(`${what} came in another order than was asked for`)
  }
  return problems
}
