// The operator's side of a store in PostgreSQL: figures, checks, sweeping and walking over everything.

import { DaybookError } from '../../schema/errors.ts'
import { limits } from '../../schema/json.ts'
import type { Row, StoreAdmin, StoreStats, SweepReport } from '../admin.ts'
import { cursorNumber, pageLimit } from '../paging.ts'
import type { Connection } from './connection.ts'
import { locationOf } from './driver.ts'
import { keysIn, leasesOf, marksAfter } from './held.ts'
import { differences, mend, readable } from './mend.ts'
import type { Looking, OpenStore } from './open.ts'
import { piece } from './sweep-routines.ts'
import { fromText } from './text.ts'

export function postgresAdmin(store: OpenStore): StoreAdmin {
  return {
    stats: () => store.look(({ patient }) => stats(patient, store)),
    /** Rows, counters and lists; pages and indexes of the server are the server's own to check. */
    check: () => store.look(({ patient }) => patient.reading(differences)),
    mend: () => store.look(({ patient }) => patient.writing(mend)),
    rows: (cursor, limit) => store.look(({ asking }) => rows(asking, cursor, limit)),
    blobHashes: (cursor, limit) => store.look(({ asking }) => blobHashes(asking, cursor, limit)),
    keys: (tenant, ranges) => store.look(({ asking }) => keysIn(asking, tenant, ranges)),
    marks: (cursor, limit) => store.look(({ asking }) => marksAfter(asking, cursor, limit)),
    leases: (limit, holders) => store.look(({ asking, now }) => leasesOf(asking, now(), limit, holders)),
    sweep: () => store.look(sweep),
    async vacuum() {
      await store.look(({ patient }) => vacuum(patient, store))
    },
    async backup() {
      await store.look(async () => {})
      throw new DaybookError('invalid', 'The server copies its databases itself.', {
        hint: 'Use pg_dump or pg_basebackup.',
      })
    },
  }
}

/** Entries are those counted by the last sweep, and those behind them. */
const statsSql = `SELECT
  (SELECT count(*) FROM daybook.sessions WHERE id IS NOT NULL) -
    (SELECT count(*) FROM daybook.sessions WHERE gone_at IS NOT NULL AND id IS NOT NULL),
  (SELECT count(*) FROM daybook.sessions WHERE system AND id IS NOT NULL) -
    (SELECT count(*) FROM daybook.sessions WHERE system AND gone_at IS NOT NULL AND id IS NOT NULL),
  (SELECT c.n + (SELECT count(*) FROM daybook.entries AS e WHERE e.pos > c.pos) FROM daybook.counted AS c),
  (SELECT count(*) FROM daybook.blobs), (SELECT coalesce(sum(size), 0)::bigint FROM daybook.blobs),
  (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'),
  (SELECT v::bigint FROM daybook.meta WHERE k = 'format')`

async function stats(connection: Connection, store: OpenStore): Promise<StoreStats> {
  const [row] = await connection.ask(statsSql, [store.options.schema])
  const [living, systemSessions, entries, blobs, blobBytes, bytes, format] = (row ?? []).map(Number) as [
    number,
    ...number[],
  ]
  return {
    sessions: living - (systemSessions ?? 0),
    systemSessions: systemSessions ?? 0,
    entries: entries ?? 0,
    blobs: blobs ?? 0,
    bytes: bytes ?? 0,
    blobBytes: blobBytes ?? 0,
    // Only a walk over every page could tell.
    freeBytes: 0,
    location: locationOf(store.options.url, store.options.schema),
    format: format ?? 0,
  }
}

const rowsSql = `SELECT s.sid, s.tenant, coalesce(s.id, s.freed), s.head, coalesce(b.id, b.freed), s.base_seq,
  s.gone_at IS NOT NULL AND s.reach > 0 FROM daybook.sessions AS s LEFT JOIN daybook.sessions AS b ON b.sid = s.base
  WHERE s.sid > $1 ORDER BY s.sid LIMIT $2::bigint`
type RawRow = readonly [number, string, string, string, base: string | null, baseSeq: number, hidden: boolean]

async function rows(connection: Connection, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const from = cursor === null ? 0 : cursorNumber(cursor)
  const found = (await connection.ask(rowsSql, [from, most + 1])) as unknown as RawRow[]
  const items = found.slice(0, most).map(
    ([, tenant, id, head, base, seq, hidden]): Row => ({
      tenant: fromText(tenant),
      session: fromText(id),
      head: readable(head),
      base: base === null ? null : { session: fromText(base), seq },
      hidden,
    }),
  )
  return { items, cursor: found.length > most ? String(found[most - 1]?.[0]) : null }
}

const blobsSql = `SELECT b.blob, b.tenant, b.hash, b.size, EXISTS (SELECT 1 FROM daybook.blob_refs AS f
  WHERE f.tenant = b.tenant AND f.hash = b.hash) FROM daybook.blobs AS b WHERE b.blob > $1 ORDER BY b.blob LIMIT $2::bigint`
type RawBlob = readonly [number, string, string, number, boolean]

async function blobHashes(connection: Connection, cursor: string | null, limit: number | undefined) {
  const most = pageLimit(limit, limits.pageItems)
  const from = cursor === null ? 0 : cursorNumber(cursor)
  const found = (await connection.ask(blobsSql, [from, most + 1])) as unknown as RawBlob[]
  const items = found
    .slice(0, most)
    .map((row) => ({ tenant: fromText(row[1]), hash: row[2], size: row[3], used: row[4] }))
  return { items, cursor: found.length > most ? String(found[most - 1]?.[0]) : null }
}

async function sweep({ asking, now }: Looking): Promise<SweepReport> {
  const one = async (text: string, ...values: (number | null)[]) =>
    (await asking.ask(text, [asking.wait, now(), ...values]))[0]?.[0]
  const report = { tombstones: 0, hiddenEntries: 0, blobs: 0 }
  for (let below: number | null = null; ; ) {
    const swept = await one('SELECT array_to_json(daybook.sweep_code($1, $2, $3, $4))::text', below, limits.keptMs)
    const [ended, dropped, next] = JSON.parse(String(swept)) as [number, number, number | null]
    report.tombstones += ended
    report.hiddenEntries += dropped
    if (next === null) break
    below = next
  }
  for (let more = true; more; ) {
    const count = Number(await one('SELECT daybook.sweep_blobs_code($1, $2)'))
    report.blobs += count
    more = count === piece
  }
  await one('SELECT daybook.tidy_code($1, $2)')
  return report
}

/** Gives the room of what is gone back to the tables; others go on meanwhile. */
async function vacuum(connection: Connection, store: OpenStore): Promise<void> {
  const tables = await connection.ask(
    `SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname`,
    [store.options.schema],
  )
  for (const [name] of tables) await connection.ask(`VACUUM (ANALYZE) daybook.${String(name)}`)
}
