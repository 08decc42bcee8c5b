// Several servers on one PostgreSQL and one Redis, under accidents of the servers, of both and of the network between them.

import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { debian, embedded, Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { postgresStore } from '../packages/daybook/src/store/postgres.ts'
import { withoutRedis } from '../packages/daybook/src/store/redis/server.fixture.ts'
import type { Store } from '../packages/daybook/src/store/store.ts'
import { account } from './lib/account.ts'
import { type Campaign, Counter, describeProblems, pause, type Result, type Settings } from './lib/campaign.ts'
import { checkStore, tenant } from './lib/check.ts'
import { performed, Refused } from './lib/doors.ts'
import { type Bus, startBus } from './lib/history/bus.ts'
import { cutConnections } from './lib/history/cut.ts'
import { FeedFollower } from './lib/history/follower.ts'
import { Holders } from './lib/history/leases.ts'
import { RoamingDoor } from './lib/history/roaming-door.ts'
import { Servers } from './lib/history/servers.ts'
import { Ledger } from './lib/ledger.ts'
import { type Op, Plan } from './lib/ops.ts'
import { environment } from './lib/processes.ts'
import { Random } from './lib/random.ts'
import { repeatUnanswered } from './lib/repeat.ts'

const accidents = [
  'server killed',
  'database killed',
  'bus killed',
  'connections cut',
  'server ended',
  'server frozen',
] as const
type Accident = (typeof accidents)[number]

const clients = 16
const roundMs = 4_000
/** Rounds that go on with one schema: accidents meet what earlier ones left. */
const roundsPerSchema = 5

/** What all servers share, and what is started anew behind each accident of it. */
interface Shared {
  readonly database: Server
  readonly bus: Bus
}

/** One schema with its servers, and all that was ever said about it. */
interface Place {
  readonly ledger: Ledger
  readonly servers: Servers
  readonly follower: FeedFollower
  readonly store: Store
  readonly holders: Holders
  readonly sessions: readonly string[]
}

class History {
  readonly #settings: Settings
  readonly #env: Record<string, string>
  readonly #counter = new Counter(
    ...accidents,
    'writes acknowledged',
    'writes refused',
    'unanswered with a key, repeated',
    'of these had been applied',
    'unanswered without a key',
    'leases taken',
    'cuts of the follower',
    'entries that it saw',
    'entries checked',
  )
  #place: Place | null = null
  #failed = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.#env = environment(settings.folder)
  }

  async run(): Promise<Result> {
    const { rounds, log } = this.#settings
    const programs = embedded() ?? debian(15)
    const missing = programs === null ? 'there is no PostgreSQL server here' : withoutRedis()
    if (programs === null || missing !== false) {
      return { rounds: 0, failed: 0, counts: this.#counter.all, skipped: [String(missing)] }
    }
    await using bus = await startBus()
    const database = await Server.start(programs, ['max_connections=200'])
    try {
      for (let round = 0; round < rounds; round += 1) {
        await this.#guarded(round, { database, bus }, round + 1 === rounds || (round + 1) % roundsPerSchema === 0)
        log(`${round + 1} of ${rounds} rounds, ${this.#failed} with a problem`)
      }
    } finally {
      await this.#leave()
      await database.dispose()
    }
    return { rounds, failed: this.#failed, counts: this.#counter.all, skipped: [] }
  }

  async #guarded(round: number, shared: Shared, last: boolean): Promise<void> {
    const accident = accidents[round % accidents.length] ?? 'server killed'
    let problems: readonly string[]
    try {
      this.#place ??= await this.#open(shared, round)
      await this.#round(this.#place, shared, accident, round)
      problems = await this.#check(this.#place, last)
    } catch (error) {
      problems = [error instanceof Error ? String(error.stack) : String(error)]
    }
    if (problems.length > 0) {
      this.#failed += 1
      const { errors = [], crashed = [] } = this.#place?.servers ?? {}
      describeProblems(`round ${round} (${accident})`, [...problems, ...crashed, ...errors], this.#settings.log)
    }
    if (problems.length > 0 || last) await this.#leave()
  }

  async #open({ database: { url }, bus }: Shared, round: number): Promise<Place> {
    const schema = `history_${round}`
    const store = postgresStore({ url, schema, connections: 4 })
    const servers = new Servers(`${url}?schema=${schema}`, { ...this.#env, DAYBOOK_BUS: bus.url }, 3)
    // All at once on an empty database: they make the schema together.
    await servers.start()
    await store.open()
    const sessions = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `${name}-${round}`)
    const leased = ['lease-a', 'lease-b'].map((name) => `${name}-${round}`)
    const engine = await openSessions({ store })
    for (const id of leased) await engine.within({ tenant, subjects: ['local'] }).open({ id })
    await engine.close()
    const follower = new FeedFollower(servers, Random.of(this.#settings.seed, 'follower', round))
    return { ledger: new Ledger(), servers, follower, store, holders: new Holders(store, leased), sessions }
  }

  async #round(place: Place, shared: Shared, accident: Accident, round: number): Promise<void> {
    const { seed } = this.#settings
    const random = Random.of(seed, 'history', round)
    place.holders.begin(4, (holder) => Random.of(seed, holder), round)
    let stopped = false
    const writing = Array.from({ length: clients }, (_, index) => this.#write(place, index + 1, round, () => stopped))
    this.#counter.add(accident)
    await pause(random.between(300, 1500))
    await this.#cause(place, shared, accident, random)
    await pause(Math.max(0, roundMs - 1500))
    stopped = true
    await Promise.all(writing)
    await place.holders.stop()
    await place.servers.start()
    await repeatUnanswered(new RoamingDoor(place.servers, random), place.ledger, this.#counter)
  }

  async #cause({ servers }: Place, { database, bus }: Shared, accident: Accident, random: Random): Promise<void> {
    const which = servers.any(random)
    if (accident === 'server killed') {
      await servers.kill(which)
      await pause(random.between(0, 800))
      await servers.start()
    } else if (accident === 'server ended') {
      for (let index = 0; index < servers.count; index += 1) {
        await servers.end(index)
        await servers.start()
      }
    } else if (accident === 'server frozen') {
      servers.freeze(which)
      await pause(2_000)
      servers.wake(which)
    } else if (accident === 'database killed') {
      await database.end('immediate')
      await pause(random.between(0, 500))
      await database.begin()
    } else if (accident === 'bus killed') {
      await bus.kill()
      await pause(random.between(0, 1_500))
      await bus.begin()
    } else {
      for (let count = 0; count < 5; count += 1) {
        await cutConnections(database.url)
        await pause(random.between(0, 300))
      }
    }
  }

  /** As a client does that loses its server: what nobody answered is left to be repeated, and the next write goes elsewhere. */
  async #write(
    { servers, ledger, sessions }: Place,
    writer: number,
    round: number,
    stopped: () => boolean,
  ): Promise<void> {
    const random = Random.of(this.#settings.seed, 'client', round, writer)
    const door = new RoamingDoor(servers, random)
    const plan = new Plan({ random, round, writer, sessions, library: false, largest: 5_000 })
    while (!stopped()) {
      const op: Op = plan.next()
      ledger.take({ t: 'intent', op })
      try {
        const ack = await performed(door, op)
        ledger.take({ t: 'acked', marker: op.marker, ack })
        plan.saw(op, ack)
        await pause(random.between(10, 60))
      } catch (error) {
        if (error instanceof Refused) {
          ledger.take({ t: 'refused', marker: op.marker, code: error.code, message: error.message })
          plan.refused(op, error.code)
        } else await pause(random.between(5, 40))
      }
    }
  }

  async #check({ store, ledger, follower, holders, servers }: Place, last: boolean): Promise<readonly string[]> {
    const found = await checkStore(store)
    const problems = [
      ...found.problems,
      ...(await account(store, ledger, found)),
      ...holders.problems,
      ...servers.crashed,
    ]
    if (!last) return problems
    problems.push(...(await follower.compare(found.own, 20_000)))
    this.#counter.add('writes acknowledged', ledger.count('acked'))
    this.#counter.add('writes refused', ledger.count('refused'))
    this.#counter.add('unanswered without a key', ledger.count('open'))
    this.#counter.add('leases taken', holders.taken)
    this.#counter.add('cuts of the follower', follower.cuts)
    this.#counter.add('entries that it saw', follower.entries)
    this.#counter.add('entries checked', found.entries)
    return problems
  }

  async #leave(): Promise<void> {
    const place = this.#place
    this.#place = null
    if (!place) return
    await place.follower.compare(new Map(), 0)
    await place.servers.killAll()
    await place.store.close()
  }
}

export const history: Campaign = {
  name: 'history',
  proves:
    'Three servers on one PostgreSQL with a Redis as their bus, 16 clients that send every request to any of them, holders ' +
    'that fight for leases, and a follower of the feed that is cut off again and again and goes on at another server. ' +
    'Meanwhile a server is killed with SIGKILL, the database is stopped at once without any order, the Redis is killed, all ' +
    'connections to the database are cut, the servers are ended and started one after the other, or one stands still. Every ' +
    'acknowledged write is there once and where it was told, keyed writes that got no answer are repeated and applied once, ' +
    'seqs, chains, folds, lists and refs agree, no fence was held by two, and the follower has every entry once and in order.',
  full: 78,
  short: 3,
  run: (settings) => new History(settings).run(),
}
