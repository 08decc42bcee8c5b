// kill -9 at any moment under concurrent load: the embedded library, the server, one of two processes on a file.

import { join } from 'node:path'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { account } from './lib/account.ts'
import { type Campaign, Counter, describeProblems, pause, type Result, type Settings } from './lib/campaign.ts'
import { checkStore, tenant } from './lib/check.ts'
import { HttpDoor } from './lib/http-door.ts'
import { Ledger } from './lib/ledger.ts'
import { LibraryDoor } from './lib/library-door.ts'
import { environment, ServerProcess, WriterProcess } from './lib/processes.ts'
import { Random } from './lib/random.ts'
import { repeatUnanswered } from './lib/repeat.ts'
import { type Load, writeConcurrently } from './lib/writers.ts'

const ways = ['library', 'server', 'two processes'] as const
type Way = (typeof ways)[number]

/** Rounds that go on with one file: kills meet files that earlier kills left. */
const roundsPerFile = 8
const patience = 30_000

/** One file with all that was ever said about it. */
interface Place {
  readonly path: string
  readonly ledger: Ledger
  readonly sessions: readonly string[]
  /** Own entries of all sessions at the last check. */
  entries: number
}

class Kills {
  readonly #settings: Settings
  readonly #env: Record<string, string>
  readonly #counter = new Counter(
    'kills',
    'kills before ready',
    'writes acknowledged',
    'writes refused',
    'unanswered with a key, repeated',
    'of these had been applied',
    'unanswered without a key',
    'entries checked at the end of a file',
  )
  readonly #places = new Map<Way, Place>()
  readonly #servers = new Map<string, ServerProcess>()
  #failed = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.#env = environment(settings.folder)
  }

  async run(): Promise<Result> {
    const { rounds, log } = this.#settings
    try {
      for (let round = 0; round < rounds; round += 1) {
        await this.#round(round)
        if ((round + 1) % 10 === 0 || round + 1 === rounds) {
          log(`${round + 1} of ${rounds} rounds, ${this.#failed} with a problem`)
        }
      }
    } finally {
      for (const server of this.#servers.values()) await server.kill()
    }
    for (const place of this.#places.values()) this.#count(place)
    return { rounds, failed: this.#failed, counts: this.#counter.all, skipped: [] }
  }

  async #round(round: number): Promise<void> {
    const way = ways[round % ways.length] ?? 'library'
    const place = await this.#place(way, Math.floor(round / ways.length))
    const load: Load = {
      seed: this.#settings.seed,
      round,
      writers: [1, 2, 3, 4, 5, 6],
      sessions: place.sessions,
      library: way !== 'server',
      largest: 30_000,
    }
    const random = Random.of(this.#settings.seed, 'kill', round)
    this.#counter.add('kills')
    try {
      if (way === 'library') await this.#library(place, load, random)
      else if (way === 'server') await this.#server(place, load, random)
      else await this.#twoProcesses(place, load, random)
      await this.#check(place, round, way)
    } catch (error) {
      this.#problem(place, round, way, [error instanceof Error ? String(error.stack) : String(error)])
    }
  }

  /** The file of this way, a new one now and then. */
  async #place(way: Way, turn: number): Promise<Place> {
    const present = this.#places.get(way)
    if (present && turn % roundsPerFile !== 0) return present
    if (present) await this.#leave(present)
    const name = `${way.replace(' ', '-')}-${turn}`
    const sessions = ['one', 'two', 'three', 'four'].map((each) => `${each}-${turn}`)
    const place = { path: join(this.#settings.folder, name, 'daybook.db'), ledger: new Ledger(), sessions, entries: 0 }
    this.#places.set(way, place)
    return place
  }

  async #leave(place: Place): Promise<void> {
    this.#count(place)
    await this.#servers.get(place.path)?.kill()
    this.#servers.delete(place.path)
  }

  #count({ ledger, entries }: Place): void {
    this.#counter.add('writes acknowledged', ledger.count('acked'))
    this.#counter.add('writes refused', ledger.count('refused'))
    this.#counter.add('unanswered without a key', ledger.count('open'))
    this.#counter.add('entries checked at the end of a file', entries)
  }

  async #library(place: Place, load: Load, random: Random): Promise<void> {
    const writer = this.#writer(place, load, random.chance(0.3))
    await killAtSomeTime(writer, random, this.#counter)
    await this.#repeat(place)
  }

  /** The server of the round before is killed, and the one that follows it is what the repeats are sent to. */
  async #server(place: Place, load: Load, random: Random): Promise<void> {
    const server = this.#servers.get(place.path) ?? new ServerProcess(place.path, this.#env)
    let killed = false
    const url = await server.url
    if (url === null) throw new Error(`the server did not start: ${server.errors}`)
    const door = new HttpDoor(url)
    const tell = (told: Parameters<Ledger['take']>[0]): void => {
      // What fails once the server is dead stays unanswered.
      if (told.t !== 'failed' || !killed) place.ledger.take(told)
    }
    const writing = writeConcurrently(door, load, tell, () => killed).catch((error: unknown) => {
      if (!killed) throw error
    })
    await pause(random.between(0, 700))
    killed = true
    await server.kill()
    await writing
    if (random.chance(0.2)) {
      // And once more while it comes back.
      const early = new ServerProcess(place.path, this.#env)
      await pause(random.between(0, 500))
      await early.kill()
      this.#counter.add('kills before ready')
    }
    const next = new ServerProcess(place.path, this.#env)
    this.#servers.set(place.path, next)
    const nextUrl = await next.url
    if (nextUrl === null) throw new Error(`the server did not start again: ${next.errors}`)
    await repeatUnanswered(new HttpDoor(nextUrl), place.ledger, this.#counter)
  }

  async #twoProcesses(place: Place, load: Load, random: Random): Promise<void> {
    const stays = this.#writer(place, { ...load, writers: [1, 2, 3] }, true)
    const dies = this.#writer(place, { ...load, writers: [4, 5, 6] }, false)
    if (random.chance(0.7)) await stays.ready
    await killAtSomeTime(dies, random, this.#counter)
    await pause(random.between(0, 150))
    stays.stop()
    const { code, signal } = await within(patience, stays.ended, 'the process that stays did not end')
    if (code !== 0 || signal !== null || !stays.wentWell) {
      place.ledger.problems.push(`the process that stays ended with ${signal ?? code}: ${stays.errors}`)
    }
    await this.#repeat(place)
  }

  #writer({ path, ledger }: Place, load: Load, worker: boolean): WriterProcess {
    return new WriterProcess({ ...load, path, worker, wal: false }, this.#env, (told) => {
      if (told.t !== 'ready' && told.t !== 'ended') ledger.take(told)
    })
  }

  /** In this process, as a program that starts again. */
  async #repeat(place: Place): Promise<void> {
    await using store = sqliteStore({ path: place.path })
    await using sessions = await openSessions({ store })
    const door = new LibraryDoor(sessions.within({ tenant, subjects: ['local'] }))
    await repeatUnanswered(door, place.ledger, this.#counter)
  }

  async #check(place: Place, round: number, way: Way): Promise<void> {
    await using store = sqliteStore({ path: place.path })
    await store.open()
    const found = await checkStore(store)
    place.entries = found.entries
    const problems = [...found.problems, ...(await account(store, place.ledger, found)), ...place.ledger.failed]
    if (problems.length > 0) this.#problem(place, round, way, problems)
  }

  /** A file with a problem is left for looking at; the next round of this way begins with another. */
  #problem(place: Place, round: number, way: Way, problems: readonly string[]): void {
    this.#failed += 1
    describeProblems(`round ${round} (${way}, ${place.path})`, problems, this.#settings.log)
    const fresh = { ...place, path: `${place.path}.after-${round}`, ledger: new Ledger(), entries: 0 }
    this.#places.set(way, fresh)
    void this.#leave(place)
  }
}

