// The end of a round: every run is over, and each is accounted for.

import type { Counter } from '../campaign.ts'
import { type Accounted, accountOf } from './account.ts'
import type { Asked, RunsPlace } from './place.ts'
import type { FiveInput } from './skills.ts'

export const counts = {
  kills: 'kills',
  boundaries: 'kills at a named boundary',
  atBoundary: 'runs met by these',
  done: 'runs done',
  unknown: 'runs ended with outcome_unknown',
  takeovers: 'takeovers',
  effects: 'effects in the ledger',
  repeated: 'effects repeated under their key',
  queues: 'queues of 100 runs, killed ten times',
  queued: 'runs of these queues, done in order',
  decided: 'approvals decided by two processes at once',
  lateDecisions: 'decisions refused with invalid_state',
  frozen: 'leases lost by a process that stood still',
  late: 'effects that it did after it was woken',
  fenced: 'writes that it tried then and that were refused as fenced',
} as const

/** Names of the steps of a run, and whether they may be repeated: the call of a skill is one, unless it has its own. */
function stepsOf({ skill, input }: Asked): ReadonlyMap<string, boolean> {
  if (skill !== 'five') return new Map([[skill, skill === 'count']])
  const { steps } = input as unknown as FiveInput
  return new Map([...steps].map((letter, index) => [`step ${index + 1}`, letter === 'i']))
}

export interface Settled extends Accounted {
  readonly asked: Asked
}

export async function settle(
  place: RunsPlace,
  runs: readonly Asked[],
  counter: Counter,
  stoodStill: ReadonlySet<string> = new Set(),
): Promise<readonly Settled[]> {
  await place.over(runs)
  const effects = Map.groupBy(place.effects(), ({ run }) => run)
  const settled: Settled[] = []
  for (const asked of runs) {
    const own = effects.get(asked.run) ?? []
    const accounted = accountOf(await place.log(asked), own, { steps: stepsOf(asked), stoodStill })
    if (accounted.ended === 'other') place.problems.push(`${asked.run} failed`)
    for (const problem of accounted.problems) place.problems.push(`${asked.session} ${asked.run}: ${problem}`)
    if (accounted.ended === 'done') counter.add(counts.done)
    if (accounted.ended === 'unknown') counter.add(counts.unknown)
    counter.add(counts.takeovers, accounted.takes - 1)
    counter.add(counts.effects, own.length)
    counter.add(counts.repeated, accounted.repeated)
    settled.push({ ...accounted, asked })
  }
  return settled
}
