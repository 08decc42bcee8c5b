// Lists over Redis: plain pages in one question, filtered ones in several bounded ones.

import { facets, type Head } from '../../schema/heads.ts'
import { places, statuses } from '../../schema/states.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { Asker } from '../shape.ts'
import type { ListPage, Query } from '../store.ts'
import { toText } from '../text.ts'
import type { Link } from './link.ts'
import { askerTexts, headOf, searchable } from './texts.ts'

const pageSize = 50
/** Questions for one filtered page; each looks at about a thousand sessions. */
const questions = 10

export async function listPage(link: Link, asker: Asker, query: Query = {}): Promise<ListPage> {
  const limit = pageLimit(query.limit, pageSize)
  if (query.pinned !== undefined) return pinnedPage(link, asker, query, query.pinned, limit)
  const order = query.order ?? 'newest'
  const from = query.cursor === undefined ? '' : positionIn(query.cursor, order)
  const conditions = conditionsOf(query)
  const given = [...askerTexts(asker), String(places.indexOf(query.place ?? 'open')), order]
  if (conditions === null) return plainPage(link, asker, given, from, limit)
  const items: Head[] = []
  const fits = matcher(query)
  let next = from
  for (let asked = 0; asked < questions; asked += 1) {
    const [behind = '', ...found] = await link.ask<string[]>(['filtered', ...given, next, String(limit), ...conditions])
    for (let at = 0; at + 1 < found.length; at += 2) {
      const head = headOf(found[at + 1] ?? '')
      if (items.length >= limit) return filteredPage(items, `${order} ${next}`)
      next = found[at] ?? ''
      if (fits(head)) items.push(head)
    }
    if (behind === '') return filteredPage(items, null)
    next = behind
    if (items.length >= limit) break
  }
  return filteredPage(items, `${order} ${next}`)
}

function filteredPage(items: readonly Head[], cursor: string | null): ListPage {
  return { items, cursor, total: items.length, totalIs: 'at_least' }
}

function positionIn(cursor: string, order: 'newest' | 'oldest'): string {
  const [made, position] = cursor.split(' ')
  if (made !== order || position === undefined) throw badCursor()
  return String(cursorNumber(position))
}

async function plainPage(
  link: Link,
  asker: Asker,
  given: readonly string[],
  from: string,
  limit: number,
): Promise<ListPage> {
  const [total = '0', more, ...found] = await link.ask<string[]>(['page', ...given, from, String(limit)])
  const items: Head[] = []
  for (let at = 1; at < found.length; at += 2) items.push(headOf(found[at] ?? ''))
  const exact = asker.subjects === 'all' || new Set(asker.subjects).size === 1
  return {
    items,
    cursor: more === '1' ? `${given.at(-1)} ${found.at(-2)}` : null,
    total: exact ? Number(total) : Math.max(Number(total), items.length),
    totalIs: exact ? 'exact' : 'at_least',
  }
}

/** As the function reads them: end of the id backwards, text, idleness, then labels that have a set, the rarest first. */
function conditionsOf({ where = {}, base, status, attention, tail, text }: Query): string[] | null {
  const signs: string[] = []
  if (base !== undefined) signs.push(`b:${toText(base)}`)
  if (attention) signs.push('!')
  if (status !== undefined && status !== 'idle') signs.push(`s:${statuses.indexOf(status)}`)
  for (const [index, facet] of facets.entries()) {
    const value = where[facet]
    if (value !== undefined) signs.push(`${index + 1}:${toText(value)}`)
  }
  const backwards = tail === undefined ? '' : [...tail.toLowerCase().toWellFormed()].reverse().join('')
  const needle = text === undefined ? '' : searchable(text)
  if (signs.length === 0 && status !== 'idle' && tail === undefined && text === undefined) return null
  return [backwards, needle, status === 'idle' ? '1' : '', String(signs.length), ...signs]
}

/** What the function cannot compare exactly: lone surrogates, a match across name and title. */
function matcher(query: Query): (head: Head) => boolean {
  const tail = query.tail?.toLowerCase()
  const text = query.text?.toLowerCase()
  return (head) =>
    (tail === undefined || head.session.toLowerCase().endsWith(tail)) &&
    (text === undefined || [head.name, head.title].some((line) => line?.toLowerCase().includes(text)))
}

async function pinnedPage(link: Link, asker: Asker, query: Query, subject: string, limit: number): Promise<ListPage> {
  const own = asker.subjects === 'all' || asker.subjects.includes(subject)
  const start = query.cursor === undefined ? null : pinIn(query.cursor)
  const place = String(places.indexOf(query.place ?? 'open'))
  const conditions = conditionsOf(query) ?? ['', '', '', '0']
  const given = ['pins', ...askerTexts(asker), place, toText(subject), ...conditions]
  const found = own ? await link.ask<string[]>(given) : []
  const fits = matcher(query)
  const rows: { readonly at: number; readonly head: Head }[] = []
  for (let at = 0; at + 1 < found.length; at += 2) {
    const row = { at: Number(found[at]), head: headOf(found[at + 1] ?? '') }
    const behind = start === null || row.at > start.at || (row.at === start.at && row.head.session > start.id)
    if (behind && fits(row.head)) rows.push(row)
  }
  rows.sort((a, b) => a.at - b.at || (a.head.session < b.head.session ? -1 : 1))
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const cursor = last && rows.length > limit ? `pinned ${last.at} ${last.head.session}` : null
  return { items: page.map(({ head }) => head), cursor, total: page.length, totalIs: 'at_least' }
}

function pinIn(cursor: string): { at: number; id: string } {
  const [made, at, id] = cursor.split(' ')
  if (made !== 'pinned' || at === undefined || id === undefined || !Number.isFinite(Number(at))) throw badCursor()
  return { at: Number(at), id }
}
