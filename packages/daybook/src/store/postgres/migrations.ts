// The format of a schema: made when it is new, lifted when it is older, refused when it is newer.

import { DaybookError } from '../../schema/errors.ts'
import { lastKindNumber } from '../../schema/kinds.ts'
import type { Connection } from './connection.ts'
import { ddl, format } from './ddl.ts'
import type { Ask } from './line.ts'
import { type Names, routinesSql, type Understood } from './names.ts'

/** Lifts a schema by one format, inside the transaction that lifts them all. */
export type Migration = (ask: Ask) => Promise<void>

export interface SchemaFormat extends Understood {
  /** `steps[n]` lifts format n to n + 1. */
  readonly steps: Readonly<Record<number, Migration>>
}

export const presentFormat: SchemaFormat = Object.freeze({ format, steps: Object.freeze({}), kinds: lastKindNumber })

export interface Prepared {
  /** The highest kind number that the schema admits to hold. */
  readonly kinds: number
}

/**
 * Makes or lifts the layout and the routines. Many servers may do so at once: an advisory lock lets one do it, the others
 * find it done. It is one transaction, so a step that fails leaves the schema as it was. Writes nothing where nothing is
 * missing, so a server that only reads can be opened. `patient` waits for others that lift.
 *
 * Older servers may be at work: whoever writes holds the same lock, shared, and looks at the format behind it (`enter_code`).
 * So what is lifted stands still, and whoever had to wait for it and understands less is refused as `too_new`.
 */
export async function prepareSchema(
  connection: Connection,
  patient: Connection,
  names: Names,
  present: SchemaFormat = presentFormat,
): Promise<Prepared> {
  await checkServer(connection)
  const found = await look((text, values) => connection.ask(text, values), names, present)
  if (found.format === present.format && found.routines) return { kinds: found.kinds }
  return patient.writing(async (ask) => {
    await ask('SELECT pg_advisory_xact_lock(lock_number, 2)')
    const { format: from, kinds, routines } = await look(ask, names, present)
    if (from === 0) await create(ask, names, present)
    for (let at = from; from > 0 && at < present.format; at += 1) await lift(ask, at, present)
    if (!routines) await ask(routinesSql)
    return { kinds: from === 0 ? present.kinds : kinds }
  })
}

/** What no error of a statement would tell clearly. */
async function checkServer(connection: Connection): Promise<void> {
  const [row] = await connection.ask(
    `SELECT current_setting('server_version_num')::int, current_setting('server_encoding')`,
  )
  if (Number(row?.[0]) < 140_000) throw unfit('Daybook needs PostgreSQL 14 or newer.')
  if (row?.[1] !== 'UTF8') throw unfit('Daybook needs a database whose encoding is UTF8.')
}

function unfit(message: string): DaybookError {
  return new DaybookError('invalid', message, { field: 'url' })
}

/** What the store says of itself; format 0 where there is none yet. */
export type Standing = Understood

/** Null where this version understands the store. */
export function outgrown(found: Standing, version: Understood): DaybookError | null {
  if (found.format <= version.format && found.kinds <= version.kinds) return null
  const hint = 'Update daybook, or point it to another store.'
  const why =
    found.format > version.format
      ? `the store has format ${found.format}, this version understands up to ${version.format}`
      : `the store holds entries of kind ${found.kinds}, this version understands up to ${version.kinds}`
  return new DaybookError('too_new', why, { hint })
}

interface Found extends Standing {
  readonly routines: boolean
}

const standing = `SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'),
  (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'meta'),
  (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname = $2)
  FROM pg_namespace n WHERE n.nspname = $1`

async function look(ask: Ask, names: Names, version: SchemaFormat): Promise<Found> {
  const [row] = await ask(standing, [names.schema, names.lastRoutine])
  if (!row || Number(row[0]) === 0) return { format: 0, kinds: 0, routines: false }
  if (Number(row[1]) === 0)
    throw new DaybookError('damaged', 'The schema has tables, but no daybook.', { field: 'schema' })
  const meta = new Map((await ask('SELECT k, v FROM daybook.meta')) as unknown as (readonly [string, string])[])
  const known = Number(meta.get('format'))
  if (!Number.isSafeInteger(known) || known < 1)
    throw new DaybookError('damaged', 'the format of the store is unreadable')
  const kinds = Number(meta.get('kinds'))
  const newer = outgrown({ format: known, kinds }, version)
  if (newer) throw newer
  return { format: known, kinds, routines: Number(row[2]) > 0 }
}

async function create(ask: Ask, names: Names, version: SchemaFormat): Promise<void> {
  const [known] = await ask('SELECT 1 FROM pg_namespace WHERE nspname = $1', [names.schema])
  if (!known) await ask('CREATE SCHEMA schema_name')
  await ask(ddl)
  const rows: readonly (readonly [string, string])[] = [
    ['format', String(format)],
    ['kinds', String(version.kinds)],
    ['store', crypto.randomUUID()],
    ['fence', '0'],
  ]
  for (const row of rows) await ask('INSERT INTO daybook.meta VALUES ($1, $2)', row)
}

async function lift(ask: Ask, from: number, version: SchemaFormat): Promise<void> {
  const step = version.steps[from]
  if (!step) throw new DaybookError('damaged', `nothing lifts a store of format ${from}`)
  await step(ask)
  await ask("UPDATE daybook.meta SET v = $1 WHERE k = 'format'", [String(from + 1)])
}
