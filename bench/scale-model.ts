// What one PostgreSQL can take before something breaks, from measured inputs: servers with lanes before one lock, and arithmetic.
import { Random } from '../campaigns/lib/random.ts'
import { connectionsPerServer } from '../packages/daybook/src/store/postgres/facts.ts'

/** A duration in ms that grows with the appends of a batch. */
export interface Line {
  readonly each: number
  readonly more: number
}

/** Measured on one machine. Bytes and times are per append of one message of 500 bytes. */
export interface Inputs {
  /** The feed's lock: one commit at a time has it, until it is durable. */
  readonly hold: Line
  /** The rest of a batch's way, which batches of other lanes share the time of. */
  readonly outside: Line
  readonly bytesPerEntry: number
  /** Of the search index in the same database. */
  readonly searchBytesPerEntry: number
  /** Tables and indexes of a session beside its entries. */
  readonly bytesPerSession: number
  /** Of these, indexes: what has to be in memory for lists and look-ups. */
  readonly indexBytesPerSession: number
  readonly walBytes: number
  /** Row versions left behind per append, and ms that one worker without pauses takes to clear them. */
  readonly deadRows: number
  readonly vacuumMs: number
  /** Of one transaction that tells others, which all databases of a server do one after the other. */
  readonly notifyMs: number
  /** CPU of a server of daybook. */
  readonly serverCpuMs: number
}

export const constants = Object.freeze({
  /** As in `schema/json.ts`. */
  mostPerCommit: 512,
  /** Of a server that is alone; one among several has one: `store/postgres/lanes.ts`. */
  lanesAlone: 2,
  /** Hints of one server leave together, at most once in so many ms: `store/carried-bus.ts`. */
  gatherMs: 5,
  /** PostgreSQL stops taking writes 3 million before half of 2³² transactions are not frozen. */
  transactionIds: 2 ** 31 - 3_000_000,
  /** The greatest position that a driver of JavaScript reads exactly. */
  positions: 2 ** 53,
})

const lanesOf = (servers: number): number => (servers === 1 ? constants.lanesAlone : 1)

const msOf = ({ each, more }: Line, n: number): number => each + more * n

/** Appends a second beyond which the lock alone is busy all the time. */
export function ceiling({ hold }: Pick<Inputs, 'hold'>): number {
  return (constants.mostPerCommit / msOf(hold, constants.mostPerCommit)) * 1000
}

/** Appends a second that so many callers get who each wait for their answer, spread evenly over the lanes of the servers. */
export function rateOf(
  { hold, outside }: Pick<Inputs, 'hold' | 'outside'>,
  { servers, callers }: { readonly servers: number; readonly callers: number },
): number {
  const lanes = Math.min(servers * lanesOf(servers), callers)
  const batch = Math.min(callers / lanes, constants.mostPerCommit)
  const turn = Math.max(lanes * msOf(hold, batch), msOf(hold, batch) + msOf(outside, batch))
  return ((lanes * batch) / turn) * 1000
}

export interface Simulated {
  /** Appends answered a second. */
  readonly rate: number
  readonly perCommit: number
  /** The part of the time in which somebody has the lock. */
  readonly lockBusy: number
  /** ms from asking to the answer. */
  readonly p50: number
  readonly p99: number
}

interface Lane {
  readonly waiting: number[]
  /** When its batch is answered, ms. */
  free: number
}

/**
 * Appends come at random, `perSecond` of them over `seconds`, to servers in turn; a lane that is free takes what waits, 512 at
 * most, and its batch then waits for the lock behind those that began before it. The same seed gives the same answer.
 */
