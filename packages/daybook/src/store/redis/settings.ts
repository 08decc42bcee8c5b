// What a Redis server says of itself, and whether a store may live there.

import { DaybookError } from '../../schema/errors.ts'
import type { Supports } from '../store.ts'

type Durable = Supports['durable']
export type Facts = ReadonlyMap<string, string>

/** The lines `name:value` of INFO. */
export function factsOf(info: string): Facts {
  return new Map(
    info.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
}

/** Refuses servers on which the promises of a store would not hold. */
export function refuseUnfit(facts: Facts): void {
  const version = facts.get('redis_version') ?? 'unknown'
  if (!(Number.parseInt(version, 10) >= 7)) {
    throw unfit(`This is Redis ${version}; the store needs 7.0 or newer.`)
  }
  if (facts.get('redis_mode') === 'cluster' || facts.get('cluster_enabled') === '1') {
    throw unfit('A Redis cluster cannot keep the store: one write touches keys of several slots.', 'Use one primary.')
  }
  const policy = facts.get('maxmemory_policy')
  if (policy !== 'noeviction') {
    const hint = 'CONFIG SET maxmemory-policy noeviction'
    throw unfit(`This Redis evicts keys when its memory is full (maxmemory-policy ${policy ?? 'unknown'}).`, hint)
  }
  if (facts.get('role') !== 'master') {
    throw new DaybookError('store_readonly', 'This Redis is a replica.', { hint: 'Name the primary.' })
  }
}

/** Refuses a user who may not call all that the functions call: some of a write would be done when that shows. */
export function refusePowerless(missing: readonly string[]): void {
  if (missing.length === 0) return
  throw unfit(`This user of Redis may not call ${missing.join(', ')} under the prefix of the store.`)
}

function unfit(message: string, hint?: string): DaybookError {
  return new DaybookError('invalid', message, hint === undefined ? {} : { hint })
}

/**
 * What the append-only file keeps. With `everysec` Redis puts off even handing a write to the system while an fsync runs,
 * for up to two seconds, and answers all the same; with `no` it always hands it over before it answers. `null`: not told.
 */
export function durabilityOf(config: ReadonlyMap<string, string> | null, facts: Facts): Durable | null {
  if (facts.get('aof_enabled') === '0') return 'none'
  if (config === null) return null
  const fsync = config.get('appendfsync')
  if (fsync === 'always') return config.get('no-appendfsync-on-rewrite') === 'yes' ? 'process' : 'power'
  return fsync === 'no' ? 'process' : 'none'
}

const order: readonly Durable[] = ['none', 'process', 'power']
const settings: Readonly<Record<Durable, string>> = {
  none: '',
  process: 'appendonly yes, appendfsync no',
  power: 'appendonly yes, appendfsync always, no-appendfsync-on-rewrite no',
}

/** Refuses a server that keeps less than what the store says it supports. */
export function refuseWeaker(stated: Durable, real: Durable | null): void {
  if (order.indexOf(real ?? 'none') >= order.indexOf(stated)) return
  const found = real === null ? 'does not tell its settings' : `keeps acknowledged writes through: ${real}`
  throw new DaybookError('invalid', `The store is to survive ${stated}, but this Redis ${found}.`, {
    field: 'durable',
    hint: `Set ${settings[stated]}; or open the store with durable '${real ?? 'none'}'.`,
  })
}
