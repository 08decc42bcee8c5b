// Kills at every boundary of five steps, and at any moment: two processes on one store, of which the other goes on.

import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import { type Counter, pause } from '../campaign.ts'
import type { Random } from '../random.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, type Settled, settle } from './settle.ts'
import { boundaries, type CallInput, type FiveInput } from './skills.ts'
import type { Worker } from './worker.ts'

/** Behind what a step asks of itself: its end stands in the log. */
const moments = [...boundaries, 'recorded'] as const
type Moment = (typeof moments)[number]
export const boundaryCount = 5 * moments.length

export interface Round {
  readonly place: RunsPlace
  readonly round: number
  readonly random: Random
  readonly counter: Counter
}

const inputOf = (input: FiveInput | CallInput): Json => input as unknown as Json
const stepLetters = (random: Random): string => Array.from({ length: 5 }, () => random.pick(['i', 'n'])).join('')

/**
 * The same boundary in a run whose steps may all be repeated, in one with none such, and in a mixed one; inside of a step
 * also in calls of skills that are one step, which begin with the very append that asks for them.
 */
export async function atBoundary(given: Round, number: number): Promise<void> {
  const { place, round, random, counter } = given
  const step = (number % 5) + 1
  const moment = moments[Math.floor(number / 5) % moments.length] ?? 'inside'
  const [first, second] = (await place.workers(2)) as [Worker, Worker]
  const stop: FiveInput['stop'] = { step, boundary: moment === 'recorded' ? 'after' : moment }
  const input = { ms: random.between(0, 5), stop } as const
  const calls = moment === 'begin' || moment === 'inside' ? ['count', 'plain'] : []
  const runs = await Promise.all([
    ...['iiiii', 'nnnnn', stepLetters(random)].map((steps, index) =>
      place.start(() => first, `boundary-${round}-${index}`, 'five', inputOf({ steps, ...input })),
    ),
    ...calls.map((skill) => place.start(() => first, `boundary-${round}-${skill}`, skill, inputOf(input))),
  ])
  const [dead, survivor] = await stopped(runs, first, second)
  const met = runs.filter(({ run }) => dead.standsAt(run))
  if (moment === 'recorded') await recorded(place, met, step)
  counter.add(counts.kills)
  counter.add(counts.boundaries)
  counter.add(counts.atBoundary, met.length)
  await dead.kill()
  if (random.chance(0.3)) await killAgain(given, runs, survivor)
  const settled = await settle(place, runs, counter)
  for (const one of settled) {
    if (met.includes(one.asked)) place.problems.push(...surely(one, step, moment, dead))
  }
}

/** Waits until every run stands at the boundary; of the two processes, the one that has more of them comes first. */
async function stopped(runs: readonly Asked[], first: Worker, second: Worker): Promise<readonly [Worker, Worker]> {
  await until('every run stands at its boundary', () =>
    runs.every(({ run }) => first.standsAt(run) || second.standsAt(run)),
  )
  const many = (worker: Worker) => runs.filter(({ run }) => worker.standsAt(run)).length
  return many(second) > many(first) ? [second, first] : [first, second]
}

/** Waits until the end of the step stands in the log, though its process asked for nothing more. */
async function recorded(place: RunsPlace, runs: readonly Asked[], step: number): Promise<void> {
  for (const run of runs) {
    await until(`step ${step} is recorded`, async () => {
      return (await place.log(run)).filter(({ kind }) => kind === 'step.finished').length === step
    })
  }
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

/** What is certain of a run whose process died at this moment of a step. */
function surely(
  { asked, steps, ended, takes }: Settled,
  step: number,
  moment: Moment,
  dead: Worker,
): readonly string[] {
  const problems: string[] = []
  const one = [...steps.values()].find(({ name }) => name === (asked.skill === 'five' ? `step ${step}` : asked.skill))
  // Before its first step it is queued, and whether it was begun is in the log or not.
  const begun = moment !== 'before' || step > 1
  if (begun && takes < 2) problems.push('nobody took it over')
  if (moment === 'before' && one && (one.unknown || one.started > 1)) problems.push(`step ${step} had not begun`)
  // Nothing was under way: there is nothing that nobody could know.
  if ((moment === 'recorded' || !begun) && ended !== 'done') problems.push('it is not done')
  if (moment === 'begin' || moment === 'inside') {
    if (one?.idempotent && (one.unknown || one.started < 2))
      problems.push(`step ${step} was not repeated after the kill`)
    if (!one?.idempotent && (!one?.unknown || ended !== 'unknown'))
      problems.push(`step ${step} is not known as unknown`)
  }
  if (moment === 'recorded' && one?.output?.by !== dead.name)
    problems.push(`step ${step} was recorded and is forgotten`)
  return problems.map((problem) => `${asked.run}: ${problem}`)
}

/** Runs in several sessions, and kills at any moment, of one process and sometimes of the other soon after. */
export async function atAnyMoment({ place, round, random, counter }: Round): Promise<void> {
  const [first, second] = (await place.workers(2)) as [Worker, Worker]
  const askable = (index: number) => () => {
    const living = place.living()
    return living[index % living.length] ?? place.begin()
  }
  const starting = Promise.all(
    Array.from({ length: 10 }, (_, index) => {
      if (index >= 6) {
        const skill = index % 2 === 0 ? 'count' : 'plain'
        return place.start(askable(index), `any-${round}-${index}`, skill, inputOf({ ms: random.between(0, 60) }))
      }
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
