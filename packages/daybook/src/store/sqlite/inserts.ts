// Entries on their way into the file, several to a statement: a statement of its own costs a row as much again.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Key } from '../store.ts'
import { toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { Row } from './rows.ts'

const columns = `sid, seq, kind, v, at, actor, run, cause, key, key_digest, key_last, data_hash, hash, body`
const marks = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'

/** Beyond, a statement gets no cheaper. */
const most = 16

/**
 * OR FAIL: what a statement wrote before it failed stays, and goes with the commit or savepoint, which are rolled back then.
 * To take it back by itself SQLite would copy each page before its first change, one for nearly every session.
 */
const into = `INSERT OR FAIL INTO entries(${columns}) VALUES `

export class Inserts {
  readonly #connection: Connection
  readonly #texts: string[] = []
  #values: (string | number | null)[] = []
  /** Whose entry each waiting one is. */
  #rows: Row[] = []
  /** Who wrote the last entry is mostly who writes the next. */
  #actor = ''
  #actorText = ''

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The entry is in the file after the next {@link flush}. `key` came with its append, whose last seq is `last`. */
  put(row: Row, entry: StoredEntry, kind: number, key: Key | undefined, last: number): void {
    if (entry.actor !== this.#actor) {
      this.#actorText = toText(entry.actor)
      this.#actor = entry.actor
    }
    this.#values.push(
      row.sid,
      entry.seq,
      kind,
      entry.v,
      entry.at,
      this.#actorText,
      entry.run === undefined ? null : toText(entry.run),
      entry.cause ?? null,
      key ? toText(key.id) : null,
      key ? toText(key.digest) : null,
      key ? last : null,
      entry.dataHash,
      entry.hash,
      entry.body === null ? null : toText(entry.body),
    )
    this.#rows.push(row)
    if (this.#rows.length === most) this.flush()
  }

  /** Writes what waits and tells rows their positions. Whoever sees it fail rolls back. */
  flush(): void {
    const rows = this.#rows
    const count = rows.length
    if (count === 0) return
    const values = this.#values
    this.clear()
    const done = this.#connection.sql(this.#text(count)).run(...values)
    // One statement draws one position after the other.
    const before = Number(done.lastInsertRowid) - count
    for (let index = 0; index < count; index += 1) (rows[index] as Row).lastPos = before + index + 1
  }

  /** Forgets what waits: the commit is rolled back. */
  clear(): void {
    this.#values = []
    this.#rows = []
  }

  #text(count: number): string {
    let text = this.#texts[count]
    if (text === undefined) {
      text = into + Array.from({ length: count }, () => marks).join(', ')
      this.#texts[count] = text
    }
    return text
  }
}
