// One connection to a daybook file: pragmas, and each statement prepared once.

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Heads } from '../heads.ts'

export interface ConnectionOptions {
  readonly path: string
  readonly readOnly?: boolean
  /** The file does not change and has no log beside it: read without any lock. */
  readonly immutable?: boolean
  readonly durability?: 'full' | 'relaxed'
  /** Milliseconds that SQLite waits for a lock. */
  readonly wait?: number
  readonly maxBytes?: number
}

const pageBytes = 4096

export class Connection {
  readonly db: DatabaseSync
  readonly heads = new Heads()
  readonly #statements = new Map<string, StatementSync>()
  readonly #arrays = new Map<string, StatementSync>()

  constructor(options: ConnectionOptions) {
    const { path, readOnly = false, immutable = false, durability = 'full', wait = 5000 } = options
    this.db = new DatabaseSync(immutable ? immutableUrl(path) : path, { readOnly, timeout: wait })
    try {
      if (!readOnly) {
        this.db.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}; PRAGMA secure_delete = ON;
          PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864`)
        if (options.maxBytes) this.db.exec(`PRAGMA max_page_count = ${Math.floor(options.maxBytes / pageBytes)}`)
      }
      this.db.exec('PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000')
    } catch (error) {
      this.db.close()
      throw error
    }
  }

  /** Rows as objects. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.db.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** Rows as arrays, for the paths where that counts. */
  rows(text: string): StatementSync {
    let statement = this.#arrays.get(text)
    if (!statement) {
      statement = this.db.prepare(text)
      statement.setReturnArrays(true)
      this.#arrays.set(text, statement)
    }
    return statement
  }

  /** Every statement prepared so far by its text, for measuring what it did. */
  statements(): readonly (readonly [string, StatementSync])[] {
    return [...this.#statements, ...this.#arrays]
  }

  close(): void {
    this.#statements.clear()
    this.#arrays.clear()
    if (this.db.isOpen) this.db.close()
  }
}

function immutableUrl(path: string): URL {
  const url = new URL('file:///')
  url.pathname = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')
  url.searchParams.set('immutable', '1')
  return url
}
