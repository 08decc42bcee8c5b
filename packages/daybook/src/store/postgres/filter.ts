// Filters of lists: few sessions with a telling label are gathered, of many the lists are walked, bounded per page.

import { type Facet, facets, type Head } from '../../schema/heads.ts'
import { statuses } from '../../schema/states.ts'
import type { Heads } from '../heads.ts'
import type { Asker } from '../shape.ts'
import type { Query } from '../store.ts'
import { placeNumbers } from './ddl.ts'
import { searched, tailOf, visible } from './labels.ts'
import type { Ask, Value } from './line.ts'
import { everybody, toArray, toText } from './text.ts'

/** Sessions that one filtered page walks over. */
const walked = 5000
/** Up to so many sessions with one label are gathered and sorted; of more, the list is walked. */
const gathered = 2000

export type Order = 'newest' | 'oldest'
export const beyond = { newest: '<', oldest: '>' }
export const sorted = { newest: 'DESC', oldest: 'ASC' }
export const edge = { newest: Number.MAX_SAFE_INTEGER, oldest: 0 }

/** The head is null where a session does not fit. */
export type Found = readonly [position: number, sid: number, head: string | null]

/** Subjects of the lists that an asker may see, as an array's literal. */
export function listSubjects(asker: Asker): string {
  const subjects = asker.subjects === 'all' ? null : [...new Set(asker.subjects)]
  return subjects === null ? `{${everybody}}` : String(toArray(subjects))
}

/** A condition on `sessions AS s`. */
export interface Condition {
  /** With its first value at this number. */
  text(first: number): string
  readonly values: readonly (string | number)[]
  /** Served by an index of its own, so few of them can be gathered. */
  readonly indexed: boolean
}

export interface Filtering {
  readonly ask: Ask
  readonly heads: Heads
  readonly asker: Asker
  readonly query: Query
  readonly conditions: readonly Condition[]
  readonly order: Order
  readonly from: number | null
  readonly limit: number
}

export interface Cut {
  readonly rows: readonly Found[]
  /** Position to go on behind; null at the end. */
  readonly next: number | null
}

export async function filteredRows(filtering: Filtering): Promise<Cut> {
  const few = await gather(filtering)
  return few ? cutPage(few, filtering) : walk(filtering)
}

const is = (column: string, value: string | number): Condition => ({
  text: (first) => `s.${column} = $${first}`,
  values: [value],
  indexed: true,
})

const forked = (first: number) =>
  `s.base = (SELECT b.sid FROM daybook.sessions AS b WHERE b.tenant = $${first} AND b.id = $${first + 1})`

/** The most telling first. */
export function conditionsOf({ tenant }: Asker, query: Query): Condition[] {
  const { where = {}, base, status, attention, tail, text } = query
  const conditions: Condition[] = []
  if (base !== undefined) conditions.push({ text: forked, values: [toText(tenant), toText(base)], indexed: true })
  if (tail !== undefined) {
    const start = searched(tailOf(tail))
    const range = (first: number) => `s.tail >= $${first} AND s.tail < $${first + 1}`
    conditions.push({ text: range, values: [start, `${start}\u{10ffff}`], indexed: true })
  }
  if (attention) conditions.push(is('attention', 1))
  if (status === 'idle') conditions.push({ text: () => 's.status IS NULL', values: [], indexed: false })
  else if (status !== undefined) conditions.push(is('status', statuses.indexOf(status)))
  for (const facet of [...facets].reverse() as Facet[]) {
    const value = where[facet]
    if (value !== undefined) conditions.push(is(`"${facet}"`, toText(value)))
  }
  if (text !== undefined) {
    conditions.push({ text: (first) => `strpos(s.label, $${first}) > 0`, values: [searched(text)], indexed: false })
  }
  return conditions
}

/** What SQL cannot compare exactly (NUL, lone surrogates; a match across name and title); null when there is nothing of it. */
export function matcher(query: Query): ((head: Head) => boolean) | null {
  const tail = query.tail?.toLowerCase()
  const text = query.text?.toLowerCase()
  if (tail === undefined && text === undefined) return null
  return (head) =>
    (tail === undefined || head.session.toLowerCase().endsWith(tail)) &&
    (text === undefined || [head.name, head.title].some((line) => line?.toLowerCase().includes(text)))
}

/** All conditions joined, with their values behind those that are there. */
function joined(conditions: readonly Condition[], values: Value[]): string {
  return conditions
    .map((condition) => {
      const text = condition.text(values.length + 1)
      values.push(...condition.values)
      return text
    })
    .join(' AND ')
}

