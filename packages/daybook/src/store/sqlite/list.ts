// Listing: pages of heads by the position of their last entry, with filters bounded per page.

import { type Facet, facets, type Head } from '../../schema/heads.ts'
import { statuses } from '../../schema/states.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { ListPage, Query } from '../store.ts'
import { everybody, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import type { Asker } from './ops.ts'
import { visible } from './rows.ts'

const pageSize = 50
/** Sessions that one filtered page walks over. */
const walked = 5000
/** Up to so many sessions with one label are gathered and sorted; of more, the list is walked. */
const gathered = 2000

/** A condition on `sessions`, with what it is about first, so that an index may serve it. */
interface Condition {
  readonly text: string
  readonly values: readonly (string | number)[]
  /** Served by an index of its own, so few of them can be gathered. */
  readonly indexed: boolean
}

type Found = readonly [position: number, sid: number, head: string | null]

export function listPage(connection: Connection, asker: Asker, query: Query = {}): ListPage {
  const limit = pageLimit(query.limit, pageSize)
  if (query.pinned !== undefined) return pinnedPage(connection, asker, query, query.pinned, limit)
  const order = query.order ?? 'newest'
  const from = query.cursor === undefined ? null : positionIn(query.cursor, order)
  const conditions = conditionsOf(asker, query)
  const lists = listsOf(connection, asker, query.place ?? 'open')
  if (conditions.length === 0) return plainPage(connection, asker, lists, order, from, limit)
  const few = gather(connection, asker, query, conditions)
  const { rows, next } = few
    ? cutPage(few, order, from, limit)
    : walk(connection, lists, conditions, matcher(query), order, from, limit)
  return {
    items: headsOf(connection, rows),
    cursor: next === null ? null : `${order} ${next}`,
    total: rows.length,
    totalIs: 'at_least',
  }
}

function positionIn(cursor: string, order: 'newest' | 'oldest'): number {
  const [made, position] = cursor.split(' ')
  if (made !== order || position === undefined) throw badCursor()
  return cursorNumber(position)
}

interface List {
  readonly list: number
  readonly n: number
}

function listsOf(connection: Connection, asker: Asker, place: 'open' | 'archived' | 'trash'): List[] {
  const subjects = asker.subjects === 'all' ? [everybody] : [...new Set(asker.subjects)].map(toText)
  const statement = connection.rows('SELECT list, n FROM lists WHERE tenant = ? AND subject = ? AND place = ?')
  return subjects.flatMap((subject) => {
    const row = statement.get(toText(asker.tenant), subject, placeNumbers[place])
    return row ? [{ list: Number(row[0]), n: Number(row[1]) }] : []
  })
}

type Order = 'newest' | 'oldest'
const beyond = { newest: '<', oldest: '>' }
const sorted = { newest: 'DESC', oldest: 'ASC' }
const edge = { newest: Number.MAX_SAFE_INTEGER, oldest: 0 }

function plainPage(
  connection: Connection,
  asker: Asker,
  lists: readonly List[],
  order: Order,
  from: number | null,
  limit: number,
): ListPage {
  const text = `SELECT listed.last_pos, listed.sid, head FROM listed JOIN sessions USING (sid)
    WHERE list = ? AND listed.last_pos ${beyond[order]} ? ORDER BY listed.last_pos ${sorted[order]} LIMIT ?`
  const pages = lists.map(
    ({ list }) => connection.rows(text).all(list, from ?? edge[order], limit + 1) as unknown as Found[],
  )
  const rows = pages.length === 1 ? (pages[0] ?? []) : merge(pages, order)
  const page = rows.slice(0, limit)
  const most = Math.max(0, ...lists.map(({ n }) => n))
  const exact = asker.subjects === 'all' || new Set(asker.subjects).size === 1
  return {
    items: headsOf(connection, page),
    cursor: rows.length > limit ? `${order} ${page.at(-1)?.[0]}` : null,
    total: exact ? most : Math.max(most, page.length),
    totalIs: exact ? 'exact' : 'at_least',
  }
}

function headsOf(connection: Connection, rows: readonly Found[]): Head[] {
  return rows.map((row) => connection.heads.of(row[1], row[2] ?? ''))
}

/** A session in several lists has the same position in each. */
function merge(pages: readonly (readonly Found[])[], order: Order): Found[] {
  const byPosition = new Map<number, Found>()
  for (const page of pages) for (const row of page) byPosition.set(row[0], row)
  return [...byPosition.values()].sort((a, b) => (order === 'newest' ? b[0] - a[0] : a[0] - b[0]))
}

const is = (text: string, value: string | number): Condition => ({ text, values: [value], indexed: true })

const forked = 'base = (SELECT b.sid FROM sessions AS b WHERE b.tenant = ? AND b.id = ?)'

/** The most telling first. */
function conditionsOf({ tenant }: Asker, query: Query): Condition[] {
  const { where = {}, base, status, attention, tail, text } = query
  const conditions: Condition[] = []
  if (base !== undefined) conditions.push({ text: forked, values: [toText(tenant), toText(base)], indexed: true })
  if (tail !== undefined) {
    const start = [...tail.toLowerCase()].reverse().join('')
    conditions.push({ text: 'tail >= ? AND tail < ?', values: [start, `${start}\u{10ffff}`], indexed: true })
  }
  if (attention) conditions.push(is('attention = ?', 1))
  if (status === 'idle') conditions.push({ text: 'status IS NULL', values: [], indexed: false })
  else if (status !== undefined) conditions.push(is('status = ?', statuses.indexOf(status)))
  for (const facet of [...facets].reverse() as Facet[]) {
    const value = where[facet]
    if (value !== undefined) conditions.push(is(`${facet} = ?`, toText(value)))
  }
  if (text !== undefined) conditions.push({ text: 'instr(label, ?) > 0', values: [text.toLowerCase()], indexed: false })
  return conditions
}

/** What SQL cannot compare exactly (lone surrogates; a match across name and title); null when there is nothing of it. */
function matcher(query: Query): ((head: Head) => boolean) | null {
  const tail = query.tail?.toLowerCase()
  const text = query.text?.toLowerCase()
  if (tail === undefined && text === undefined) return null
  return (head) =>
    (tail === undefined || head.session.toLowerCase().endsWith(tail)) &&
    (text === undefined || [head.name, head.title].some((line) => line?.toLowerCase().includes(text)))
}

/** All sessions with the most telling label, where they are few; null where they are many or no index serves. */
function gather(connection: Connection, asker: Asker, query: Query, conditions: readonly Condition[]): Found[] | null {
  const telling = conditions.find((condition) => condition.indexed && fewHave(connection, asker, condition))
  if (!telling) return null
  const rest = conditions.filter((condition) => condition !== telling)
  const text = `SELECT last_pos, sid, head, owner, readers FROM sessions WHERE tenant = ? AND ${telling.text}
    ${rest.map((condition) => `AND +${condition.text}`.replace('+instr', 'instr')).join(' ')} AND +place = ? AND system = 0`
  const values = [telling, ...rest].flatMap((condition) => condition.values)
  const place = placeNumbers[query.place ?? 'open']
  const rows = connection.rows(text).all(toText(asker.tenant), ...values, place) as unknown as GatheredRow[]
  const fits = matcher(query)
  return rows
    .filter((row) => visible(asker, row[3], row[4]) && (!fits || fits(connection.heads.of(row[1], row[2]))))
    .map((row) => [row[0], row[1], row[2]] as const)
}
type GatheredRow = readonly [number, number, string, string, string | null]

function fewHave(connection: Connection, asker: Asker, { text, values }: Condition): boolean {
  const counted = `SELECT count(*) FROM (SELECT 1 FROM sessions WHERE tenant = ? AND ${text} LIMIT ${gathered + 1})`
  return Number(connection.rows(counted).get(toText(asker.tenant), ...values)?.[0]) <= gathered
}

interface Cut {
  readonly rows: readonly Found[]
  /** Position to go on behind; null at the end. */
  readonly next: number | null
}

function cutPage(found: readonly Found[], order: Order, from: number | null, limit: number): Cut {
  const rows = found
    .filter((row) => from === null || (order === 'newest' ? row[0] < from : row[0] > from))
    .sort((a, b) => (order === 'newest' ? b[0] - a[0] : a[0] - b[0]))
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.[0] ?? null) : null }
}

