// Durable runs under kills at every boundary, in a queue, decided from two sides, and with a lease that is lost.

import { basename, join } from 'node:path'
import { debian, embedded, Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { Random } from './lib/random.ts'
import { approvals } from './lib/runs/approvals.ts'
import { atAnyMoment, atBoundary, boundaryCount, type Round } from './lib/runs/boundaries.ts'
import { frozenInStep } from './lib/runs/frozen.ts'
import { RunsPlace } from './lib/runs/place.ts'
import { queueOfRuns } from './lib/runs/queue.ts'
import { counts } from './lib/runs/settle.ts'

type Way = 'boundary' | 'any moment' | 'frozen' | 'queue' | 'approvals'

/** Rounds that go on with one store, so that kills meet what earlier ones left. */
const roundsPerStore = 8
const leaseMs = 800

/** In each eight, so that a short campaign has every way; the long ones, with stores of their own, come again after 40. */
function wayOf(round: number): Way {
  const first = Math.floor(round / 8) % 5 === 0
  const eight: readonly Way[] = ['boundary', 'boundary', 'frozen', 'any moment', 'boundary', 'boundary']
  if (round % 8 === 6) return first ? 'approvals' : 'boundary'
  if (round % 8 === 7) return first ? 'queue' : 'any moment'
  return eight[round % 8] ?? 'boundary'
}

class Runs {
  readonly #settings: Settings
  readonly #counter = new Counter(...Object.values(counts))
  #place: RunsPlace | null = null
  #boundary = 0
  #frozen = 0
  readonly #storeIn: (folder: string) => string
  #failed = 0

  /** `storeIn` names the new store of a folder. */
  constructor(settings: Settings, storeIn: (folder: string) => string) {
    this.#settings = settings
    this.#storeIn = storeIn
  }

  async run(): Promise<Result> {
    const { rounds, log } = this.#settings
    try {
      for (let round = 0; round < rounds; round += 1) {
        const way = wayOf(round)
        const alone = way === 'queue' || way === 'approvals'
        const last = round + 1 === rounds || (round + 1) % roundsPerStore === 0
        await this.#guarded(round, way, () => (alone ? this.#alone(round, way) : this.#round(round, way)))
        if (last) await this.#guarded(round, way, () => this.#leave())
        if ((round + 1) % 10 === 0 || round + 1 === rounds) {
          log(`${round + 1} of ${rounds} rounds, ${this.#failed} with a problem`)
        }
      }
    } finally {
      await this.#place?.[Symbol.asyncDispose]()
    }
    return { rounds, failed: this.#failed, counts: this.#counter.all, skipped: [] }
  }

  async #guarded(round: number, way: Way, work: () => Promise<readonly string[]>): Promise<void> {
    let problems: readonly string[]
    try {
      problems = await work()
    } catch (error) {
      problems = [...(this.#place?.problems ?? []), error instanceof Error ? String(error.stack) : String(error)]
    }
    if (problems.length === 0) return
    this.#failed += 1
    describeProblems(`round ${round} (${way}, ${this.#place?.folder})`, problems, this.#settings.log)
    // What has a problem is left for looking at; the next round begins with another store.
    await this.#place?.[Symbol.asyncDispose]()
    this.#place = null
  }

  async #round(round: number, way: Way): Promise<readonly string[]> {
    const given = await this.#given(round, leaseMs)
    if (way === 'boundary') {
      // By sevens, so that a few rounds meet different steps and different boundaries.
      await atBoundary(given, (this.#boundary * 7) % boundaryCount)
      this.#boundary += 1
    } else if (way === 'frozen') {
      this.#frozen += 1
      await frozenInStep(given, this.#frozen % 2 === 1)
    } else await atAnyMoment(given)
    return given.place.problems
  }

  async #alone(round: number, way: Way): Promise<readonly string[]> {
    const problems = await this.#leave()
    if (problems.length > 0) return problems
    // Where nothing is killed, nothing is to be taken over either, however busy the machine is.
    const given = await this.#given(round, way === 'queue' ? 400 : 60_000)
    await (way === 'queue' ? queueOfRuns(given) : approvals(given))
    return this.#leave()
  }

  async #given(round: number, lease: number): Promise<Round> {
    const { folder, seed } = this.#settings
    const random = Random.of(seed, 'runs', round)
    const place = join(folder, `from-${round}`)
    this.#place ??= await RunsPlace.open(place, this.#storeIn(place), lease, random)
    return { place: this.#place, round, random, counter: this.#counter }
  }

  /** Ends the processes and reads the store whole. */
  async #leave(): Promise<readonly string[]> {
    const place = this.#place
    if (!place) return []
    await place.end()
    if (place.problems.length > 0) return place.problems
    await place[Symbol.asyncDispose]()
    this.#place = null
    return []
  }
}

const proves =
  'Two processes perform durable runs on one store. They are killed with SIGKILL at every boundary of five steps ' +
  '(before a step, in its effect before and after it does anything, behind it, once it is recorded) and at any moment, ' +
  'and what steps did stands in a ledger outside of the store: what may be repeated is done net once by its key, ' +
  'anything else once, or its run says outcome_unknown, and never where nothing was under way; what is recorded is never ' +
  'done again. Queues of 100 runs, the whole of them waiting, are done one at a time and in order through ten kills ' +
  'each, and a run whose answer was lost is asked for again and is the same. 500 approvals at a time are decided by two ' +
  'processes at once: one decision counts, the other is refused, what was approved is done once and what was denied is ' +
  'not. A process that stands still in a step until another has taken over can write nothing when it wakes: its write ' +
  'is refused by the fence, it notices, and works on. Every store is read and verified whole.'

export const runs: Campaign = {
  name: 'runs',
  proves,
  // With these, 201 rounds kill at a named boundary: eight times at each of the 25, and once more.
  full: 336,
  short: 8,
  run: (settings) => new Runs(settings, (folder) => `sqlite:${join(folder, 'daybook.db')}`).run(),
}

export const sharedRuns: Campaign = {
  name: 'shared-runs',
  proves: `The same as runs, on one PostgreSQL. ${proves}`,
  full: 336,
  short: 4,
  run: sharedRun,
}

async function sharedRun(settings: Settings): Promise<Result> {
  const programs = embedded() ?? debian(15)
  if (programs === null) return { rounds: 0, failed: 0, counts: {}, skipped: ['there is no PostgreSQL server here'] }
  const server = await Server.start(programs, ['max_connections=200'])
  try {
    return await new Runs(settings, (folder) => `${server.url}?schema=${basename(folder).replaceAll('-', '_')}`).run()
  } finally {
    await server.dispose()
  }
}
