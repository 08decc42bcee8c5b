// Sessions that the scheduler must look at, kept in the order in which they come due.

import type { Row } from './state.ts'

interface Waiting {
  readonly due: number
  readonly row: Row
}

export class DueList {
  #waiting: Waiting[] = []

  /** Moves a row from one due time to another; null stands for never. */
  move(row: Row, from: number | null, to: number | null): void {
    if (from === to) return
    if (from !== null) {
      const at = this.#find(from, row.sid)
      if (this.#waiting[at]?.row === row) this.#waiting.splice(at, 1)
    }
    if (to !== null) this.#waiting.splice(this.#find(to, row.sid), 0, { due: to, row })
  }

  /** Rows due at `now`, longest first, as far as `accept` takes them and `limit` allows. */
  take(now: number, limit: number, accept: (row: Row) => boolean): Row[] {
    const taken: Row[] = []
    for (const { due, row } of this.#waiting) {
      if (due > now || taken.length >= limit) break
      if (accept(row)) taken.push(row)
    }
    return taken
  }

  clear(): void {
    this.#waiting = []
  }

  /** Index of the first item that is not before (due, sid). */
  #find(due: number, sid: number): number {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const item = this.#waiting[middle]
      if (item && (item.due < due || (item.due === due && item.row.sid < sid))) low = middle + 1
      else high = middle
    }
    return low
  }
}
