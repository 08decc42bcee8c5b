// Listing: pages of heads by the position of their last entry, with filters bounded per page.

import { facets, type Head } from '../../schema/heads.ts'
import type { ListPage, Query, Scope } from '../store.ts'
import { merged, type PositionList } from './lists.ts'
import { badCursor, cursorNumber, pageLimit, type Row, type State, sees, type TenantState } from './state.ts'

const pageSize = 50
/** Sessions that one filtered page looks at. */
const listScan = 20_000

export function listPage(state: State, scope: Scope, query: Query = {}): ListPage {
  const limit = pageLimit(query.limit, pageSize)
  const tenant = state.tenants.get(scope.tenant)
  if (query.pinned !== undefined) return pinnedPage(tenant, scope, query, query.pinned, limit)
  const place = query.place ?? 'open'
  const order = query.order ?? 'newest'
  const from = query.cursor === undefined ? null : positionIn(query.cursor, order)
  const subjects = scope.subjects === 'all' ? [null] : [...new Set(scope.subjects)]
  const lists = subjects.map((subject) => tenant?.lists.of(subject, place)).filter((list) => list !== undefined)
  const filtered = hasFilters(query)
  const accept = matcher(query, tenant)
  const items: Head[] = []
  let position = 0
  let more = false
  let looked = 0
  for (const row of merged(lists, order, from)) {
    if (items.length >= limit || looked >= listScan) {
      more = true
      break
    }
    position = row.position
    if (filtered) looked += 1
    if (accept(row)) items.push(row.head)
  }
  const cursor = more ? `${order} ${position}` : null
  return { items, cursor, ...totalOf(lists, subjects.length === 1 && !filtered, filtered, items.length) }
}

function totalOf(
  lists: readonly PositionList[],
  exact: boolean,
  filtered: boolean,
  shown: number,
): Pick<ListPage, 'total' | 'totalIs'> {
  const most = Math.max(0, ...lists.map((list) => list.size))
  if (exact) return { total: most, totalIs: 'exact' }
  return { total: filtered ? shown : Math.max(most, shown), totalIs: 'at_least' }
}

function positionIn(cursor: string, order: 'newest' | 'oldest'): number {
  const [made, position] = cursor.split(' ')
  if (made !== order || position === undefined) throw badCursor()
  return cursorNumber(position)
}

function hasFilters(query: Query): boolean {
  const { where, base, status, attention, tail, text } = query
  return (
    [base, status, attention, tail, text].some((filter) => filter !== undefined) || Object.keys(where ?? {}).length > 0
  )
}

function matcher(query: Query, tenant: TenantState | undefined): (row: Row) => boolean {
  const { where, status, attention } = query
  const base = query.base === undefined ? undefined : tenant?.rows.get(query.base)
  const tail = query.tail?.toLowerCase()
  const text = query.text?.toLowerCase()
  return ({ head, base: own }) =>
    (query.base === undefined || (own !== null && own === base)) &&
    (status === undefined || head.status === status) &&
    (!attention || head.attention.length > 0) &&
    (!where || facets.every((facet) => where[facet] === undefined || head[facet] === where[facet])) &&
    (tail === undefined || head.session.toLowerCase().endsWith(tail)) &&
    (text === undefined || [head.name, head.title].some((line) => line?.toLowerCase().includes(text)))
}

function pinnedPage(
  tenant: TenantState | undefined,
  scope: Scope,
  query: Query,
  subject: string,
  limit: number,
): ListPage {
  const own = scope.subjects === 'all' || scope.subjects.includes(subject)
  const pins = tenant?.pins.get(subject)
  const accept = matcher(query, tenant)
  const place = query.place ?? 'open'
  const when = (row: Row) => row.marks.get(subject)?.pinned ?? 0
  const rows = [...(own && pins ? pins : [])]
    .filter((row) => !row.system && row.head.place === place && sees(scope, row.head) && accept(row))
    .sort((a, b) => when(a) - when(b) || (a.id < b.id ? -1 : 1))
  const start = query.cursor === undefined ? null : pinIn(query.cursor)
  const rest = start
    ? rows.filter((row) => when(row) > start.at || (when(row) === start.at && row.id > start.id))
    : rows
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => row.head),
    cursor: last && rest.length > limit ? `pinned ${when(last)} ${last.id}` : null,
    total: page.length,
    totalIs: 'at_least',
  }
}

function pinIn(cursor: string): { at: number; id: string } {
  const [made, at, id] = cursor.split(' ')
  if (made !== 'pinned' || at === undefined || id === undefined) throw badCursor()
  return { at: Number(at), id }
}