/** From the first instruction on: the start of the process, the opening of the file and the writing are all hit. */
async function killAtSomeTime(writer: WriterProcess, random: Random, counter: Counter): Promise<void> {
  let ready = false
  void writer.ready.then(() => {
    ready = true
  })
  if (random.chance(0.15)) await pause(random.between(0, 400))
  else {
    await within(patience, writer.ready, 'the writer did not come up')
    await pause(random.between(0, 700))
  }
  if (!ready) counter.add('kills before ready')
  await writer.kill()
  const known = writer.errors.replace(/^.*ExperimentalWarning.*\n.*\n?/gm, '')
  if (known !== '') throw new Error(`the writer said: ${known}`)
}

async function within<T>(milliseconds: number, promise: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), milliseconds)
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}

export const kill: Campaign = {
  name: 'kill',
  proves:
    'Processes are killed with SIGKILL at random moments under concurrent load, in turn: a program that embeds the ' +
    'library, the server with HTTP clients, and one of two processes on the same file. After each kill every ' +
    'acknowledged write is there once and where it was told, keyed writes that got no answer are repeated and end up ' +
    'applied once, refused ones are nowhere, and seqs, chains, heads, forks, refs, blobs, feed and file agree.',
  full: 300,
  short: 6,
  run: (settings) => new Kills(settings).run(),
}
