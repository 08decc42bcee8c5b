// Entries on their way into the file, several to a statement: a statement of its own costs a row as much again.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Key } from '../store.ts'
import { toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { Row } from './rows.ts'

type Value = string | number | null

/** What every entry has, or every one of a run, and what most have not: named only where one of a statement has it. */
const columns = ['sid', 'seq', 'kind', 'v', 'at', 'actor', 'run', 'data_hash', 'hash', 'body']
const seldom = ['cause', 'key', 'key_digest', 'key_last']
const nothing: readonly Value[] = seldom.map(() => null)

/** Beyond, a statement gets no cheaper. */
const most = 16

/**
 * OR FAIL: what a statement wrote before it failed stays, and goes with the commit or savepoint, which are rolled back then.
 * To take it back by itself SQLite would copy each page before its first change, one for nearly every session.
 */
function textOf(names: readonly string[], count: number): string {
  const marks = `(${names.map(() => '?').join(', ')})`
  return `INSERT OR FAIL INTO entries(${names.join(', ')}) VALUES ${Array.from({ length: count }, () => marks).join(', ')}`
}

export class Inserts {
  readonly #connection: Connection
  readonly #texts = { few: [] as string[], all: [] as string[] }
  #values: Value[] = []
  /** By the number of its entry. */
  #seldom: (readonly Value[] | undefined)[] = []
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
      entry.dataHash,
      entry.hash,
      entry.body === null ? null : toText(entry.body),
    )
    if (key || entry.cause !== undefined) {
      const keyed = key ? [toText(key.id), toText(key.digest), last] : [null, null, null]
      this.#seldom[this.#rows.length] = [entry.cause ?? null, ...keyed]
    }
    this.#rows.push(row)
    if (this.#rows.length === most) this.flush()
  }

  /** Writes what waits and tells rows their positions. Whoever sees it fail rolls back. */
  flush(): void {
    const rows = this.#rows
    const count = rows.length
    if (count === 0) return
    const all = this.#seldom.length > 0
    const values = all ? this.#whole(count) : this.#values
    this.clear()
    const done = this.#connection.sql(this.#text(count, all)).run(...values)
    // One statement draws one position after the other.
    const before = Number(done.lastInsertRowid) - count
    for (let index = 0; index < count; index += 1) (rows[index] as Row).lastPos = before + index + 1
  }

  /** Forgets what waits: the commit is rolled back. */
  clear(): void {
    this.#values = []
    this.#rows = []
    if (this.#seldom.length > 0) this.#seldom = []
  }

  #whole(count: number): Value[] {
    const values: Value[] = []
    for (let index = 0; index < count; index += 1) {
      const from = index * columns.length
      values.push(...this.#values.slice(from, from + columns.length), ...(this.#seldom[index] ?? nothing))
    }
    return values
  }

  #text(count: number, all: boolean): string {
    const texts = all ? this.#texts.all : this.#texts.few
    texts[count] ??= textOf(all ? [...columns, ...seldom] : columns, count)
    return texts[count]
  }
}
