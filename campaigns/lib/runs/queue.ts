// A queue of 100 runs in one session: its process is killed ten times, and each run is done once, in order.

import { pause } from '../campaign.ts'
import type { Round } from './boundaries.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, settle, single } from './settle.ts'
import type { Worker } from './worker.ts'

const length = 100
const restarts = 10
const session = 'queue'

export async function queueOfRuns({ place, random, counter }: Round): Promise<void> {
  let [worker] = (await place.workers(1)) as [Worker]
  // While they are queued, those before them run already, and the process dies the first time.
  const filling = fill(place, () => worker)
  for (let kill = 0; kill < restarts; kill += 1) {
    const past = Math.floor((kill * length) / restarts)
    await until(`${past} runs took effect`, () => place.effects().length > past)
    await pause(random.between(0, 120))
    counter.add(counts.kills)
    await worker.kill()
    worker = place.begin()
    await worker.ready
  }
  const runs = await filling
  const settled = await settle(place, runs, counter, () => single('count', true))
  if (settled.some(({ ended }) => ended !== 'done')) place.problems.push('not every run of the queue is done')
  place.problems.push(...(await orderProblems(place, runs)))
  counter.add(counts.queues)
  counter.add(counts.queued, settled.length)
}

async function fill(place: RunsPlace, worker: () => Worker): Promise<readonly Asked[]> {
  const runs: Asked[] = []
  while (runs.length < length) runs.push(await place.start(worker, session, 'count', { ms: 5, number: runs.length }))
  return runs
}

/** Queued, begun, finished and done in the world: each in the order in which they were asked for. */
async function orderProblems(place: RunsPlace, runs: readonly Asked[]): Promise<readonly string[]> {
  const wanted = runs.map(({ run }) => run)
  if (new Set(wanted).size !== length) return ['two orders were one run']
  const found: Record<string, string[]> = { 'run.queued': [], 'run.started': [], 'run.finished': [] }
  for await (const { kind, run } of place.own.session(session).stream()) {
    if (run !== undefined) found[kind]?.push(run)
  }
  const orders = { ...found, effects: place.effects().map(({ run }) => run) }
  return Object.entries(orders).flatMap(([what, order]) =>
    [...new Set(order)].join() === wanted.join() ? [] : [`${what} came in another order than was asked for`],
  )
}
