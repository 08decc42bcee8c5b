// Tries out what an engine that speaks like PostgreSQL may lack: locks that hold between connections, routines, listening.

import type { StoreFact } from '../facts.ts'
import { isLost, stateOf } from './errors.ts'
import type { Line } from './line.ts'
import type { Names } from './names.ts'

interface Probe {
  readonly name: string
  /** Without it a store does not work. */
  readonly needed: boolean
  /** False: not there. Null: it could not be tried. What the server refuses is not there either. */
  tried(one: Line, two: Line, names: Names): Promise<boolean | null>
}

/** Two numbers that no store takes for its locks: there the second is 1 or 2. */
const lock = `${(Math.random() * 0x7fffffff) | 0}, 77`
const hearingMs = 2000

const probes: readonly Probe[] = [
  { name: 'plpgsql', needed: true, tried: async (one) => done(one, 'DO $$ BEGIN PERFORM 1; END $$') },
  {
    name: 'read committed',
    needed: true,
    tried: (one) =>
      inside(one, async () => (await one.send('SHOW transaction_isolation'))[0]?.[0] === 'read committed'),
  },
  {
    name: 'advisory locks',
    needed: true,
    async tried(one, two) {
      const free = async () => (await two.send(`SELECT pg_try_advisory_xact_lock(${lock})`))[0]?.[0]
      const held = await inside(one, async () => {
        await one.send(`SELECT pg_advisory_xact_lock(${lock})`)
        return (await free()) === false
      })
      return held && (await free()) === true
    },
  },
  { name: 'row locks', needed: true, tried: rowsAreLocked },
  { name: 'routines, types and indexes made in a transaction', needed: true, tried: layoutIsMade },
  { name: 'LISTEN and NOTIFY', needed: false, tried: isHeard },
]

/** `listens` is false where a LISTEN would stay in a session that others have next. */
export async function featureFacts(one: Line, two: Line, names: Names, listens = true): Promise<readonly StoreFact[]> {
  const about = 'features'
  const there: string[] = []
  const untried: string[] = []
  const missing: StoreFact[] = []
  for (const probe of probes) {
    const { name, needed } = probe
    const found = probe.tried === isHeard && !listens ? '' : await tried(probe, one, two, names)
    if (found === true) there.push(name)
    else if (found === null) untried.push(name)
    else if (needed)
      missing.push({ about, state: 'bad', detail: `${name}: not as in PostgreSQL${found}`, next: 'another engine' })
    else missing.push({ about, state: 'ok', detail: `no ${name}: other servers are heard of within a second` })
  }
  const left = untried.length === 0 ? '' : `; not tried without rights or a store: ${untried.join(', ')}`
  const whole: StoreFact = { about, state: 'ok', detail: `${there.join(', ')}${left}` }
  return [...(there.length > 0 ? [whole] : []), ...missing]
}

/** True, null for untried, else what the server said about it. */
async function tried(probe: Probe, one: Line, two: Line, names: Names): Promise<true | null | string> {
  try {
    const found = await probe.tried(one, two, names)
    return found === false ? '' : found
  } catch (error) {
    if (isLost(error) || stateOf(error) === '') throw error
    return ` (${stateOf(error)})`
  }
}

async function done(line: Line, text: string): Promise<boolean> {
  await line.send(text)
  return true
}

/** A transaction that is rolled back whatever happens in it. */
async function inside<T>(line: Line, work: () => Promise<T>): Promise<T> {
  await line.send('BEGIN ISOLATION LEVEL READ COMMITTED')
  try {
    return await work()
  } finally {
    await line.send('ROLLBACK')
  }
}

/** A row that one connection holds is passed over by the other. */
async function rowsAreLocked(one: Line, two: Line, names: Names): Promise<boolean | null> {
  const found = await one.send(names.named("SELECT to_regclass('daybook.meta') IS NOT NULL"))
  if (found[0]?.[0] !== true) return null
  const row = names.named("SELECT k FROM daybook.meta WHERE k = 'format' FOR UPDATE")
  return inside(one, async () => {
    const here = await one.send(row)
    const there = await inside(two, () => two.send(`${row} SKIP LOCKED`))
    return here.length === 1 && there.length === 0
  })
}

/** What the layout and the routines are made of, in small. */
const layout = (schema: string) => `CREATE SCHEMA ${schema};
  CREATE SEQUENCE ${schema}.s CACHE 1;
  CREATE TABLE ${schema}.t(n bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, k text COLLATE "C", a bigint[]) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX i ON ${schema}.t(k) WHERE k IS NOT NULL;
  CREATE TYPE ${schema}.h AS (n bigint, k text, a text[]);
  CREATE FUNCTION ${schema}.f(p text) RETURNS bigint LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off AS $routine$
DECLARE
  held ${schema}.h[];
  w record;
BEGIN
  FOR w IN SELECT x.k FROM json_to_recordset(p::json) AS x(k text) LOOP
    held[1] := ROW(nextval('${schema}.s'), w.k, '{}')::${schema}.h;
    INSERT INTO ${schema}.t(k, a) VALUES ((held[1]).k, '{}') ON CONFLICT (k) WHERE k IS NOT NULL DO NOTHING;
  END LOOP;
  RETURN (WITH RECURSIVE u(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM u WHERE n < 3) SELECT max(n) FROM u) +
    (SELECT count(*) FROM ${schema}.t);
END $routine$`

async function layoutIsMade(one: Line): Promise<boolean | null> {
  const [may] = await one.send("SELECT has_database_privilege(current_database(), 'CREATE')")
  if (may?.[0] !== true) return null
  const schema = `daybook_probe_${crypto.randomUUID().slice(0, 8)}`
  const made = await inside(one, async () => {
    for (const statement of layout(schema).split(/;\n {2}(?=CREATE)/)) await one.send(statement)
    const [row] = await one.send(`SELECT ${schema}.f('[{"k":"a"},{"k":"a"},{"k":"b"}]')`)
    return Number(row?.[0]) === 5
  })
  const [left] = await one.send(`SELECT count(*) FROM pg_namespace WHERE nspname = '${schema}'`)
  return made && Number(left?.[0]) === 0
}

async function isHeard(one: Line, two: Line): Promise<boolean> {
  const channel = `daybook_probe_${crypto.randomUUID().slice(0, 8)}`
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), hearingMs)
  const { unlisten } = await two.client.listen(channel, () => resolve(true))
  try {
    await one.send(`SELECT pg_notify('${channel}', '')`)
    return await promise
  } finally {
    clearTimeout(timer)
    await unlisten()
  }
}
