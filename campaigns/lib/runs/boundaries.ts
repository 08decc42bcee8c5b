// Kills at every boundary of five steps, and at any moment: two processes on one store, of which the other goes on.

import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import type { DataOf } from '../../../packages/daybook/src/schema/kinds.ts'
import { type Counter, pause } from '../campaign.ts'
import type { Random } from '../random.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, type Settled, settle } from './settle.ts'
import { boundaries, type FiveInput } from './skills.ts'
import type { Worker } from './worker.ts'

/** Behind what a step asks of itself: its end stands in the log. */
const moments = [...boundaries, 'recorded'] as const
export const boundaryCount = 5 * moments.length

export interface Round {
  readonly place: RunsPlace
  readonly round: number
  readonly random: Random
  readonly counter: Counter
}

const inputOf = (input: FiveInput): Json => input as unknown as Json
const stepLetters = (random: Random): string => Array.from({ length: 5 }, () => random.pick(['i', 'n'])).join('')

/** The same boundary in a run whose steps may all be repeated, in one with none such, and in a mixed one. */
export async function atBoundary(given: Round, number: number): Promise<void> {
  const { place, round, random, counter } = given
  const step = (number % 5) + 1
  const moment = moments[Math.floor(number / 5) % moments.length] ?? 'inside'
  const [first, second] = (await place.workers(2)) as [Worker, Worker]
  const input = { ms: random.between(0, 5), ...(moment === 'recorded' ? {} : { stop: { step, boundary: moment } }) }
  const runs = await Promise.all(
    ['iiiii', 'nnnnn', stepLetters(random)].map((steps, index) =>
      place.start(() => first, `boundary-${round}-${index}`, 'five', inputOf({ steps, ...input })),
    ),
  )
  const met = moment === 'recorded' ? await recorded(place, runs, step) : await stopped(place, runs, first, second)
  const victim = met.by
  counter.add(counts.kills)
  counter.add(counts.atBoundary, met.runs.size)
  await victim.kill()
  if (moment !== 'recorded' && random.chance(0.3)) await killAgain(given, runs, victim === first ? second : first)
  const settled = await settle(place, runs, counter)
  if (moment === 'begin' || moment === 'inside') {
    for (const one of settled) if (met.runs.has(one.asked.run)) place.problems.push(...surely(one, step))
  }
}

/** Waits until the first process stands at the boundary with all that it performs; the other may have taken some. */
async function stopped(place: RunsPlace, runs: readonly Asked[], first: Worker, second: Worker) {
  const elsewhere = new Set<string>()
  await until('every run stands at its boundary', () => {
    for (const { run } of second.stops) elsewhere.add(run)
    second.letGo()
    return runs.every(({ run }) => first.standsAt(run) || elsewhere.has(run))
  })
  if (first.over) place.problems.push(`${first.name} died before it was killed`)
  return { by: first, runs: new Set(runs.filter(({ run }) => first.standsAt(run)).map(({ run }) => run)) }
}

/** Waits until the end of the step stands in the log of one run: its process is killed with all the others that it has. */
async function recorded(place: RunsPlace, runs: readonly Asked[], step: number) {
  let seen: Asked | undefined
  await until(`step ${step} is recorded`, async () => {
    for (const one of runs) {
      const ends = (await place.log(one)).filter(({ kind }) => kind === 'step.finished')
      const end = ends[step - 1]?.data as DataOf<'step.finished'> | undefined
      if (end && end.unknown !== true) seen = one
    }
    return seen !== undefined
  })
  const run = seen?.run ?? ''
  const by = place.living().find((worker) => worker.began.includes(run))
  if (!by) throw new Error(`nobody began ${run}`)
  return { by, runs: new Set([run]) }
}

/** The one that goes on is killed as well, at the same boundary, and nobody is left: others begin anew. */
async function killAgain({ place, counter }: Round, runs: readonly Asked[], survivor: Worker): Promise<void> {
  const other = place.begin()
  await other.ready
  await until('the survivor stands at the boundary again', async () => {
    for (const worker of place.living()) if (worker !== survivor) worker.letGo()
    for (const { run, session } of runs) {
      if (survivor.standsAt(run)) return true
      const { openRuns } = await place.own.session(session).head()
      if (openRuns.length > 0) return false
    }
    return true
  })
  counter.add(counts.kills)
  await survivor.kill()
}

/** What is certain of a run whose process died inside the effect of this step. */
function surely({ asked, steps, ended }: Settled, step: number): readonly string[] {
  const one = [...steps.values()].find(({ name }) => name === `step ${step}`)
  const { idempotent, unknown, started } = one ?? { idempotent: false, unknown: false, started: 0 }
  if (idempotent && (unknown || started < 2)) return [`${asked.run}: step ${step} was not repeated after the kill`]
  if (!idempotent && (!unknown || ended !== 'unknown')) return [`${asked.run}: step ${step} is not known as unknown`]
  return []
}

/** Runs in several sessions, and kills at any moment, of one process and sometimes of the other soon after. */
export async function atAnyMoment({ place, round, random, counter }: Round): Promise<void> {
  const [first, second] = (await place.workers(2)) as [Worker, Worker]
  const askable = (index: number) => () => {
    const living = place.living()
    return living[index % living.length] ?? place.begin()
  }
  const starting = Promise.all(
    Array.from({ length: 6 }, (_, index) => {
      const input = { steps: stepLetters(random), ms: random.between(0, 15) }
      return place.start(askable(index), `any-${round}-${index % 3}`, 'five', inputOf(input))
    }),
  )
  await pause(random.between(0, 250))
  counter.add(counts.kills)
  await first.kill()
  if (random.chance(0.5)) {
    place.begin()
    await pause(random.between(0, 1500))
    counter.add(counts.kills)
    await second.kill()
  }
  await place.workers(2)
  await settle(place, await starting, counter)
}
