// The row of a version: where the index stands, who feeds it, and the making and dropping of its tables.

import { DaybookError } from '../../schema/errors.ts'
import type { Position } from '../contract.ts'
import type { Ask, Database } from './database.ts'
import { dropTables, layout, shared, tables } from './ddl.ts'
import type { Names } from './names.ts'
import type { Extent } from './weighing.ts'

/** Milliseconds after which an older version that nobody feeds is dropped. */
const keptUnused = 3_600_000

export const nowhere: Position = Object.freeze({ cursor: null, witnesses: [], at: 0 })

export interface Standing extends Extent {
  readonly position: Position
}

export interface Asked extends Extent {
  readonly version: string
  readonly ready: boolean
}

/** What an index does with its own row. */
export class Row {
  readonly #names: Names
  readonly version: string
  readonly #silence: number

  constructor(names: Names, version: string, silence: number) {
    this.#names = names
    this.version = version
    this.#silence = silence
  }

  /** A statement over the tables of this version. */
  sql(text: string, version = this.version): string {
    return this.#names.named(text, version)
  }

  /** Makes what is not there. Many may do so at once; who only reads finds everything made and writes nothing. */
  async prepare(database: Database): Promise<void> {
    if (await this.#stands(database.ask)) return
    await database.writing(async (ask) => {
      await ask('SELECT pg_advisory_xact_lock($1::int, 1)', [this.#names.lock])
      if (await this.#stands(ask)) return
      const [known] = await ask('SELECT 1 FROM pg_namespace WHERE nspname = $1', [this.#names.schema])
      if (!known) await ask(this.sql('CREATE SCHEMA schema_name'))
      for (const text of [shared, dropTables, ...tables]) await ask(this.sql(text))
      await ask(this.sql('DELETE FROM search.versions WHERE version = $1'), [this.version])
      await ask(this.sql('INSERT INTO search.versions(version, layout) VALUES ($1, $2::int)'), [this.version, layout])
    })
  }

  /** Read from the catalogue as a table is: what resolves a name may still believe that nothing is there, behind a lock that was waited for. */
  async #stands(ask: Ask): Promise<boolean> {
    const text = `SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname IN ('versions', 'index_name_entries', 'index_name_sessions')`
    const [row] = await ask(this.sql(text), [this.#names.schema])
    if (row?.[0] !== 3) return false
    return (await ask(this.sql('SELECT 1 FROM search.versions WHERE version = $1'), [this.version])).length === 1
  }

  async position(ask: Ask): Promise<Position> {
    const [row] = await ask(this.sql('SELECT position FROM search.versions WHERE version = $1'), [this.version])
    return positionOf(row?.[0])
  }

  /** Nobody else moves it until the transaction ends. */
  async locked(ask: Ask): Promise<Standing> {
    const text = 'SELECT position, entries, tokens FROM search.versions WHERE version = $1 FOR UPDATE'
    const [row] = await ask(this.sql(text), [this.version])
    if (!row) throw new DaybookError('damaged', 'the search index has no place in the feed')
    return { position: positionOf(row[0]), entries: Number(row[1]), tokens: Number(row[2]) }
  }

  async move(ask: Ask, position: Position | null, change: Extent): Promise<void> {
    await ask(
      this.sql(`UPDATE search.versions SET position = coalesce($2, position), entries = entries + $3::bigint,
        tokens = tokens + $4::bigint WHERE version = $1`),
      [this.version, position && JSON.stringify(position), change.entries, change.tokens],
    )
  }

  async empty(ask: Ask): Promise<void> {
    await this.locked(ask)
    await ask(this.sql('TRUNCATE index.entries, index.sessions'))
    const text = 'UPDATE search.versions SET position = NULL, ready = false, entries = 0, tokens = 0 WHERE version = $1'
    await ask(this.sql(text), [this.version])
  }

  /** True from now on until the holder was silent for too long, when nobody else feeds the index. */
  async lead(ask: Ask, holder: string): Promise<boolean> {
    const text = `UPDATE search.versions SET holder = $2, until = clock_timestamp() + $3::int * interval '1 millisecond'
      WHERE version = $1 AND (holder IS NULL OR holder = $2 OR until < clock_timestamp()) RETURNING 1`
    return (await ask(this.sql(text), [this.version, holder, this.#silence])).length === 1
  }

  async resign(ask: Ask, holder: string): Promise<void> {
    const text =
      'UPDATE search.versions SET holder = NULL, until = clock_timestamp() WHERE version = $1 AND holder = $2'
    await ask(this.sql(text), [this.version, holder])
  }

  /** It holds the whole feed: from now on it is asked, and older ones that nobody feeds any more are dropped. */
  async ready(database: Database): Promise<void> {
    await database.ask(this.sql('UPDATE search.versions SET ready = true WHERE version = $1 AND NOT ready'), [
      this.version,
    ])
    await database.writing(async (ask) => {
      await ask('SELECT pg_advisory_xact_lock($1::int, 1)', [this.#names.lock])
      const text = `DELETE FROM search.versions
        WHERE version <> $1 AND until < clock_timestamp() - $2::int * interval '1 millisecond' RETURNING version`
      const dropped = (await ask(this.sql(text), [this.version, keptUnused])) as unknown as (readonly [string])[]
      for (const [version] of dropped) await ask(this.sql(dropTables, version))
    })
  }

  /** What answers now: this version, or while it was never complete another one of the same layout that was. */
  async asked(ask: Ask): Promise<Asked> {
    const text = `SELECT version, ready, entries, tokens FROM search.versions WHERE layout = $2::int AND (ready OR version = $1)
      ORDER BY ready DESC, version = $1 DESC, entries DESC LIMIT 1`
    const [row] = await ask(this.sql(text), [this.version, layout])
    const [version, ready, entries, tokens] = (row ?? [this.version, false, 0, 0]) as [string, boolean, number, number]
    return { version, ready, entries, tokens }
  }
}

function positionOf(kept: unknown): Position {
  return typeof kept === 'string' ? (JSON.parse(kept) as Position) : nowhere
}
