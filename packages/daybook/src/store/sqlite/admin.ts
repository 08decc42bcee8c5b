// The operator's side of a file: figures, checks, copies, sweeping and walking over everything.

import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { limits } from '../../schema/json.ts'
import type { Finding, Row, StoreAdmin, StoreStats, SweepReport } from '../admin.ts'
import { cursorNumber, pageLimit } from '../paging.ts'
import { fromText } from '../text.ts'
import { backupFile } from './backup.ts'
import { blobFolder, blobPath } from './blobs.ts'
import { readable } from './columns.ts'
import type { Connection } from './connection.ts'
import { codeOf, toDaybookError } from './errors.ts'
import { keysIn, leasesOf, marksAfter } from './held.ts'
import { differences } from './mend.ts'
import { meta } from './migrations.ts'
import type { OpenFile } from './open.ts'
import type { Op } from './ops.ts'

const day = 24 * 60 * 60 * 1000

export function sqliteAdmin(file: OpenFile): StoreAdmin {
  const one = async <T>(op: Op) => (await file.push([op]))[0] as T
  return {
    stats: async () => file.read((connection) => stats(connection, file.path)),
    check: async () => file.read((connection) => check(connection, file.path)),
    async mend() {
      return await one<readonly Finding[]>({ type: 'mend' })
    },
    rows: async (cursor, limit) => file.read((connection) => rows(connection, cursor, limit)),
    blobHashes: async (cursor, limit) => file.read((connection) => blobHashes(connection, cursor, limit)),
    keys: async (tenant, ranges) => file.read((connection) => keysIn(connection, tenant, ranges)),
    marks: async (cursor, limit) => file.read((connection) => marksAfter(connection, cursor, limit)),
    leases: async (limit, holders) => file.read((connection) => leasesOf(connection, file.clock(), limit, holders)),
    sweep: () => sweep(file, one),
    /** Builds the file anew without its free pages: other writers wait meanwhile, and it needs as much room again. */
    async vacuum() {
      await one({ type: 'vacuum' })
    },
    async backup(to) {
      return { bytes: await copied(file, to) }
    },
  }
}

function number(connection: Connection, question: string): number {
  return Number(connection.rows(question).get()?.[0] ?? 0)
}

/** Ids that begin with `@`: a range, so that the index of ids answers. */
const systemIds = "id >= '@' AND id < 'A'"

/** Both counts are served by small indexes; the rows themselves are large. */
function living(connection: Connection, which: string): number {
  return (
    number(connection, `SELECT count(*) FROM sessions WHERE ${which}`) -
    number(connection, `SELECT count(*) FROM sessions WHERE gone_at IS NOT NULL AND ${which}`)
  )
}