/** Walks the lists in pieces, until the page is full or enough was looked at; reads heads only of what fits. */
function walk(
  connection: Connection,
  lists: readonly List[],
  conditions: readonly Condition[],
  fits: ((head: Head) => boolean) | null,
  order: Order,
  from: number | null,
  limit: number,
): Cut {
  const rows: Found[] = []
  let next = from
  for (let looked = 0; looked < walked; ) {
    const each = Math.max(4 * limit, looked)
    const piece = nextPiece(connection, lists, conditions, order, next, each)
    for (const row of piece.rows) {
      if (rows.length >= limit) return { rows, next }
      next = row[0]
      if (row[2] !== null && (!fits || fits(connection.heads.of(row[1], row[2])))) rows.push(row)
    }
    if (piece.ended) return { rows, next: null }
    looked += each * lists.length
  }
  return { rows, next }
}

interface Piece {
  readonly rows: readonly Found[]
  /** Nothing comes behind it. */
  readonly ended: boolean
}

/** The next sessions of all lists, up to where the first of them has shown its part; the head is null where it does not fit. */
function nextPiece(
  connection: Connection,
  lists: readonly List[],
  conditions: readonly Condition[],
  order: Order,
  from: number | null,
  each: number,
): Piece {
  const text = `SELECT listed.last_pos, listed.sid, CASE WHEN ${conditions.map((one) => one.text).join(' AND ')} THEN head END
    FROM listed JOIN sessions USING (sid) WHERE list = ? AND listed.last_pos ${beyond[order]} ?
    ORDER BY listed.last_pos ${sorted[order]} LIMIT ?`
  const values = conditions.flatMap((one) => one.values)
  const pages = lists.map(
    ({ list }) => connection.rows(text).all(...values, list, from ?? edge[order], each) as unknown as Found[],
  )
  const ends = pages.filter((page) => page.length === each).map((page) => page.at(-1)?.[0] ?? 0)
  if (ends.length === 0) return { rows: merge(pages, order), ended: true }
  const end = order === 'newest' ? Math.max(...ends) : Math.min(...ends)
  const rows = merge(pages, order).filter((row) => (order === 'newest' ? row[0] >= end : row[0] <= end))
  return { rows, ended: false }
}

