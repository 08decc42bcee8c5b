// Where rows stand before they are drawn: measured heights where there are some, estimates for all others.

import type { Row } from './items.ts'

/** Pixels that an entry takes on the average, as long as nothing is measured. */
const guess = 46
/** Browsers draw nothing beyond some millions of pixels: very long logs are drawn closer. */
const tallest = 12_000_000

export interface Range {
  /** Numbers of rows, `to` exclusive. */
  readonly from: number
  readonly to: number
}

export class Heights {
  readonly #measured = new Map<string, number>()
  #rows: readonly Row[] = []
  #tops: number[] = [0]
  #stale = true

  /** Keeps what was measured, also of rows that are away. */
  set(rows: readonly Row[]): void {
    if (rows === this.#rows) return
    this.#rows = rows
    this.#stale = true
    if (this.#measured.size > 4000) this.#forget()
  }

  /** False where it is known already. */
  measure(key: string, height: number): boolean {
    if (Math.abs((this.#measured.get(key) ?? -1) - height) < 0.5) return false
    this.#measured.set(key, height)
    this.#stale = true
    return true
  }

  clear(): void {
    this.#measured.clear()
    this.#stale = true
  }

  top(row: number): number {
    if (this.#stale) this.#sum()
    return this.#tops[row] ?? this.whole
  }

  get whole(): number {
    if (this.#stale) this.#sum()
    return this.#tops.at(-1) ?? 0
  }

  /** The row at a height; the last one beyond the end. */
  at(pixels: number): number {
    let low = 0
    let high = this.#rows.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.top(middle) <= pixels) low = middle
      else high = middle - 1
    }
    return Math.max(0, low)
  }

  /** The rows between two heights. */
  range(from: number, to: number): Range {
    if (this.#rows.length === 0) return { from: 0, to: 0 }
    return { from: this.at(from), to: Math.min(this.#rows.length, this.at(to) + 1) }
  }

  #sum(): void {
    const tops = [0]
    let sum = 0
    for (const row of this.#rows) {
      sum += this.#measured.get(row.key) ?? guessOf(row)
      tops.push(sum)
    }
    this.#tops = tops
    this.#stale = false
  }

  #forget(): void {
    const kept = new Set(this.#rows.map((row) => row.key))
    for (const key of this.#measured.keys()) if (!kept.has(key)) this.#measured.delete(key)
  }
}

function guessOf(row: Row): number {
  const [item] = row.items
  if (row.group !== null || !item) return 32
  if (item.type === 'message') return 56 + Math.min(1200, Math.ceil(item.text.length / 90) * 24)
  return item.type === 'output' || item.type === 'edit' ? 180 : guess
}

/** Pixels of entries that are not held. */
export function unheld(entries: number, end: number): number {
  return entries * Math.min(guess, tallest / Math.max(1, end))
}

/** The entry that stands about there, among those that are not held. */
export function seqAt(pixels: number, end: number): number {
  return Math.max(1, Math.floor(pixels / Math.min(guess, tallest / Math.max(1, end))) + 1)
}

/** The row that holds an entry, or the one before it; -1 where it is not held. */
export function rowOfSeq(rows: readonly Row[], seq: number): number {
  let low = 0
  let high = rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((rows[middle]?.from ?? 0) <= seq) low = middle
    else high = middle - 1
  }
  const row = rows[low]
  return row && row.from <= seq ? low : -1
}
