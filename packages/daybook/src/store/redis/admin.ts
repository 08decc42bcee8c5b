// The operator's side of a store in Redis: figures, checks, sweeping and walking over everything.

import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import { limits } from '../../schema/json.ts'
import type { Finding, Row, StoreAdmin, StoreStats, SweepReport } from '../admin.ts'
import { cursorNumber, pageLimit } from '../paging.ts'
import { fromText } from '../text.ts'
import { check, mend } from './check.ts'
import { keysIn, leasesOf, marksAfter } from './held.ts'
import { library, libraryPrefix } from './library/library.ts'
import type { OpenRedis } from './open.ts'
import { operator, plainOp } from './ops.ts'
import { factsOf } from './settings.ts'
import { headOf } from './texts.ts'

const day = 24 * 60 * 60 * 1000

export function redisAdmin(open: OpenRedis): StoreAdmin {
  return {
    stats: async () => stats(open),
    check: async (): Promise<readonly Finding[]> => check(open),
    mend: async (): Promise<readonly Finding[]> => mend(open),
    rows: async (cursor, limit) => rows(open, cursor, limit),
    blobHashes: async (cursor, limit) => blobHashes(open, cursor, limit),
    keys: async (tenant, ranges) => keysIn(open.ready(), tenant, ranges),
    marks: async (cursor, limit) => marksAfter(open.ready(), cursor, limit),
    leases: async (limit, holders) => leasesOf(open.ready(), limit, holders),
    sweep: async () => sweep(open),
    /**
     * Rewrites the append-only file, in which erased texts stand until then, and drops functions of versions gone by;
     * servers that still run one load it again.
     */
    vacuum: async () => vacuum(open),
    async backup() {
      open.ready()
      throw new DaybookError('invalid', 'A store in Redis is copied with the means of Redis.', {
        hint: 'BGSAVE writes dump.rdb; or export its sessions.',
      })
    },
  }
}

async function stats(open: OpenRedis): Promise<StoreStats> {
  const link = open.ready()
  const [sessions, systems, entries, blobs, blobBytes, format] = (await link.ask<string[]>(['stats'])).map(Number)
  const facts = factsOf(await link.run((client) => client.info('memory')))
  return {
    sessions: sessions ?? 0,
    systemSessions: systems ?? 0,
    entries: entries ?? 0,
    blobs: blobs ?? 0,
    bytes: Number(facts.get('used_memory')),
    blobBytes: blobBytes ?? 0,
    freeBytes: Math.max(0, Number(facts.get('used_memory_rss')) - Number(facts.get('used_memory'))),
    location: locationOf(open.url),
    format: format ?? 0,
  }
}

/** Without name and password. */
function locationOf(url: string): string {
  if (!URL.canParse(url)) return `redis:${url}`
  const where = new URL(url)
  where.username = ''
  where.password = ''
  return where.href
}

/** Values of one row in an answer: number, tenant, session, head, base and its seq, whether hidden. */
const width = 6

async function rows(open: OpenRedis, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const after = cursor === null ? 0 : cursorNumber(cursor)
  const [next = '', ...found] = await open.ready().ask<string[]>(['rows', String(after), String(most)])
  const items: Row[] = []
  for (let at = 0; at + width <= found.length; at += width) {
    if (items.length === most) break
    items.push(rowOf(found.slice(at, at + width)))
  }
  return { items, cursor: next === '' ? null : next }
}

function rowOf([, tenant = '', session = '', head = '', base = '', hidden]: readonly string[]): Row {
  const [id = '', seq] = base.split(' ')
  return {
    tenant: fromText(tenant),
    session: fromText(session),
    head: readable(head),
    base: id === '' ? null : { session: fromText(id), seq: Number(seq) },
    hidden: hidden === '1',
  }
}

function readable(text: string): Head | null {
  try {
    return headOf(text)
  } catch {
    // Whoever verifies is told by the null.
    return null
  }
}

async function blobHashes(open: OpenRedis, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const after = cursor === null ? 0 : cursorNumber(cursor)
  const [next = '', ...found] = await open.ready().ask<string[]>(['blob_hashes', String(after), String(most)])
  const items = []
  for (let at = 0; at + 4 <= found.length; at += 4) {
    const [tenant = '', hash = '', size, used] = found.slice(at, at + 4)
    items.push({ tenant: fromText(tenant), hash, size: Number(size), used: used === '1' })
  }
  return { items, cursor: next === '' ? null : next }
}

async function sweep(open: OpenRedis): Promise<SweepReport> {
  const one = async (verb: string, given: readonly string[]) =>
    ((await open.push([plainOp(verb, operator, given)]))[0] ?? '').split(' ')
  let tombstones = 0
  let hiddenEntries = 0
  let blobs = 0
  for (let below = ''; ; ) {
    const [ended, dropped, next = ''] = await one('sweep', [below, String(limits.keptMs)])
    tombstones += Number(ended)
    hiddenEntries += Number(dropped)
    if (next === '') break
    below = next
  }
  for (let more = 'more'; more === 'more'; ) {
    const [count, again = ''] = await one('sweep_blobs', [String(day)])
    blobs += Number(count)
    more = again
  }
  return { tombstones, hiddenEntries, blobs }
}

async function vacuum(open: OpenRedis): Promise<void> {
  const link = open.ready()
  const found = (await link.run((client) =>
    client.call('FUNCTION', 'LIST', 'LIBRARYNAME', `${libraryPrefix}*`),
  )) as unknown
  for (const name of namesIn(found)) {
    if (name !== library().name) await link.run((client) => client.call('FUNCTION', 'DELETE', name))
  }
  const facts = factsOf(await link.run((client) => client.info('persistence')))
  if (facts.get('aof_enabled') !== '1') return
  try {
    await link.run((client) => client.call('BGREWRITEAOF'))
  } catch (error) {
    // A rewrite that runs already began before the last erasure, perhaps: the server starts another one when told again.
    if (!(error instanceof Error && error.cause instanceof Error && /rewriting already/.test(error.cause.message)))
      throw error
  }
}

/** Every text in the answer that is a name of ours: replies of either protocol have them at the same depth. */
function namesIn(found: unknown): string[] {
  return JSON.stringify(found)
    .split('"')
    .filter((text) => text.startsWith(libraryPrefix) && !/_(change|free|ask)$/.test(text))
}
