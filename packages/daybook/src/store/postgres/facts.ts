// What a PostgreSQL server, or an engine that speaks like one, gives a store: asked, tried out, and put into words.

import type { StoreFact } from '../facts.ts'
import { Connection } from './connection.ts'
import { loadDriver } from './driver.ts'
import { toDaybookError } from './errors.ts'
import { Line } from './line.ts'
import { type Names, namesOf } from './names.ts'
import type { Sharing } from './pooler.ts'
import { featureFacts } from './probes.ts'

export interface FactsOptions {
  readonly url: string
  readonly schema?: string
}

/** Connections of one server of daybook with the default options, those of its search index included. */
export const connectionsPerServer = 15
/** Connections of these questions while connections are counted: the third is opened with the first feature. */
const own = 2

type Told = ReadonlyMap<string, string>

/**
 * Leaves nothing behind: what is tried out is rolled back. Makes and lifts no store, so it also answers where a store cannot be
 * opened. `unreachable` where no server answers.
 */
export async function postgresFacts({ url, schema = 'daybook' }: FactsOptions): Promise<readonly StoreFact[]> {
  const names = namesOf(schema)
  const driver = await loadDriver()
  const standby = true
  const [one, two] = [0, 1].map(() => new Line(driver, { url }, {}, { prepare: false, standby })) as [Line, Line]
  const connection = new Connection(driver, { url, max: 1, wait: 5000, named: names.named, standby })
  try {
    const facts = await settingsOf(one)
    const sharing = await connection.sharing()
    const replica = facts.get('in_recovery') === 'true'
    return [
      versionFact(facts),
      roleFact(replica),
      durabilityFact(facts),
      upkeepFact(facts),
      archiveFact(facts),
      poolerFact(sharing, facts),
      await connectionFact(one, facts),
      ...(replica || sharing === 'statements' ? [] : await featureFacts(one, two, names, sharing !== 'transactions')),
      ...(await noneYet(one, names)),
    ]
  } catch (error) {
    throw toDaybookError(error)
  } finally {
    await Promise.all([one.end(), two.end(), connection.close()])
  }
}

const asked = [
  ...['server_version', 'server_version_num', 'server_encoding', 'fsync', 'full_page_writes', 'synchronous_commit'],
  ...['synchronous_standby_names', 'autovacuum', 'archive_mode', 'default_transaction_isolation', 'max_connections'],
  ...['superuser_reserved_connections', 'reserved_connections'],
]

async function settingsOf(line: Line): Promise<Told> {
  const list = asked.map((name) => `'${name}'`).join(', ')
  const rows = await line.send(`SELECT n, current_setting(n, true) FROM unnest(ARRAY[${list}]) AS n
    UNION ALL SELECT 'in_recovery', pg_is_in_recovery()::text UNION ALL SELECT 'whole_version', version()`)
  return new Map(rows.flatMap(([name, value]) => (typeof value === 'string' ? [[String(name), value] as const] : [])))
}

function versionFact(facts: Told): StoreFact {
  const about = 'version'
  const detail = facts.get('whole_version')?.split(',')[0] ?? `PostgreSQL ${facts.get('server_version')}`
  if (Number(facts.get('server_version_num')) < 140_000)
    return { about, state: 'bad', detail, next: 'PostgreSQL 14 or newer is needed' }
  const encoding = facts.get('server_encoding')
  if (encoding !== 'UTF8')
    return { about, state: 'bad', detail: `${detail}, encoding ${encoding}`, next: 'CREATE DATABASE … ENCODING UTF8' }
  return { about, state: 'ok', detail }
}

function roleFact(replica: boolean): StoreFact {
  const about = 'role'
  if (replica) return { about, state: 'bad', detail: 'a replica: nothing can be written', next: 'name the primary' }
  return { about, state: 'ok', detail: 'the primary' }
}

