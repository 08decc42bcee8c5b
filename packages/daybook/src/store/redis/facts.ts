// What a Redis server gives a store: asked, compared with what the store needs, and put into words.

import type { StoreFact } from '../facts.ts'
import type { Supports } from '../store.ts'
import { startsWith, toDaybookError } from './errors.ts'
import { connect } from './link.ts'
import { durabilityOf, type Facts, factsOf } from './settings.ts'

export interface FactsOptions {
  readonly url: string
  /** As of the store. */
  readonly prefix?: string
  /** What the store states to survive; default `power`. */
  readonly durable?: Supports['durable']
  /** Milliseconds until a server that does not answer is `unreachable`; default 5,000. */
  readonly wait?: number
}

/** Connections of one server of daybook: its calls, and two of the bus. */
export const connectionsPerServer = 3
/** The part of maxmemory from which on somebody should know. */
const nearlyFull = 0.9

type Config = ReadonlyMap<string, string>

/** Writes nothing, so it also answers where a store would not open. `unreachable` where no server answers. */
export async function redisFacts({
  url,
  prefix = 'daybook:',
  durable = 'power',
  wait = 5000,
}: FactsOptions): Promise<readonly StoreFact[]> {
  const client = await connect(url, wait)
  try {
    await client.connect()
    const facts = factsOf(await client.info())
    const config = await configOf((...words) => client.call('CONFIG', 'GET', ...words))
    return [
      versionFact(facts),
      clusterFact(facts),
      roleFact(facts),
      evictionFact(facts),
      memoryFact(facts),
      durabilityFact(durable, config, facts),
      writingFact(facts),
      connectionFact(facts),
      ...(isCluster(facts) || (await client.exists(`${prefix}meta`)) === 1 ? [] : [noneYet(prefix)]),
    ]
  } catch (error) {
    throw toDaybookError(error)
  } finally {
    client.disconnect()
  }
}

/** Null where the server does not let us ask, as hosted ones often do. */
async function configOf(get: (...words: string[]) => Promise<unknown>): Promise<Config | null> {
  try {
    const found = await get('append*', 'no-appendfsync-on-rewrite')
    const flat = (Array.isArray(found) ? found : Object.entries(found as object)).flat().map(String)
    return new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : [])))
  } catch (error) {
    if (startsWith(error, 'NOPERM') || startsWith(error, 'ERR unknown command')) return null
    throw error
  }
}

function noneYet(prefix: string): StoreFact {
  return { about: 'store', state: 'ok', detail: `none yet under ${prefix}` }
}

function versionFact(facts: Facts): StoreFact {
  const about = 'version'
  const version = facts.get('redis_version') ?? 'unknown'
  if (Number.parseInt(version, 10) >= 7) return { about, state: 'ok', detail: `Redis ${version}` }
  return { about, state: 'bad', detail: `Redis ${version}`, next: 'Redis 7.0 or newer is needed' }
}

/** There no key can be asked for before its slot is served. */
function isCluster(facts: Facts): boolean {
  return facts.get('redis_mode') === 'cluster' || facts.get('cluster_enabled') === '1'
}

function clusterFact(facts: Facts): StoreFact {
  const about = 'cluster'
  if (!isCluster(facts)) return { about, state: 'ok', detail: 'one server, no cluster' }
  return { about, state: 'bad', detail: 'a cluster: one write touches keys of several slots', next: 'name one primary' }
}

function roleFact(facts: Facts): StoreFact {
  const about = 'role'
  if (facts.get('role') !== 'master')
    return { about, state: 'bad', detail: 'a replica: nothing can be written', next: 'name the primary' }
  const replicas = Number(facts.get('connected_slaves') ?? 0)
  if (replicas === 0) return { about, state: 'ok', detail: 'the primary' }
  const detail = `the primary of ${replicas}: what a replica has not heard is lost when it takes over`
  return { about, state: 'ok', detail, next: 'verify the store after a failover' }
}

function evictionFact(facts: Facts): StoreFact {
  const about = 'eviction'
  const policy = facts.get('maxmemory_policy') ?? 'unknown'
  if (policy === 'noeviction') return { about, state: 'ok', detail: 'no key is evicted' }
  const detail = `maxmemory-policy ${policy}: keys of the log go when memory is full`
  return { about, state: 'bad', detail, next: 'CONFIG SET maxmemory-policy noeviction' }
}

function memoryFact(facts: Facts): StoreFact {
  const about = 'memory'
  const used = Number(facts.get('used_memory') ?? 0)
  const most = Number(facts.get('maxmemory') ?? 0)
  const mib = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`
  if (most === 0) {
    const detail = `${mib(used)} used, without a limit: the system ends a server that takes too much`
    return { about, state: 'ok', detail, next: 'set maxmemory; a full store refuses writes and says so' }
  }
  const detail = `${mib(used)} of ${mib(most)} used`
  if (used < most * nearlyFull) return { about, state: 'ok', detail }
  return { about, state: 'bad', detail, next: 'raise maxmemory, or prune: everything lives in memory' }
}

const order: readonly Supports['durable'][] = ['none', 'process', 'power']

function durabilityFact(stated: Supports['durable'], config: Config | null, facts: Facts): StoreFact {
  const about = 'durability'
  const real = durabilityOf(config, facts)
  const files = facts.get('aof_enabled') === '1' ? 'appendonly yes' : 'appendonly no'
  const fsync = config?.get('appendfsync')
  const settings = fsync === undefined ? files : `${files}, appendfsync ${fsync}`
  const survives = real === null ? 'the server does not tell what it keeps' : `survives: ${real}`
  const detail = `${settings}; ${survives}, the store states ${stated}`
  if (order.indexOf(real ?? 'none') >= order.indexOf(stated)) return { about, state: 'ok', detail }
  const next =
    stated === 'power'
      ? 'CONFIG SET appendonly yes, appendfsync always, no-appendfsync-on-rewrite no; or ?durable= in the URL'
      : 'CONFIG SET appendonly yes, appendfsync no; or ?durable=none in the URL'
  return { about, state: 'bad', detail, next }
}

/** What its last attempts to write its files came to. */
function writingFact(facts: Facts): StoreFact {
  const about = 'backup'
  const names = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status']
  const failed = names.filter((name) => (facts.get(name) ?? 'ok') !== 'ok')
  if (failed.length === 0) return { about, state: 'ok', detail: 'its files were written without a fault' }
  return { about, state: 'bad', detail: `failed: ${failed.join(', ')}`, next: 'its disk and its log say why' }
}

function connectionFact(facts: Facts): StoreFact {
  const about = 'connections'
  const most = Number(facts.get('maxclients') ?? 0)
  const free = Math.max(0, most - Number(facts.get('connected_clients') ?? 0) + 1)
  const detail = `${free} of ${most} free; a server takes ${connectionsPerServer}`
  if (free >= connectionsPerServer) return { about, state: 'ok', detail }
  return { about, state: 'bad', detail, next: 'CONFIG SET maxclients' }
}