const pinnedSql = `SELECT pinned, id, head, owner, readers, sid FROM marks JOIN sessions USING (sid)
  WHERE marks.tenant = ? AND subject = ? AND pinned IS NOT NULL AND place = ? AND system = 0`

function pinnedPage(connection: Connection, asker: Asker, query: Query, subject: string, limit: number): ListPage {
  const own = asker.subjects === 'all' || asker.subjects.includes(subject)
  const start = query.cursor === undefined ? null : pinIn(query.cursor)
  const conditions = conditionsOf(asker, query)
  const text = [pinnedSql, ...conditions.map((condition) => `AND ${condition.text}`)].join(' ')
  const values = conditions.flatMap((condition) => condition.values)
  const place = placeNumbers[query.place ?? 'open']
  const found = own ? connection.rows(text).all(toText(asker.tenant), toText(subject), place, ...values) : []
  const fits = matcher(query)
  const rows = (found as unknown as PinnedRow[])
    .filter((row) => visible(asker, row[3], row[4]))
    .filter((row) => start === null || row[0] > start.at || (row[0] === start.at && row[1] > start.id))
    .sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
  const heads = rows
    .map((row) => [row, connection.heads.of(row[5], row[2])] as const)
    .filter(([, head]) => !fits || fits(head))
  const page = heads.slice(0, limit)
  const last = page.at(-1)?.[0]
  return {
    items: page.map(([, head]) => head),
    cursor: last && heads.length > limit ? `pinned ${last[0]} ${last[1]}` : null,
    total: page.length,
    totalIs: 'at_least',
  }
}
type PinnedRow = readonly [number, string, string, string, string | null, number]

function pinIn(cursor: string): { at: number; id: string } {
  const [made, at, id] = cursor.split(' ')
  if (made !== 'pinned' || at === undefined || id === undefined || !Number.isFinite(Number(at))) throw badCursor()
  return { at: Number(at), id }
}
