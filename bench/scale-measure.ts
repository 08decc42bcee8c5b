// Measures a small real store in PostgreSQL: how long its last lock is held, what entries weigh, what they leave behind.
import { openFinding } from '../packages/daybook/src/finding.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { after, opening } from '../packages/daybook/src/store/conformance/drafts.ts'
import { type Client, clientOf, loadDriver } from '../packages/daybook/src/store/postgres/driver.ts'
import type { Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { postgresStore } from '../packages/daybook/src/store/postgres.ts'
import type { Append, ScopedStore, Store } from '../packages/daybook/src/store/store.ts'
import { appenders, timedAppenders } from './appenders.ts'
import { logOver } from './daybook.ts'
import { timed, type Variant } from './harness.ts'
import { message } from './message.ts'
import { median } from './numbers.ts'
import type { Inputs, Line } from './scale-model.ts'

export interface Measured extends Inputs {
  /** Appends a second with so many servers in this process, each with `inFlight`, and what shared a commit. */
  readonly together: { readonly servers: number; readonly rate: number; readonly perCommit: number }
}

export interface Sizes {
  readonly sessions: number
  readonly appends: number
  readonly inFlight: number
}

const schema = 'scale'
const product = `${schema}_product`

export async function measure(server: Server, sizes: Sizes): Promise<Measured> {
  const driver = await loadDriver()
  const sql = clientOf(driver, { url: server.url }, 1, {})
  await using one = postgresStore({ url: server.url, schema })
  await using two = postgresStore({ url: server.url, schema })
  await one.open()
  await two.open()
  try {
    const scopes = [one, two].map((store) => store.within({ tenant: 'bench', subjects: 'all' }))
    const empty = await weights(sql)
    const loads = await Promise.all(scopes.map((scope, n) => Load.over(scope, `of-${n}`, sizes.sessions / 2)))
    const opened = await weights(sql)
    const small = await locked(sql, () => loads[0]?.run(1, sizes.appends / 20) ?? 0)
    const alone = await timeOf(() => loads[0]?.batches(1, 20) ?? Promise.resolve())
    const full = Math.min(sizes.sessions / 2, 512)
    await loads[0]?.batches(full, 2)
    const whole = await timeOf(() => loads[0]?.batches(full, 10) ?? Promise.resolve())
    const before = await weights(sql)
    const large = await locked(sql, async () => {
      const done = await Promise.all(loads.map((load) => load.run(sizes.inFlight, sizes.appends / 2)))
      return done.reduce((sum, n) => sum + n, 0)
    })
    const then = await weights(sql)
    const hold = through([1, small.heldMs], [large.perCommit, large.heldMs])
    const way = through([1, alone / 20], [full, whole / 10])
    return {
      hold,
      outside: {
        each: Math.max(0, way.each - hold.each),
        more: Math.max(0, way.more - hold.more),
      },
      bytesPerEntry: (then.entries - before.entries) / large.appends,
      bytesPerSession: (opened.sessions - empty.sessions) / sizes.sessions,
      indexBytesPerSession: (opened.indexes - empty.indexes) / sizes.sessions,
      walBytes: (then.wal - before.wal) / large.appends,
      ...(await leftovers(sql)),
      notifyMs: await notifying(sql),
      serverCpuMs: await serverCpu(server, sizes),
      searchBytesPerEntry: await searchBytes(server, sql),
      together: { servers: 2, rate: large.rate, perCommit: large.perCommit },
    }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** As many servers in this process as asked for, each with its sessions; `run` spreads callers over some of them. */
export class Crowd {
  readonly #stores: readonly Store[]
  readonly #loads: readonly Load[]

  private constructor(stores: readonly Store[], loads: readonly Load[]) {
    this.#stores = stores
    this.#loads = loads
  }

  static async of(server: Server, servers: number, sessionsEach: number): Promise<Crowd> {
    const stores = Array.from({ length: servers }, () =>
      postgresStore({ url: server.url, schema: 'crowd', connections: 1 }),
    )
    await Promise.all(stores.map((store) => store.open()))
    const scopes = stores.map((store) => store.within({ tenant: 'bench', subjects: 'all' }))
    const loads: Load[] = []
    for (const scope of scopes) loads.push(await Load.over(scope, `of-${loads.length}`, sessionsEach))
    return new Crowd(stores, loads)
  }

  variant(name: string, servers: number, callers: number, total: number): Variant {
    const some = this.#loads.slice(0, servers)
    return {
      name,
      round: () =>
        timed(async () => {
          const done = await Promise.all(some.map((load) => load.run(callers / servers, total / servers)))
          return done.reduce((sum, n) => sum + n, 0)
        }),
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()))
  }
}

/** Appends that follow one another in many sessions; the store's work begins with the call. */
class Load {
  readonly #scope: ScopedStore
  readonly #heads: Append['head'][]
  #next = 0

  private constructor(scope: ScopedStore, heads: Append['head'][]) {
    this.#scope = scope
    this.#heads = heads
  }

  static async over(scope: ScopedStore, name: string, sessions: number): Promise<Load> {
    const openings = Array.from({ length: sessions }, (_, i) => opening(`${name}-${i}`))
    for (let from = 0; from < sessions; from += 250) await scope.append(openings.slice(from, from + 250))
    return new Load(
      scope,
      openings.map(({ head }) => head),
    )
  }

  #take(): Append {
    const at = this.#next % this.#heads.length
    const append = after(this.#heads[at] as Append['head'], { bodies: [JSON.stringify(message(this.#next))] })
    this.#next += 1
    this.#heads[at] = append.head
    return append
  }

  async #send(batch: readonly Append[]): Promise<void> {
    for (const outcome of await this.#scope.append(batch)) if (!outcome.ok) throw new Error(`refused: ${outcome.code}`)
  }

  /** So many at a time, each its own call. */
  run(inFlight: number, total: number): Promise<number> {
    return appenders(inFlight, total, () => this.#send([this.#take()]))
  }

  /** One batch after the other. */
  async batches(size: number, count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.#send(Array.from({ length: size }, () => this.#take()))
  }
}

/**
 * How long each commit holds the feed's lock: looked at again and again, the part of the looks at which somebody has it, over
 * the commits of that time. No clock of a client stands in it.
 */
async function locked(sql: Client, work: () => Promise<number> | number) {
  const commits = async (): Promise<number> =>
    Number(
      (
        await sql.unsafe(
          `SELECT sum(n) AS n FROM (SELECT max(number) AS n FROM "${schema}".batches GROUP BY writer) AS w`,
        )
      )[0]?.n,
    )
  const look = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND objsubid = 2 AND granted`
  const before = await commits()
  let [over, looks, held] = [false, 0, 0]
  const begun = performance.now()
  const looking = (async () => {
    while (!over) {
      held += Number((await sql.unsafe(look))[0]?.n)
      looks += 1
    }
  })()
  const appends = await work()
  const ms = performance.now() - begun
  over = true
  await looking
  const count = (await commits()) - before
  return { appends, rate: (appends / ms) * 1000, perCommit: appends / count, heldMs: ((held / looks) * ms) / count }
}

function through([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): Line {
  const more = Math.max(0, (y2 - y1) / (x2 - x1))
  return { each: Math.max(0, y1 - more * x1), more }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** Bytes: of entries with their indexes, of what stands once per session, of the indexes of that, and written ahead. */
async function weights(sql: Client) {
  const [row] = await sql.unsafe(`SELECT
    pg_total_relation_size('"${schema}".entries')::float8 AS entries,
    (SELECT sum(pg_total_relation_size(format('"${schema}".%I', t)::regclass)) FROM unnest(ARRAY['sessions', 'listed', 'cells']) t)::float8 AS sessions,
    (SELECT sum(pg_indexes_size(format('"${schema}".%I', t)::regclass)) FROM unnest(ARRAY['sessions', 'listed', 'cells']) t)::float8 AS indexes,
    (pg_current_wal_insert_lsn() - '0/0')::float8 AS wal`)
  return row as unknown as { entries: number; sessions: number; indexes: number; wal: number }
}

/** Row versions that wait for a vacuum after everything above, and how long that takes, both per append so far. */
async function leftovers(sql: Client): Promise<Pick<Inputs, 'deadRows' | 'vacuumMs'>> {
  const [counted] = await sql.unsafe(`SELECT count(*)::float8 AS n FROM "${schema}".entries`)
  const n = Number(counted?.n)
  // Counts of other connections are told with a delay.
  const dead = async () =>
    Number(
      (
        await sql.unsafe(
          `SELECT sum(n_tup_upd + n_tup_del) AS n FROM pg_stat_user_tables WHERE schemaname = '${schema}'`,
        )
      )[0]?.n,
    )
  for (let last = -1, now = await dead(); now !== last; now = await dead()) {
    last = now
    await new Promise((resolve) => setTimeout(resolve, 1100))
  }
  const vacuumed = await timeOf(async () => {
    for (const table of ['sessions', 'listed', 'lists', 'cells', 'batches', 'entries'])
      await sql.unsafe(`VACUUM "${schema}".${table}`)
  })
  return { deadRows: (await dead()) / n, vacuumMs: vacuumed / n }
}

async function notifying(sql: Client): Promise<number> {
  const text = 'x'.repeat(2000)
  const told = `SELECT set_config('synchronous_commit', 'off', true), pg_notify('scale', '${text}')`
  const each: number[] = []
  while (each.length < 400) each.push(await timeOf(async () => void (await sql.unsafe(told))))
  return median(each)
}

/** Of the whole product, without HTTP. */
async function serverCpu(server: Server, { inFlight, appends }: Sizes): Promise<number> {
  const log = await logOver(postgresStore({ url: server.url, schema: product }))
  for (let i = 0; i < inFlight; i += 1) await log.fill(`of-${i}`, 1)
  const { cpu } = await timedAppenders(inFlight, appends / 2, (i) => log.append(`of-${i % inFlight}`, i))
  await log.close()
  return (cpu ?? Number.NaN) / 1000
}

/** Of what the product wrote just now: the question that is asked here makes the index. */
async function searchBytes(server: Server, sql: Client): Promise<number> {
  await using store = postgresStore({ url: server.url, schema: product })
  await store.open()
  const search = await openFinding(store, `${server.url}?schema=${product}`)
  await using sessions = await openSessions({ store })
  const mine = sessions.within({ tenant: 'local', subjects: ['local'] })
  const { hits } = await search.find(mine, { q: 'generated', limit: 1 })
  await search.close()
  if (hits.length === 0) throw new Error('the index found nothing')
  const [row] = await sql.unsafe(`SELECT
    (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = '${product}_search' AND c.relkind = 'r')::float8 AS bytes,
    (SELECT count(*) FROM "${product}".entries)::float8 AS entries`)
  return Number(row?.bytes) / Number(row?.entries)
}
