// The lists a session stands in (its owner's, each reader's, the whole tenant's), moved with each commit.

import { everybody, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import type { Labels, Row } from './rows.ts'

export class Lists {
  readonly #connection: Connection
  /** Numbers of lists by tenant, place and subject; a number never changes. */
  readonly #numbers = new Map<string, number>()
  #counts = new Map<number, number>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Forgets what a rolled-back commit may have made. */
  clear(): void {
    this.#numbers.clear()
    this.#counts.clear()
  }

  /** The lists in which a session with these labels belongs; none for system sessions and tombstones. */
  of(row: Row, labels: Labels): readonly number[] {
    if (row.system || labels.place === placeNumbers.deleted) return []
    const readers = labels.readers === null ? [] : (JSON.parse(labels.readers) as string[]).map(toText)
    const subjects = new Set([everybody, labels.owner, ...readers])
    return [...subjects].map((subject) => this.#number(toText(row.tenant), subject, labels.place))
  }

  /** Takes the session out of the lists it left, into those it joined, and to its new position in all. */
  move(row: Row, next: readonly number[], position: number): void {
    const before = row.lists ?? []
    const from = row.listedPos
    if (before !== next) {
      for (const list of before) if (!next.includes(list)) this.#remove(list, from)
      for (const list of next) if (!before.includes(list)) this.#add(list, position, row.sid)
    }
    if (from !== position) {
      const statement = this.#connection.sql('UPDATE listed SET last_pos = ? WHERE list = ? AND last_pos = ?')
      for (const list of before) if (before === next || next.includes(list)) statement.run(position, list, from)
    }
    row.lists = next
    row.listedPos = position
  }

  /** Writes the counts that this commit changed. */
  flush(): void {
    if (this.#counts.size === 0) return
    const statement = this.#connection.sql('UPDATE lists SET n = n + ? WHERE list = ?')
    for (const [list, change] of this.#counts) if (change !== 0) statement.run(change, list)
    this.#counts = new Map()
  }

  #remove(list: number, position: number): void {
    this.#connection.sql('DELETE FROM listed WHERE list = ? AND last_pos = ?').run(list, position)
    this.#counts.set(list, (this.#counts.get(list) ?? 0) - 1)
  }

  #add(list: number, position: number, sid: number): void {
    this.#connection.sql('INSERT INTO listed VALUES (?, ?, ?)').run(list, position, sid)
    this.#counts.set(list, (this.#counts.get(list) ?? 0) + 1)
  }

  #number(tenant: string, subject: string, place: number): number {
    const key = `${place}${tenant.length} ${tenant}${subject}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      this.#connection
        .sql('INSERT INTO lists(tenant, subject, place, n) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING')
        .run(tenant, subject, place)
      const row = this.#connection
        .sql('SELECT list FROM lists WHERE tenant = ? AND subject = ? AND place = ?')
        .get(tenant, subject, place)
      number = Number(row?.list)
      this.#numbers.set(key, number)
    }
    return number
  }
}
