// Lists of sessions by the position of their last entry: one per subject and place, and one per place for all.

import type { Head } from '../../schema/heads.ts'
import type { Subject } from '../../schema/ids.ts'
import type { Place } from '../../schema/states.ts'
import type { Row } from './state.ts'

/**
 * Rows by rising position. New positions are the highest, so a move is a push and a hole; holes go when they are
 * more than half of the list, which keeps a move at a constant price and a page free of sorting.
 */
export class PositionList {
  #positions: number[] = []
  #rows: (Row | undefined)[] = []
  #holes = 0

  get size(): number {
    return this.#rows.length - this.#holes
  }

  /** Slots, holes included; the end for {@link find} and {@link at}. */
  get slots(): number {
    return this.#rows.length
  }

  add(position: number, row: Row): void {
    const last = this.#positions.at(-1)
    if (last === undefined || position > last) {
      this.#positions.push(position)
      this.#rows.push(row)
      return
    }
    const at = this.find(position)
    if (this.#positions[at] === position) {
      if (this.#rows[at] === undefined) this.#holes -= 1
      this.#rows[at] = row
      return
    }
    this.#positions.splice(at, 0, position)
    this.#rows.splice(at, 0, row)
  }

  remove(position: number): void {
    const at = this.find(position)
    if (this.#positions[at] !== position || this.#rows[at] === undefined) return
    this.#rows[at] = undefined
    this.#holes += 1
    while (this.#rows.length > 0 && this.#rows.at(-1) === undefined) {
      this.#rows.pop()
      this.#positions.pop()
      this.#holes -= 1
    }
    if (this.#holes > 32 && this.#holes * 2 > this.#rows.length) this.#compact()
  }

  /** First slot whose position is not below this one. */
  find(position: number): number {
    let low = 0
    let high = this.#positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#positions[middle] ?? 0) < position) low = middle + 1
      else high = middle
    }
    return low
  }

  at(slot: number): Row | undefined {
    return this.#rows[slot]
  }

  #compact(): void {
    this.#positions = this.#positions.filter((_, slot) => this.#rows[slot] !== undefined)
    this.#rows = this.#rows.filter((row) => row !== undefined)
    this.#holes = 0
  }
}

type ListedPlace = Exclude<Place, 'deleted'>

class PlaceLists {
  readonly open = new PositionList()
  readonly archived = new PositionList()
  readonly trash = new PositionList()
}

export class Lists {
  #all = new PlaceLists()
  #bySubject = new Map<Subject, PlaceLists>()

  of(subject: Subject | null, place: ListedPlace): PositionList | undefined {
    return (subject === null ? this.#all : this.#bySubject.get(subject))?.[place]
  }

  /** Lists the row where this head and position put it; deleted and system sessions are in no list. */
  add(row: Row, head: Head, position: number): void {
    for (const list of this.#listsOf(row, head)) list.add(position, row)
  }

  remove(row: Row, head: Head, position: number): void {
    for (const list of this.#listsOf(row, head)) list.remove(position)
  }

  subjects(): Iterable<Subject> {
    return this.#bySubject.keys()
  }

  clear(): void {
    this.#all = new PlaceLists()
    this.#bySubject = new Map()
  }

  #listsOf(row: Row, head: Head): Iterable<PositionList> {
    const { place } = head
    if (row.system || place === 'deleted') return []
    const lists = [this.#all[place], this.#subject(head.owner)[place]]
    // A subject may stand twice in a head; its list holds the row once.
    for (const reader of head.readers) {
      const list = this.#subject(reader)[place]
      if (!lists.includes(list)) lists.push(list)
    }
    return lists
  }

  #subject(subject: Subject): PlaceLists {
    const known = this.#bySubject.get(subject)
    if (known) return known
    const made = new PlaceLists()
    this.#bySubject.set(subject, made)
    return made
  }
}

/** Rows of several lists, merged by position and each once, newest or oldest first, strictly past `from`. */
export function* merged(
  lists: readonly PositionList[],
  order: 'newest' | 'oldest',
  from: number | null,
): Generator<Row, void> {
  const step = order === 'newest' ? -1 : 1
  const ends = lists.map((list) => {
    if (order === 'newest') return (from === null ? list.slots : list.find(from)) - 1
    return from === null ? 0 : list.find(from + 1)
  })
  while (true) {
    let next: Row | undefined
    for (const [index, list] of lists.entries()) {
      let slot = ends[index] ?? -1
      while (slot >= 0 && slot < list.slots && list.at(slot) === undefined) slot += step
      ends[index] = slot
      const row = slot < 0 ? undefined : list.at(slot)
      if (row && (!next || (row.position - next.position) * step < 0)) next = row
    }
    if (!next) return
    for (const [index, list] of lists.entries())
      if (list.at(ends[index] ?? -1) === next) ends[index] = (ends[index] ?? 0) + step
    yield next
  }
}
