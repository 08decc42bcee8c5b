// Reading: one session's log through its forks, and the feed of everything.

import type { StoredEntry } from '../../schema/entries.ts'
import { limits } from '../../schema/json.ts'
import { type Kind, kinds } from '../../schema/kinds.ts'
import type { Cursor, FeedItem, Page, Range } from '../store.ts'
import { badCursor, cursorNumber, pageLimit, type Row, type State } from './state.ts'

const firstRare = 16
/** Positions that one page passes over at most, so that nothing waits long behind it. */
const feedScan = 20_000

interface Segment {
  readonly row: Row
  /** Indexes into the row's entries, both included. */
  readonly from: number
  readonly to: number
}

export function readLog(row: Row, range: Range = {}): StoredEntry[] {
  const limit = pageLimit(range.limit, limits.pageItems)
  const after = Math.max(range.after ?? 0, 0)
  const until = Math.min(range.until ?? row.head.seq, row.head.seq)
  const wanted = range.kinds && new Set(range.kinds)
  const found: StoredEntry[] = []
  if (range.order === 'desc') {
    for (const segment of segments(row, after, until)) {
      collect(segment, wanted, 'desc', limit, found)
      if (found.length >= limit) break
    }
    return found
  }
  for (const segment of [...segments(row, after, until)].reverse()) {
    collect(segment, wanted, 'asc', limit, found)
    if (found.length >= limit) break
  }
  return found
}

/** The parts of the log in (after, until], newest first: own entries, the base's, the base's base's. */
function* segments(row: Row, after: number, until: number): Generator<Segment, void> {
  let high = until
  for (let at: Row | null = row; at && high > after; at = at.base) {
    if (high > at.baseSeq) {
      yield { row: at, from: Math.max(after - at.baseSeq, 0), to: high - at.baseSeq - 1 }
      high = at.baseSeq
    }
  }
}

function collect(
  segment: Segment,
  wanted: ReadonlySet<Kind> | undefined,
  order: 'asc' | 'desc',
  limit: number,
  found: StoredEntry[],
): void {
  const { row, from, to } = segment
  const indexes = wanted && [...wanted].every((kind) => kinds[kind].number >= firstRare) ? row.rare : null
  const step = order === 'asc' ? 1 : -1
  const first = indexes ? lowerBound(indexes, from) : from
  const last = indexes ? lowerBound(indexes, to + 1) - 1 : to
  for (let slot = order === 'asc' ? first : last; slot >= first && slot <= last && found.length < limit; slot += step) {
    const entry = row.entries[indexes ? (indexes[slot] ?? -1) : slot]
    if (entry && (!wanted || wanted.has(entry.kind))) found.push(entry)
  }
}

function lowerBound(numbers: readonly number[], least: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** A page of the feed with what `accept` lets through; the cursor stands behind all that was passed over. */
export function feedPage(
  state: State,
  cursor: Cursor | null,
  limit: number | undefined,
  accept: (row: Row) => boolean,
): Page<FeedItem> {
  const most = pageLimit(limit, limits.pageItems)
  let position = cursor === null ? 0 : cursorNumber(cursor)
  if (position > state.feedRows.length) throw badCursor()
  const end = Math.min(state.feedRows.length, position + feedScan)
  const found: { row: Row; entry: StoredEntry; cursor: Cursor }[] = []
  while (position < end && found.length < most) {
    const row = state.feedRows[position]
    const seq = state.feedSeqs[position] ?? 0
    position += 1
    const entry = row && (row.gone ? deletion(row, seq) : row.entries[seq - row.baseSeq - 1])
    if (row && entry && accept(row)) found.push({ row, entry, cursor: String(position) })
  }
  const items: FeedItem[] = []
  const newest = new Map(found.map(({ row }, index) => [row, index]))
  for (const [index, { row, entry, cursor: own }] of found.entries()) {
    const item = { cursor: own, tenant: row.tenant.name, session: row.id, entry }
    items.push(newest.get(row) === index ? { ...item, head: row.head } : item)
  }
  return { items, cursor: String(position) }
}

/** Of a deleted session only its own last entry is left in the feed. */
function deletion(row: Row, seq: number): StoredEntry | undefined {
  return row.gone?.entry.seq === seq ? row.gone.entry : undefined
}