type GatheredRow = readonly [number, number, string, string, string | null]

/** All sessions with the most telling label, where they are few; null where they are many or no index serves. */
async function gather({ ask, heads, asker, query, conditions }: Filtering): Promise<Found[] | null> {
  let few = false
  for (const condition of conditions) few ||= condition.indexed && (await fewHave(ask, asker, condition))
  if (!few) return null
  const values: Value[] = [toText(asker.tenant), placeNumbers[query.place ?? 'open']]
  const text = `SELECT s.last_pos, s.sid, s.head, s.owner, array_to_json(s.readers)::text FROM daybook.sessions AS s
    WHERE s.tenant = $1 AND s.place = $2 AND NOT s.system AND ${joined(conditions, values)}`
  const rows = (await ask(text, values)) as unknown as GatheredRow[]
  const fits = matcher(query)
  return rows
    .filter((row) => visible(asker, row[3], row[4]) && (!fits || fits(heads.of(row[1], row[2]))))
    .map((row) => [row[0], row[1], row[2]] as const)
}

async function fewHave(ask: Ask, asker: Asker, condition: Condition): Promise<boolean> {
  const values: Value[] = [toText(asker.tenant)]
  const [row] = await ask(
    `SELECT count(*) FROM (SELECT 1 FROM daybook.sessions AS s WHERE s.tenant = $1
      AND ${joined([condition], values)} LIMIT ${gathered + 1}) AS few`,
    values,
  )
  return Number(row?.[0]) <= gathered
}

function cutPage(found: readonly Found[], { order, from, limit }: Filtering): Cut {
  const rows = found
    .filter((row) => from === null || (order === 'newest' ? row[0] < from : row[0] > from))
    .sort((a, b) => (order === 'newest' ? b[0] - a[0] : a[0] - b[0]))
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.[0] ?? null) : null }
}

/** Walks the lists in pieces, until the page is full or enough was looked at; reads heads only of what fits. */
async function walk(filtering: Filtering): Promise<Cut> {
  const { ask, heads, asker, query, from, limit } = filtering
  const lists = (
    await ask('SELECT list FROM daybook.lists WHERE tenant = $1 AND place = $2 AND subject = ANY ($3::text[])', [
      toText(asker.tenant),
      placeNumbers[query.place ?? 'open'],
      listSubjects(asker),
    ])
  ).map((row) => Number(row[0]))
  const fits = matcher(query)
  const rows: Found[] = []
  let next = from
  for (let looked = 0; looked < walked; ) {
    const each = Math.max(4 * limit, looked)
    const piece = await nextPiece(filtering, lists, next, each)
    for (const row of piece.rows) {
      if (rows.length >= limit) return { rows, next }
      next = row[0]
      if (row[2] !== null && (!fits || fits(heads.of(row[1], row[2])))) rows.push(row)
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

type WalkedRow = readonly [list: number, ...found: Found]

/** The next sessions of all lists, up to where the first of them has shown its part. */
async function nextPiece(
  { ask, conditions, order }: Filtering,
  lists: readonly number[],
  from: number | null,
  each: number,
): Promise<Piece> {
  const values: Value[] = [`{${lists.join(',')}}`, from ?? edge[order], each]
  const text = `SELECT l.list, d.last_pos, d.sid, CASE WHEN ${joined(conditions, values)} THEN s.head END
    FROM unnest($1::bigint[]) AS l(list) CROSS JOIN LATERAL (SELECT x.last_pos, x.sid FROM daybook.listed AS x
      WHERE x.list = l.list AND x.last_pos ${beyond[order]} $2::bigint
      ORDER BY x.last_pos ${sorted[order]} LIMIT $3::bigint) AS d JOIN daybook.sessions AS s ON s.sid = d.sid`
  const rows = (await ask(text, values)) as unknown as WalkedRow[]
  const sign = order === 'newest' ? -1 : 1
  const pages = lists.map((list) =>
    rows.flatMap(([of, ...found]) => (of === list ? [found] : [])).sort((a, b) => sign * (a[0] - b[0])),
  )
  const ends = pages.filter((page) => page.length === each).map((page) => page.at(-1)?.[0] ?? 0)
  const all = [...new Map(pages.flat().map((row) => [row[0], row])).values()].sort((a, b) => sign * (a[0] - b[0]))
  if (ends.length === 0) return { rows: all, ended: true }
  const end = order === 'newest' ? Math.max(...ends) : Math.min(...ends)
  return { rows: all.filter((row) => (order === 'newest' ? row[0] >= end : row[0] <= end)), ended: false }
}
