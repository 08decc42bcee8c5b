// Loss of power under load: what was synced when a write was acknowledged stays, what came after it may be torn.

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { account } from './lib/account.ts'
import { type Campaign, Counter, describeProblems, pause, type Result, type Settings } from './lib/campaign.ts'
import { checkStore, tenant } from './lib/check.ts'
import { Ledger } from './lib/ledger.ts'
import { LibraryDoor } from './lib/library-door.ts'
import { environment, WriterProcess } from './lib/processes.ts'
import { Random } from './lib/random.ts'
import { repeatUnanswered } from './lib/repeat.ts'
import { synced, type Tear, tearLog, tearPages, tears } from './lib/wal.ts'
import { type WalMark, writeConcurrently } from './lib/writers.ts'

const roundsPerFile = 5
/** Copies that are torn, each in its own way, after every kill. */
const copies = 4
const sessions = ['one', 'two', 'three']

interface Place {
  readonly path: string
  readonly ledger: Ledger
}

class PowerLosses {
  readonly #settings: Settings
  readonly #env: Record<string, string>
  readonly #counter = new Counter(
    'kills',
    'torn copies',
    'torn copies with bytes at risk',
    'bytes at risk',
    'pages of main files torn',
    'writes acknowledged, looked for in every copy',
    'unanswered with a key, repeated',
    'of these had been applied',
  )
  #failed = 0
  #place: Place | null = null

  constructor(settings: Settings) {
    this.#settings = settings
    this.#env = environment(settings.folder)
  }

  async run(): Promise<Result> {
    const { rounds, log } = this.#settings
    for (let round = 0; round < rounds; round += 1) {
      await this.#round(round)
      if ((round + 1) % 10 === 0 || round + 1 === rounds)
        log(`${round + 1} of ${rounds} rounds, ${this.#failed} with a problem`)
    }
    return { rounds, failed: this.#failed, counts: this.#counter.all, skipped: [] }
  }

  async #round(round: number): Promise<void> {
    const random = Random.of(this.#settings.seed, 'power', round)
    const fresh = this.#place === null || round % roundsPerFile === 0
    const place = fresh ? { path: this.#path(`${round}-new`), ledger: new Ledger() } : (this.#place as Place)
    this.#place = null
    const last = await this.#writeAndKill(place, round, random)
    let next: Place | null = null
    for (let copy = 0; copy < copies; copy += 1) {
      const torn = { path: this.#path(`${round}-${copy}`), ledger: place.ledger.clone() }
      const tear = random.pick(tears)
      const problems = await this.#tornCopy(place, torn, tear, last, round * copies + copy, random)
      if (problems.length > 0) {
        this.#failed += 1
        describeProblems(`round ${round} (${tear}, ${place.path} torn to ${torn.path})`, problems, this.#settings.log)
        return
      }
      if (next) rmSync(dirname(next.path), { recursive: true })
      next = torn
    }
    rmSync(dirname(place.path), { recursive: true })
    this.#place = next
  }

  #path(name: string): string {
    return join(this.#settings.folder, name, 'daybook.db')
  }

  async #writeAndKill({ path, ledger }: Place, round: number, random: Random): Promise<WalMark> {
    const { seed } = this.#settings
    const load = { seed, round, writers: [1, 2, 3, 4, 5], sessions, library: true, largest: 200_000 }
    const writer = new WriterProcess({ ...load, path, worker: false, wal: true }, this.#env, (told) => {
      if (told.t !== 'ready' && told.t !== 'ended') ledger.take(told)
    })
    await writer.ready
    await pause(random.between(20, 900))
    await writer.kill()
    this.#counter.add('kills')
    return writer.wal
  }

  async #tornCopy(
    from: Place,
    to: Place,
    tear: Tear,
    last: WalMark,
    number: number,
    random: Random,
  ): Promise<string[]> {
    this.#copy(from.path, to.path, random)
    const safe = synced(`${from.path}-wal`, `${from.path}-shm`, last)
    const atRisk = tearLog(`${to.path}-wal`, safe, tear, random)
    this.#counter.add('torn copies')
    this.#counter.add('bytes at risk', atRisk)
    if (atRisk > 0) this.#counter.add('torn copies with bytes at risk')
    if (random.chance(0.5)) this.#counter.add('pages of main files torn', tearPages(to.path, safe, random))
    this.#counter.add('writes acknowledged, looked for in every copy', to.ledger.count('acked'))
    try {
      const before = await problemsOf(to)
      if (before.length > 0) return before
      await this.#goOn(to, number)
      return await problemsOf(to)
    } catch (error) {
      return [error instanceof Error ? String(error.stack) : String(error)]
    }
  }

  /** What is on the disk; the index of the log is not synced by anybody, so it may be there or not. */
  #copy(from: string, to: string, random: Random): void {
    mkdirSync(dirname(to), { recursive: true })
    const index = random.chance(0.5) ? ['-shm'] : []
    for (const end of ['', '-wal', '-blobs', ...index]) {
      if (existsSync(from + end)) cpSync(from + end, to + end, { recursive: true })
    }
  }

  /** Clients come back, and others write. */
  async #goOn({ path, ledger }: Place, number: number): Promise<void> {
    await using store = sqliteStore({ path })
    await using engine = await openSessions({ store })
    const door = new LibraryDoor(engine.within({ tenant, subjects: ['local'] }))
    await repeatUnanswered(door, ledger, this.#counter)
    let left = 40
    const load = {
      seed: this.#settings.seed,
      round: 1_000_000 + number,
      writers: [1],
      sessions,
      library: true,
      largest: 5000,
    }
    await writeConcurrently(
      door,
      load,
      (told) => ledger.take(told),
      () => --left < 0,
    )
  }
}

async function problemsOf({ path, ledger }: Place): Promise<string[]> {
  await using store = sqliteStore({ path })
  await store.open()
  const found = await checkStore(store)
  return [...found.problems, ...(await account(store, ledger, found)), ...ledger.failed]
}

export const power: Campaign = {
  name: 'power',
  proves:
    'A program that embeds the library is killed under load, and copies of its files are torn as a loss of power may ' +
    'tear them: the write-ahead log behind what was synced at the last acknowledgement is cut at any byte, zeroed, ' +
    'filled with garbage, misses sectors, has wrong bits or is too long, and pages of the main file that the synced log ' +
    'has too are half written. Each copy opens, has every acknowledged write once, agrees with itself, and goes on.',
  full: 100,
  short: 4,
  run: (settings) => new PowerLosses(settings).run(),
}
