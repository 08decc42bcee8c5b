// A disk that is full, a limit on the size of files, a file system that cannot be written: said by code, nothing lost.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDaybookError } from '../packages/daybook/src/schema/errors.ts'
import type { ScopedSessions } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import type { Store } from '../packages/daybook/src/store/store.ts'
import { account } from './lib/account.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { checkStore, tenant } from './lib/check.ts'
import { type Door, Refused } from './lib/doors.ts'
import { Ledger } from './lib/ledger.ts'
import { LibraryDoor } from './lib/library-door.ts'
import { mountReadOnly, mountTiny, unmount } from './lib/mount.ts'
import { filled, type Op } from './lib/ops.ts'
import { environment, WriterProcess } from './lib/processes.ts'
import { Random } from './lib/random.ts'

const scope = { tenant, subjects: ['local'] }

interface Place {
  readonly path: string
  readonly ledger: Ledger
}

class Disks {
  readonly #settings: Settings
  readonly #counter = new Counter(
    'disks filled up',
    'files at their size limit',
    'read-only file systems',
    'writes acknowledged',
    'writes answered with store_full',
    'writes answered with store_readonly',
  )
  readonly #skipped = new Set<string>()
  #failed = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async run(): Promise<Result> {
    const { rounds, seed, log } = this.#settings
    for (let round = 0; round < rounds; round += 1) {
      const random = Random.of(seed, 'disk', round)
      const folder = join(this.#settings.folder, String(round))
      const ways = [
        () => this.#full(folder, round, random),
        () => this.#limited(folder, round, random),
        () => this.#readOnly(folder, round),
      ]
      let problems: readonly string[]
      try {
        problems = await (ways[round % ways.length]?.() ?? [])
      } catch (error) {
        problems = [error instanceof Error ? String(error.stack) : String(error)]
      }
      if (problems.length === 0) continue
      this.#failed += 1
      describeProblems(`round ${round}`, problems, log)
    }
    return { rounds, failed: this.#failed, counts: this.#counter.all, skipped: [...this.#skipped] }
  }

  /** Until nothing fits; reading goes on meanwhile; then some room is given back. */
  async #full(folder: string, round: number, random: Random): Promise<readonly string[]> {
    const refused = mountTiny(folder, random.between(2_500_000, 8_000_000))
    if (refused !== null) return this.#skip(`a full disk, because a file system cannot be mounted here: ${refused}`)
    try {
      const ballast = join(folder, 'ballast')
      writeFileSync(ballast, new Uint8Array(random.between(1_200_000, 1_500_000)))
      const place = { path: join(folder, 'daybook.db'), ledger: new Ledger() }
      await using store = sqliteStore({ path: place.path, worker: random.chance(0.5) })
      await using engine = await openSessions({ store })
      const sessions = engine.within(scope)
      const problems = await this.#fill(place, sessions, round, random)
      this.#counter.add('disks filled up')
      rmSync(ballast)
      await this.#some(new LibraryDoor(sessions), place.ledger, round, 'after')
      return [...problems, ...(await problemsOf(store, place.ledger))]
    } finally {
      unmount(folder)
    }
  }

  async #fill({ ledger }: Place, sessions: ScopedSessions, round: number, random: Random): Promise<string[]> {
    const problems: string[] = []
    const door = new LibraryDoor(sessions)
    const largest = random.pick([200, 3000, 40_000])
    let full = 0
    for (let count = 1; full < 5 && count < 20_000; count += 8) {
      const batch = Array.from({ length: 8 }, (_, at) => message(round, 1, count + at, random.between(20, largest)))
      const answers = await Promise.all(batch.map((op) => this.#answer(door, ledger, op, problems)))
      if (answers.includes('store_full')) full += 1
    }
    if (full === 0) problems.push('the disk never was full')
    for (const bytes of [900_000, 2_000_000]) {
      const code = await codeOf(() => sessions.blobs.put(random.bytes(bytes)))
      if (code !== 'store_full') problems.push(`a blob of ${bytes} bytes on a full disk: ${code}`)
    }
    // Reading goes on.
    const listed = await sessions.list()
    for (const head of listed.items) {
      const entries = await sessions.session(head.session).stored({ order: 'desc', limit: 5 })
      if (entries[0]?.seq !== head.seq) problems.push(`reading ${head.session} on a full disk`)
    }
    return problems
  }

  async #answer(door: Door, ledger: Ledger, op: Op, problems: string[]): Promise<string> {
    ledger.take({ t: 'intent', op })
    try {
      ledger.take({ t: 'acked', marker: op.marker, ack: await door.perform(op) })
      this.#counter.add('writes acknowledged')
      return 'acked'
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code !== 'store_full') problems.push(`${op.marker} on a full disk: ${error.message}`)
      else this.#counter.add('writes answered with store_full')
      const line = ledger.find(op.marker)
      if (line) line.status = 'refused'
      return error.code
    }
  }

  async #some(door: Door, ledger: Ledger, round: number, when: string): Promise<void> {
    for (let count = 1; count <= 20; count += 1) {
      const op = message(round, when === 'after' ? 8 : 9, count, 200)
      ledger.take({ t: 'intent', op })
      ledger.take({ t: 'acked', marker: op.marker, ack: await door.perform(op) })
      this.#counter.add('writes acknowledged')
    }
  }

  /** A process whose files may not grow beyond a size, as quotas and service managers set it. */
  async #limited(folder: string, round: number, random: Random): Promise<readonly string[]> {
    const place = { path: join(folder, 'daybook.db'), ledger: new Ledger() }
    const limit = random.between(300_000, 3_000_000)
    const codes = new Map<string, number>()
    const task = {
      path: place.path,
      worker: random.chance(0.5),
      wal: false,
      seed: this.#settings.seed,
      round,
      writers: [1, 2, 3],
      sessions: ['one', 'two'],
      library: true,
      largest: 20_000,
    }
    const writer = new WriterProcess(
      task,
      environment(folder),
      (told) => {
        if (told.t === 'ready' || told.t === 'ended') return
        if (told.t === 'refused') codes.set(told.code, (codes.get(told.code) ?? 0) + 1)
        if (told.t === 'refused' && told.code === 'store_full') {
          const line = place.ledger.find(told.marker)
          if (line) line.status = 'refused'
          if ((codes.get('store_full') ?? 0) > 20) writer.stop()
        } else place.ledger.take(told)
      },
      ['sh', '-c', `ulimit -f ${Math.floor(limit / 512)}; exec "$0" "$@"`],
    )
    const tooLong = setTimeout(() => writer.stop(), 20_000)
    const { code, signal } = await writer.ended
    clearTimeout(tooLong)
    const problems = code === 0 && writer.wentWell ? [] : [`the process ended with ${signal ?? code}: ${writer.errors}`]
    if (!codes.has('store_full')) problems.push(`no store_full at ${limit} bytes, but ${JSON.stringify([...codes])}`)
    this.#counter.add('files at their size limit')
    this.#counter.add('writes answered with store_full', codes.get('store_full') ?? 0)
    await using store = sqliteStore({ path: place.path })
    await using engine = await openSessions({ store })
    await this.#some(new LibraryDoor(engine.within(scope)), place.ledger, round, 'later')
    this.#counter.add('writes acknowledged', place.ledger.count('acked'))
    return [...problems, ...(await problemsOf(store, place.ledger))]
  }

  /** Written, killed or closed, and then found on a file system that cannot be written. */
  async #readOnly(folder: string, round: number): Promise<readonly string[]> {
    const refused = mountTiny(folder, 30_000_000)
    if (refused !== null) return this.#skip(`a read-only file system, because none can be mounted here: ${refused}`)
    try {
      const place = { path: join(folder, 'daybook.db'), ledger: new Ledger() }
      const { seed } = this.#settings
      const load = { seed, round, writers: [1, 2, 3], sessions: ['one', 'two'], library: true, largest: 3000 }
      const env = environment(join(this.#settings.folder, `${round}-home`))
      const writer = new WriterProcess({ ...load, path: place.path, worker: false, wal: false }, env, (told) => {
        if (told.t === 'ready' || told.t === 'ended') return
        place.ledger.take(told)
        if (place.ledger.count('acked') < 60) return
        if (Math.floor(round / 3) % 2 === 0) void writer.kill()
        else writer.stop()
      })
      await writer.ended
      const still = mountReadOnly(folder)
      if (still !== null) return this.#skip(`a read-only file system: ${still}`)
      this.#counter.add('read-only file systems')
      this.#counter.add('writes acknowledged', place.ledger.count('acked'))
      return await this.#reading(place, round)
    } finally {
      unmount(folder)
    }
  }

  async #reading({ path, ledger }: Place, round: number): Promise<readonly string[]> {
    const problems: string[] = []
    for (const worker of [false, true]) {
      await using store = sqliteStore({ path, worker })
      await using engine = await openSessions({ store })
      const sessions = engine.within(scope)
      const writes = [
        () => new LibraryDoor(sessions).perform(message(round, 9, 1, 100)),
        () => sessions.open(),
        () => sessions.blobs.put(new Uint8Array(100)),
        () => sessions.blobs.put(new Uint8Array(2_000_000)),
      ]
      for (const write of writes) {
        const code = await codeOf(write)
        if (code === 'store_readonly') this.#counter.add('writes answered with store_readonly')
        else problems.push(`a write to a read-only file system: ${code}`)
      }
      problems.push(...(await problemsOf(store, ledger)))
    }
    return problems
  }

  #skip(reason: string): readonly string[] {
    this.#skipped.add(reason)
    return []
  }
}

function message(round: number, writer: number, count: number, size: number): Op {
  const marker = `op-${round}-${writer}-${count}`
  return { marker, session: `s${count % 3}`, act: { type: 'message', size: filled(marker, size).length } }
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Refused || isDaybookError(error)) return error.code
    throw error
  }
}

async function problemsOf(store: Store, ledger: Ledger): Promise<readonly string[]> {
  const found = await checkStore(store)
  return [...found.problems, ...(await account(store, ledger, found)), ...ledger.failed]
}

export const disk: Campaign = {
  name: 'disk',
  proves:
    'Disks that fill up while eight writers append, files at a size limit, and file systems that cannot be written, on ' +
    'closed files and on those a kill left. Writes say store_full or store_readonly and leave nothing behind, reading ' +
    'goes on, what was acknowledged is there, the files agree with themselves, and with room given back writing goes on.',
  full: 60,
  short: 6,
  run: (settings) => new Disks(settings).run(),
}
