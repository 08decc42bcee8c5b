// The format of a file: made when it is new, lifted after a backup when it is older, refused when it is newer.

import { existsSync } from 'node:fs'
import { DaybookError } from '../../schema/errors.ts'
import { lastKindNumber } from '../../schema/kinds.ts'
import type { Connection } from './connection.ts'
import { ddl, format } from './ddl.ts'

/** Lifts a file by one format, inside the transaction that lifts them all. */
export type Migration = (connection: Connection) => void

/** `migrations[n]` lifts format n to n + 1. */
export const migrations: Readonly<Record<number, Migration>> = Object.freeze({})

export interface FileFormat {
  readonly format: number
  readonly steps: Readonly<Record<number, Migration>>
  /** The highest kind number this version understands. */
  readonly kinds: number
}

export const presentFormat: FileFormat = Object.freeze({ format, steps: migrations, kinds: lastKindNumber })

/** Null in a file that is still empty. */
export function meta(connection: Connection, key: string): string | null {
  const known = connection.sql("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get()
  if (!known) return null
  const row = connection.sql('SELECT v FROM meta WHERE k = ?').get(key)
  return row ? String(row.v) : null
}

export function setMeta(connection: Connection, key: string, value: string): void {
  connection.sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v').run(key, value)
}

/** The format of the file, 0 for an empty one; throws `too_new` for what a newer version wrote, `damaged` for other files. */
export function formatOf(connection: Connection, present: FileFormat = presentFormat): number {
  const stored = meta(connection, 'format')
  if (stored === null) {
    const tables = connection.sql("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get()
    if (Number(tables?.n) > 0) throw new DaybookError('damaged', 'the file is a database, but no daybook')
    return 0
  }
  const known = Number(stored)
  if (!Number.isSafeInteger(known) || known < 1)
    throw new DaybookError('damaged', 'the format of the file is unreadable')
  if (known > present.format || Number(meta(connection, 'kinds')) > present.kinds) {
    throw new DaybookError(
      'too_new',
      `the file has format ${known}, this version understands up to ${present.format}`,
      {
        hint: 'Update daybook, or point it to another store.',
      },
    )
  }
  return known
}

/**
 * Makes or lifts the layout. Several processes may do so at once: the write lock lets one do it, the others find it done.
 * The copy of an older file is taken under that lock, so it has every entry written before, and is complete before the
 * first step runs.
 */
export async function prepareFile(
  connection: Connection,
  path: string,
  copyTo: (path: string) => Promise<unknown>,
  present: FileFormat = presentFormat,
): Promise<void> {
  if (formatOf(connection, present) === present.format) return
  connection.db.exec('BEGIN IMMEDIATE')
  try {
    const found = formatOf(connection, present)
    if (found === 0) create(connection, present)
    else if (found < present.format) {
      await copyTo(copyName(path, present.format))
      for (let at = found; at < present.format; at += 1) lift(connection, at, present)
    }
    connection.db.exec('COMMIT')
  } catch (error) {
    if (connection.db.isTransaction) connection.db.exec('ROLLBACK')
    throw error
  }
}

/** A copy of an earlier lifting stays: the file may have been put back and written since. */
function copyName(path: string, to: number): string {
  const name = `${path}.before-${to}`
  let free = name
  for (let number = 2; existsSync(free); number += 1) free = `${name}.${number}`
  return free
}

function create(connection: Connection, present: FileFormat): void {
  connection.db.exec(ddl)
  setMeta(connection, 'format', String(format))
  setMeta(connection, 'kinds', String(present.kinds))
  setMeta(connection, 'store', crypto.randomUUID())
  setMeta(connection, 'removed', '0')
  setMeta(connection, 'fence', '0')
}

function lift(connection: Connection, from: number, present: FileFormat): void {
  const step = present.steps[from]
  if (!step) throw new DaybookError('damaged', `nothing lifts a file of format ${from}`)
  step(connection)
  setMeta(connection, 'format', String(from + 1))
}
