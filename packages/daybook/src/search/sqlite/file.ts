// The file of an index: made, opened, emptied when it is of another version, and wiped of what was deleted.

import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { DaybookError } from '../../schema/errors.ts'
import { renewed } from '../contract.ts'
import { ddl, version } from './ddl.ts'

export interface IndexFileOptions {
  /** Path of the file, or `:memory:`. */
  readonly path: string
  /** Milliseconds to wait for another process; default 5,000. */
  readonly wait?: number
}

export class IndexFile {
  readonly #options: IndexFileOptions
  readonly #statements = new Map<string, StatementSync>()
  #open: DatabaseSync | null = null
  /** Pages with deleted texts may still stand in the log beside the file. */
  #unwiped = true

  constructor(options: IndexFileOptions) {
    this.#options = options
  }

  get db(): DatabaseSync {
    if (this.#open === null) throw new DaybookError('unreachable', 'the search index is not open')
    return this.#open
  }

  open(): void {
    if (this.#open !== null) return
    try {
      this.#prepare()
    } catch (error) {
      this.close()
      if (!isUseless(error)) throw told(error)
      this.#renew()
    }
  }

  /** Runs `work`. Damage that shows only now empties the index, which is then made again from the store, and fails this call. */
  guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (codeOf(error) !== codes.corrupt) throw told(error)
      this.close()
      this.#renew()
      throw new DaybookError('damaged', 'the search index was damaged and is made again', {
        field: renewed,
        hint: 'Ask again: nothing is lost with it.',
        cause: error,
      })
    }
  }

  close(): void {
    this.#statements.clear()
    this.#open?.close()
    this.#open = null
  }

  /** Each statement is prepared once. Rows come as arrays. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.db.prepare(text)
      statement.setReturnArrays(true)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** Runs `work` in one transaction of its own. */
  within<T>(work: () => T): T {
    this.settle()
    const result = this.gathered(work)
    this.settle()
    return result
  }

  /** Runs `work` in the transaction that is open, or in a new one, which stays open. A failure takes back all of it. */
  gathered<T>(work: () => T): T {
    return this.#orBack(() => {
      if (!this.db.isTransaction) this.sql('BEGIN IMMEDIATE').run()
      return work()
    })
  }

  /** Commits the transaction that is open, if there is one. */
  settle(): void {
    if (this.db.isTransaction) this.#orBack(() => this.sql('COMMIT').run())
  }

  #orBack<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (this.db.isTransaction) this.sql('ROLLBACK').run()
      throw error
    }
  }

  meta(key: string): string | null {
    const row = this.sql('SELECT v FROM meta WHERE k = ?').get(key) as unknown as readonly [string] | undefined
    return row?.[0] ?? null
  }

  setMeta(key: string, value: string): void {
    this.sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v').run(key, value)
  }

  /** Drops what the log beside the file still holds of deleted texts; what a reader of another process keeps goes next time. */
  wipe(removed: boolean): void {
    this.#unwiped ||= removed
    if (!this.#unwiped || this.db.isTransaction) return
    const row = this.sql('PRAGMA wal_checkpoint(TRUNCATE)').get() as unknown as readonly [number] | undefined
    this.#unwiped = row?.[0] === 1
  }

  /** Everything out, in one transaction. */
  empty(): void {
    this.within(() => {
      this.db.exec(
        'DELETE FROM texts; DELETE FROM entries; DELETE FROM readers; DELETE FROM sessions; DELETE FROM meta',
      )
      this.sql("INSERT INTO found(found) VALUES('delete-all')").run()
      this.setMeta('version', version)
    })
    this.wipe(true)
  }

  #prepare(): void {
    const { path, wait = 5000 } = this.#options
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      closeSync(openSync(path, 'a', 0o600))
    }
    const db = new DatabaseSync(path, { timeout: wait })
    this.#open = db
    // What a loss of power takes from it is read from the feed again.
    db.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
      PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32000`)
    this.within(() => {
      const made = this.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'").get() as unknown as readonly [
        number,
      ]
      if (made[0] === 1) return
      db.exec(ddl)
      this.setMeta('version', version)
    })
    if (this.meta('version') !== version) throw new OtherVersion()
  }

  /** Nothing is lost with it: everything in it stands in the store. */
  #renew(): void {
    const { path } = this.#options
    for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) rmSync(path + end)
    this.#prepare()
  }
}

class OtherVersion extends Error {}

const codes = { busy: 5, locked: 6, corrupt: 11, notDatabase: 26, full: 13, readonly: 8, cannotOpen: 14 } as const

function codeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : null
}

/** Another version wrote it, or it is damaged, or no database at all. */
function isUseless(error: unknown): boolean {
  const code = codeOf(error instanceof DaybookError ? error.cause : error)
  return error instanceof OtherVersion || code === codes.corrupt || code === codes.notDatabase || code === 1
}

function told(error: unknown): unknown {
  const code = codeOf(error)
  if (code === codes.busy || code === codes.locked) {
    return new DaybookError('store_busy', 'another process works on the search index', { cause: error })
  }
  if (code === codes.full) return new DaybookError('store_full', 'the search index cannot grow', { cause: error })
  const closed = code === codes.readonly || code === codes.cannotOpen
  const denied = ['EACCES', 'EROFS', 'EPERM'].includes(String((error as { code?: unknown } | null)?.code))
  if (!closed && !denied) return error
  return new DaybookError('store_readonly', 'the search index cannot be written', { cause: error })
}
