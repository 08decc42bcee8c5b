// Keys, marks and leases read as a whole, for whoever moves a store to another one or looks after it.

import type { Tenant } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import type { HeldKey, HeldLease, HeldMark, KeyRange } from '../admin.ts'
import { badCursor, pageLimit } from '../paging.ts'
import type { Mark, Page } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Link } from './link.ts'
import { readTexts } from './reading.ts'
import { askerTexts, freeze, keyOf, parsed, receiptOf } from './texts.ts'

export async function keysIn(link: Link, tenant: Tenant, ranges: readonly KeyRange[]): Promise<HeldKey[][]> {
  const held: HeldKey[][] = []
  for (const range of ranges) held.push(await keysOf(link, tenant, range))
  return held
}

/** The first entry of an append names its key. A fork reads its base's entries too, whose keys are not its own. */
async function keysOf(link: Link, tenant: Tenant, { session, first, last }: KeyRange): Promise<HeldKey[]> {
  const asker = { tenant, subjects: 'all' } as const
  const held: HeldKey[] = []
  for (let after = first - 1; ; ) {
    const texts = await readTexts(link, asker, session, { after, until: last })
    const named = texts.flatMap(([seq, text]) => {
      const id = keyOf(text)
      return id === undefined ? [] : [{ seq, id }]
    })
    const given = [toText(session), String(named.length), ...named.map(({ id }) => toText(id))]
    const found = named.length > 0 ? await link.ask<string[]>(['receipts', ...askerTexts(asker), ...given]) : []
    for (const [index, { seq, id }] of named.entries()) {
      const known = receiptOf(found[index] ?? '')
      if (known?.first === seq) held.push({ id, ...known })
    }
    if (texts.length < limits.pageItems) return held
    after = texts.at(-1)?.[0] ?? last
  }
}

/** Values of one mark in an answer: number, tenant, session, subject, and the mark behind its version and pin. */
const width = 5

export async function marksAfter(
  link: Link,
  cursor: string | null,
  limit: number | undefined,
): Promise<Page<HeldMark>> {
  const most = pageLimit(limit, limits.pageItems)
  const [, sid = '0', subject = ''] = cursor === null ? [] : (/^(\d{1,16}) (.*)$/s.exec(cursor) ?? [])
  if (cursor !== null && !cursor.startsWith(`${sid} `)) throw badCursor()
  const [next = '', behind = '', ...found] = await link.ask<string[]>(['marks', sid, subject, String(most)])
  const items: HeldMark[] = []
  for (let at = 0; at + width <= found.length; at += width) items.push(markOf(found.slice(at, at + width)))
  return { items, cursor: next === '' ? null : `${next} ${behind}` }
}

function markOf([, tenant = '', session = '', subject = '', text = '']: readonly string[]): HeldMark {
  return {
    tenant: fromText(tenant),
    session: fromText(session),
    subject: fromText(subject),
    mark: freeze(parsed<Mark>(text.slice(text.indexOf('{')))),
  }
}

export async function leasesOf(link: Link, limit: number, beginning = ''): Promise<HeldLease[]> {
  const most = pageLimit(limit, limits.pageItems)
  const items: HeldLease[] = []
  for (let passed = '0'; passed !== ''; ) {
    const [next = '', ...found] = await link.ask<string[]>(['leases', beginning, passed])
    for (let at = 0; at + 5 <= found.length; at += 5) items.push(leaseOf(found.slice(at, at + 5)))
    passed = next
  }
  return items.sort((a, b) => a.lease.left - b.lease.left).slice(0, most)
}

function leaseOf([tenant = '', session = '', holder = '', fence, left]: readonly string[]): HeldLease {
  const lease = { session: fromText(session), holder: fromText(holder), fence: Number(fence), left: Number(left) }
  return { tenant: fromText(tenant), lease }
}