/** Entries come from the highest position less those removed: counting them would read the whole index. */
function stats(connection: Connection, path: string): StoreStats {
  const given = number(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'entries'")
  const page = number(connection, 'PRAGMA page_size')
  const systemSessions = living(connection, systemIds)
  return {
    sessions: living(connection, 'id IS NOT NULL') - systemSessions,
    systemSessions,
    entries: given - Number(meta(connection, 'removed')),
    blobs: number(connection, 'SELECT count(*) FROM blobs'),
    bytes: number(connection, 'PRAGMA page_count') * page,
    blobBytes: number(connection, 'SELECT sum(size) FROM blobs'),
    freeBytes: number(connection, 'PRAGMA freelist_count') * page,
    location: `sqlite:${pathToFileURL(path).pathname}`,
    format: Number(meta(connection, 'format')),
  }
}

/** The engine's check comes first; what the other questions say of a damaged file is worth nothing. */
function check(connection: Connection, path: string): Finding[] {
  const broken = engineFindings(connection)
  if (broken.length > 0) return broken
  const beside = connection.rows('SELECT DISTINCT hash FROM blobs WHERE bytes IS NULL').all() as unknown as [string][]
  const lost = beside.filter(([hash]) => !existsSync(blobPath(path, hash)))
  return [
    ...differences(connection),
    ...lost.map(([hash]): Finding => ({ what: 'orphan', detail: `blob without its file: ${hash}` })),
  ]
}

function engineFindings(connection: Connection): Finding[] {
  try {
    const found = connection.rows('PRAGMA integrity_check').all() as unknown as [string][]
    return found.filter(([line]) => line !== 'ok').map(([detail]) => ({ what: 'engine', detail }))
  } catch (error) {
    if (codeOf(error) !== 'damaged') throw error
    return [{ what: 'engine', detail: String((error as Error).message) }]
  }
}

const rowsSql = `SELECT s.sid, s.tenant, coalesce(s.id, s.freed), s.head, coalesce(b.id, b.freed), s.base_seq,
  s.gone_at, s.reach FROM sessions AS s LEFT JOIN sessions AS b ON b.sid = s.base WHERE s.sid > ? ORDER BY s.sid LIMIT ?`
type RawRow = readonly [
  sid: number,
  tenant: string,
  id: string,
  head: string,
  base: string | null,
  baseSeq: number,
  goneAt: number | null,
  reach: number,
]

function rows(connection: Connection, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const found = connection
    .rows(rowsSql)
    .all(cursor === null ? 0 : cursorNumber(cursor), most + 1) as unknown as RawRow[]
  const items = found.slice(0, most).map(
    ([, tenant, id, head, base, seq, goneAt, reach]): Row => ({
      tenant: fromText(tenant),
      session: fromText(id),
      head: readable(head),
      base: base === null ? null : { session: fromText(base), seq },
      hidden: goneAt !== null && reach > 0,
    }),
  )
  return { items, cursor: found.length > most ? String(found[most - 1]?.[0]) : null }
}

const blobsSql = `SELECT blob, tenant, hash, size, EXISTS (SELECT 1 FROM blob_refs
  WHERE blob_refs.tenant = blobs.tenant AND blob_refs.hash = blobs.hash) FROM blobs WHERE blob > ? ORDER BY blob LIMIT ?`
type RawBlob = readonly [number, string, string, number, number]

function blobHashes(connection: Connection, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const found = connection
    .rows(blobsSql)
    .all(cursor === null ? 0 : cursorNumber(cursor), most + 1) as unknown as RawBlob[]
  const items = found
    .slice(0, most)
    .map((row) => ({ tenant: fromText(row[1]), hash: row[2], size: row[3], used: row[4] === 1 }))
  return { items, cursor: found.length > most ? String(found[most - 1]?.[0]) : null }
}

async function sweep(file: OpenFile, one: <T>(op: Op) => Promise<T>): Promise<SweepReport> {
  let tombstones = 0
  let hiddenEntries = 0
  let blobs = 0
  for (let below: number | null = null; ; ) {
    const [ended, dropped, next]: readonly [number, number, number | null] = await one({ type: 'sweep', below })
    tombstones += ended
    hiddenEntries += dropped
    if (next === null) break
    below = next
  }
  for (let more = true; more; ) {
    const [count, again] = await one<readonly [number, boolean]>({ type: 'sweep_blobs' })
    blobs += count
    more = again
  }
  await unlinkUnnamed(file, one)
  return { tombstones, hiddenEntries, blobs }
}

/** Files beside the store that no row names: of blobs just swept, or of a put that was cut off. Fresh ones may still be named. */
async function unlinkUnnamed(file: OpenFile, one: <T>(op: Op) => Promise<T>): Promise<void> {
  const folder = blobFolder(file.path)
  const parts = await readdir(folder).catch(noneWhereMissing)
  for (const part of parts) {
    for (const hash of await readdir(join(folder, part)).catch(noneWhereMissing)) {
      const named = await file.read((c) => c.sql('SELECT 1 FROM blobs WHERE hash = ? AND bytes IS NULL').get(hash))
      if (named) continue
      const changed = await changedAt(join(folder, part, hash))
      if (changed !== null && changed + day <= file.clock()) await one({ type: 'unlink', hash })
    }
  }
}

/** Stores without large blobs have no folder of them; any other failure is told. */
function noneWhereMissing(error: unknown): string[] {
  if (isMissing(error)) return []
  throw toDaybookError(error)
}

/** Null for a file that went meanwhile: another process sweeps too. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (isMissing(error)) return null
    throw toDaybookError(error)
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

async function copied(file: OpenFile, to: string): Promise<number> {
  // A connection of its own: the copy holds it for as long as it takes.
  return file.readLater(async (_, path) => {
    const connection = file.connect()
    try {
      return await backupFile(connection, path, to)
    } finally {
      connection.close()
    }
  })
}