function durabilityFact(facts: Told): StoreFact {
  const about = 'durability'
  const off = ['fsync', 'full_page_writes'].filter((name) => facts.get(name) === 'off')
  if (off.length > 0) {
    const detail = `${off.map((name) => `${name}=off`).join(', ')}: a loss of power takes what was acknowledged`
    return { about, state: 'bad', detail, next: `ALTER SYSTEM SET ${off[0]} = on` }
  }
  const commit = facts.get('synchronous_commit') ?? 'on'
  if (commit === 'off') {
    const detail =
      'synchronous_commit=off: commits of daybook wait for the disk all the same, by a setting of their own'
    return { about, state: 'ok', detail, next: 'synchronous_commit=on also waits for standbys' }
  }
  const standbys = facts.get('synchronous_standby_names') ?? ''
  const waits = standbys === '' || commit === 'local' ? 'the disk' : `the disk and ${standbys}`
  return { about, state: 'ok', detail: `synchronous_commit=${commit}: a commit waits for ${waits}` }
}

function upkeepFact(facts: Told): StoreFact {
  const about = 'upkeep'
  if (facts.get('autovacuum') !== 'off') return { about, state: 'ok', detail: 'autovacuum is on' }
  const detail = 'autovacuum is off: heads that were replaced stay, and tables grow with every append'
  return { about, state: 'bad', detail, next: 'ALTER SYSTEM SET autovacuum = on' }
}

function archiveFact(facts: Told): StoreFact {
  const about = 'backup'
  if ((facts.get('archive_mode') ?? 'off') !== 'off')
    return { about, state: 'ok', detail: 'the log of the server is archived' }
  const detail = 'archive_mode=off: nothing between two backups can be brought back'
  return { about, state: 'ok', detail, next: 'docs/guide/scale.md says how' }
}

function poolerFact(sharing: Sharing, facts: Told): StoreFact {
  const about = 'pooler'
  if (sharing === 'nothing') return { about, state: 'ok', detail: 'none between' }
  const next = 'pool_mode=transaction or session, or the address of the server itself'
  if (sharing === 'statements')
    return { about, state: 'bad', detail: 'one stands between that lets no transaction through', next }
  const isolation = facts.get('default_transaction_isolation') ?? 'read committed'
  if (isolation !== 'read committed') {
    const detail = `a pooler stands between, and default_transaction_isolation is ${isolation}`
    return { about, state: 'bad', detail, next: "ALTER ROLE … SET default_transaction_isolation = 'read committed'" }
  }
  const heard = sharing === 'sessions' ? 'at once' : 'within a second'
  const detail = `one stands between, which pools ${sharing}: statements are sent unprepared, others are heard of ${heard}`
  return { about, state: 'ok', detail, next: 'a direct address is quicker' }
}

async function noneYet(line: Line, names: Names): Promise<readonly StoreFact[]> {
  const [row] = await line.send(names.named("SELECT to_regclass('daybook.meta') IS NULL"))
  return row?.[0] === true ? [{ about: 'store', state: 'ok', detail: `none yet in the schema ${names.schema}` }] : []
}

const limitsSql = `SELECT (SELECT coalesce(sum(numbackends), 0)::int FROM pg_stat_database WHERE datname IS NOT NULL),
  (SELECT numbackends FROM pg_stat_database WHERE datname = current_database()),
  (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
  (SELECT count(*)::int FROM pg_stat_activity WHERE usename = current_user),
  (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user)`

async function connectionFact(line: Line, facts: Told): Promise<StoreFact> {
  const about = 'connections'
  const [row] = await line.send(limitsSql)
  const [all = 0, here = 0, database = -1, mine = 0, role = -1] = (row ?? []).map(Number)
  const kept = Number(facts.get('superuser_reserved_connections') ?? 0) + Number(facts.get('reserved_connections') ?? 0)
  const most = Number(facts.get('max_connections') ?? 0) - kept
  const left = [most - all]
  if (database >= 0) left.push(database - here)
  if (role >= 0) left.push(role - mine)
  const free = Math.max(0, Math.min(...left) + own)
  const detail = `${free} of ${most} free; a server takes ${connectionsPerServer}`
  if (free >= connectionsPerServer) return { about, state: 'ok', detail }
  return { about, state: 'bad', detail, next: 'raise max_connections, the limit of the role or of the database' }
}