export function simulate(
  { hold, outside }: Pick<Inputs, 'hold' | 'outside'>,
  of: { readonly servers: number; readonly perSecond: number; readonly seconds: number; readonly seed?: number },
): Simulated {
  const random = Random.of(of.seed ?? 1, 'scale', of.servers)
  const perServer = lanesOf(of.servers)
  const lanes: Lane[] = Array.from({ length: of.servers * perServer }, () => ({ waiting: [], free: 0 }))
  const latencies: number[] = []
  const end = of.seconds * 1000
  let [lockFree, busy, commits, done] = [0, 0, 0, 0]
  const begin = (lane: Lane, now: number): void => {
    const batch = lane.waiting.splice(0, constants.mostPerCommit)
    const asks = now + msOf(outside, batch.length)
    const held = msOf(hold, batch.length)
    lockFree = Math.max(lockFree, asks) + held
    lane.free = lockFree
    if (lockFree > end) return
    busy += held
    commits += 1
    done += batch.length
    for (const came of batch) latencies.push(lockFree - came)
  }
  // Lanes whose batch ended take what gathered, in the order in which they became free, before the next append comes.
  const advance = (now: number): void => {
    for (;;) {
      const next = lanes
        .filter(({ waiting, free }) => waiting.length > 0 && free <= now)
        .reduce<Lane | null>((first, lane) => (first === null || lane.free < first.free ? lane : first), null)
      if (next === null) return
      begin(next, Math.max(next.free, next.waiting[0] ?? 0))
    }
  }
  for (let now = 0; now < end; ) {
    now += (-Math.log(1 - random.fraction()) / of.perSecond) * 1000
    advance(now)
    const server = random.between(0, of.servers - 1) * perServer
    const own = lanes.slice(server, server + perServer)
    const lane = own.reduce((least, each) => (each.waiting.length < least.waiting.length ? each : least))
    lane.waiting.push(now)
  }
  latencies.sort((a, b) => a - b)
  const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? Number.NaN
  return { rate: done / of.seconds, perCommit: done / commits, lockBusy: busy / end, p50: at(0.5), p99: at(0.99) }
}

/** The greatest load, in parts of the ceiling, at which 99 of 100 appends are answered within `p99` ms. */
export function capacity(inputs: Inputs, servers: number, p99: number): Simulated {
  const most = ceiling(inputs)
  let [low, high] = [0, 1.2]
  let best: Simulated | null = null
  for (let step = 0; step < 7; step += 1) {
    const middle = (low + high) / 2
    const load = most * middle
    // As many appends whatever the rate, so that slow machines are not simulated for minutes.
    const found = simulate(inputs, { servers, perSecond: load, seconds: Math.max(2, 40_000 / load) })
    if (found.rate >= load * 0.95 && found.p99 <= p99) {
      best = found
      low = middle
    } else high = middle
  }
  return best ?? simulate(inputs, { servers, perSecond: most / 100, seconds: 10 })
}

export interface Limit {
  readonly what: string
  /** What one database takes of it. */
  readonly most: number
  readonly unit: 'appends/s' | 'sessions'
  /** Databases that the goal takes because of it. */
  readonly databases: number
}

export interface Goal {
  readonly sessions: number
  readonly perSecond: number
  readonly entriesPerSession: number
}

export interface Hardware {
  /** Bytes of memory that a database has for indexes. */
  readonly memory: number
  /** Bytes of its disks. */
  readonly disk: number
  readonly maxConnections: number
  readonly cpusPerServer: number
}

/** Bytes on disk of a session with its entries and their words. */
export function bytesOf(inputs: Inputs, { entriesPerSession }: Goal): number {
  return inputs.bytesPerSession + entriesPerSession * (inputs.bytesPerEntry + inputs.searchBytesPerEntry)
}

/** Every limit of one database, the one that breaks first in front. `taken`: what so many servers get through the lock. */
export function limits(
  inputs: Inputs,
  goal: Goal,
  hardware: Hardware,
  taken: { readonly servers: number; readonly rate: number },
): readonly Limit[] {
  const rate = (what: string, most: number): Limit => ({
    what,
    most,
    unit: 'appends/s',
    databases: Math.ceil(goal.perSecond / most),
  })
  const size = (what: string, most: number): Limit => ({
    what,
    most,
    unit: 'sessions',
    databases: Math.ceil(goal.sessions / most),
  })
  const servers = Math.floor(hardware.maxConnections / connectionsPerServer)
  const hints = 1000 / constants.gatherMs
  // As many servers as NOTIFY bears, each with all that its processors append.
  const told = Math.floor(1000 / inputs.notifyMs / hints)
  const perServer = (hardware.cpusPerServer * 1000) / inputs.serverCpuMs
  return [
    rate('the lock of the feed, full commits', ceiling(inputs)),
    rate(`the lock of the feed, ${taken.servers} servers that answer in time`, taken.rate),
    rate('vacuum, one worker without pauses', 1000 / inputs.vacuumMs),
    rate(`connections: ${servers} servers at max_connections ${hardware.maxConnections}`, servers * perServer),
    rate(`NOTIFY: ${told} servers that tell all they can`, told * perServer),
    size('indexes of sessions in memory', hardware.memory / inputs.indexBytesPerSession),
    size('entries and their words on disk', hardware.disk / bytesOf(inputs, goal)),
  ].toSorted((a, b) => b.databases - a.databases)
}
