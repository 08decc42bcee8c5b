// The list of sessions: filters, pages, and what an item carries.

import { DaybookError } from '../../schema/errors.ts'
import { type Facet, facetFields, facets, type Head } from '../../schema/heads.ts'
import { uniqueTail } from '../../schema/ids.ts'
import { cellOf, sessionOf } from '../../schema/wire.ts'
import { ListQuery } from '../../schema/wire-requests.ts'
import { SessionList, type SessionShape } from '../../schema/wire-shapes.ts'
import type { ScopedSessions } from '../../session/contract.ts'
import type { ListPage, Query } from '../../store/store.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'

const list = route(
  {
    method: 'GET',
    path: '/sessions',
    operation: 'listSessions',
    tag: 'sessions',
    summary: 'List sessions, newest activity first',
    query: ListQuery,
    answers: { 200: { description: 'One page.', schema: SessionList, example: examples.sessionList } },
  },
  async (call) => {
    const { mine, query } = call
    const page =
      query.ref === undefined
        ? await pageOf(call, queryOf(mine, query), query.offset ?? 0)
        : await namedBy(mine, query.ref, query)
    const ids = page.items.map((head) => head.session)
    const sessions = await Promise.all(
      page.items.map((head) => withFields(mine, head, uniqueTail(head.session, ids), query.include ?? [])),
    )
    const body = { sessions, total: page.total, total_is: page.totalIs, cursor: page.cursor }
    return { body: JSON.stringify(body) }
  },
)

function queryOf(mine: ScopedSessions, query: ListQuery): Query {
  const { archived, trashed, attention, pinned, parent, tail, q, status, cursor, offset, limit = 50 } = query
  if (cursor !== undefined && offset !== undefined) {
    throw new DaybookError('invalid', 'cursor and offset exclude each other', { field: 'offset' })
  }
  if (archived && trashed) {
    throw new DaybookError('invalid', 'archived and trashed exclude each other', { field: 'trashed' })
  }
  const where: { [F in Facet]?: string } = {}
  for (const facet of facets) {
    const value = query[facetFields[facet]]
    if (value !== undefined) where[facet] = value
  }
  return {
    limit,
    ...(archived ? { place: 'archived' } : trashed ? { place: 'trash' } : {}),
    ...(Object.keys(where).length > 0 ? { where } : {}),
    ...(parent === undefined ? {} : { base: parent }),
    ...(status === undefined ? {} : { status }),
    ...(attention === undefined ? {} : { attention: true }),
    ...(pinned === undefined ? {} : { pinned: subjectOf(mine) }),
    ...(tail === undefined ? {} : { tail }),
    ...(q === undefined ? {} : { text: q }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

/** The one session of a ref, as a page. */
async function namedBy(mine: ScopedSessions, ref: string, query: ListQuery): Promise<ListPage> {
  const [beside] = Object.keys(query).filter((name) => !['ref', 'include', 'limit'].includes(name))
  if (beside !== undefined) throw new DaybookError('invalid', 'ref stands alone', { field: beside })
  const [, type, value] = /^([^:]+):(.+)$/s.exec(ref) ?? []
  if (type === undefined || value === undefined) {
    throw new DaybookError('invalid', 'a ref is a type, a colon and a value', { field: 'ref' })
  }
  const id = await mine.locate({ type, value })
  const items = id === null ? [] : [await mine.session(id).head()]
  return { items, total: items.length, totalIs: 'exact', cursor: null }
}

function subjectOf({ scope, caller }: ScopedSessions): string {
  return scope.subjects === 'all' ? caller.actor : (scope.subjects[0] ?? caller.actor)
}

/** Sessions to pass over are read in large pages; the cursor then stands where the wanted page begins. */
async function pageOf({ mine }: Call, query: Query, offset: number): Promise<ListPage> {
  let left = offset
  let cursor = query.cursor
  while (left > 0) {
    const skipped = await mine.list({
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
      limit: Math.min(left, 1000),
    })
    left -= skipped.items.length
    if (skipped.cursor === null) return { ...skipped, items: [] }
    cursor = skipped.cursor
  }
  return mine.list({ ...query, ...(cursor === undefined ? {} : { cursor }) })
}

async function withFields(
  mine: ScopedSessions,
  head: Head,
  tail: string,
  include: readonly ('metadata' | 'state' | 'agent_data')[],
): Promise<SessionShape> {
  const shape = sessionOf(head, tail)
  if (include.length === 0) return shape
  const fields = cellOf(await mine.session(head.session).cell())
  return { ...shape, ...Object.fromEntries(include.map((name) => [name, fields[name]])) }
}

export const listRoutes: readonly Route[] = [list]
