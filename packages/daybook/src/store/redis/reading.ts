// Reading over Redis: logs in as many bounded answers as they take, the feed page by page.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { SessionId } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import { firstRareKind, kinds } from '../../schema/kinds.ts'
import { badCursor, cursorNumber, pageLimit } from '../paging.ts'
import type { Asker } from '../shape.ts'
import type { Cursor, FeedItem, Page, Range } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Link } from './link.ts'
import { askerTexts, entryOf, headOf } from './texts.ts'

export async function readLog(link: Link, asker: Asker, session: SessionId, range?: Range): Promise<StoredEntry[]> {
  return (await readTexts(link, asker, session, range)).map(([seq, text]) => entryOf(seq, text))
}

/** Entries in one answer, so that the server soon turns to others. */
const part = 500

/** Seqs with the texts of their entries. */
export async function readTexts(
  link: Link,
  asker: Asker,
  session: SessionId,
  range: Range = {},
): Promise<[number, string][]> {
  const limit = pageLimit(range.limit, limits.pageItems)
  const order = range.order === 'desc' ? 'desc' : 'asc'
  const numbers = range.kinds && [...new Set(range.kinds.map((kind) => kinds[kind].number))]
  const rare = numbers?.every((number) => number >= firstRareKind) ? '1' : '0'
  const wanted = numbers ? [String(numbers.length), ...numbers.map(String)] : ['-1']
  let after = Math.max(range.after ?? 0, 0)
  let until = range.until ?? Number.MAX_SAFE_INTEGER
  const entries: [number, string][] = []
  for (;;) {
    const asked = Math.min(limit - entries.length, part)
    const bounds = [String(after), String(until), order, String(asked), rare]
    const given = ['log', ...askerTexts(asker), toText(session), ...bounds, ...wanted]
    const [looked, ...found] = await link.ask<string[]>(given)
    for (let at = 0; at + 1 < found.length; at += 2) entries.push([Number(found[at]), found[at + 1] ?? ''])
    const full = found.length === 2 * asked && entries.length < limit
    const next = looked || (full ? found.at(-2) : undefined)
    if (!next) return entries
    if (order === 'asc') after = Number(next)
    else until = Number(next) - 1
  }
}

/** Values of one item in an answer: position, tenant, session, seq, entry, head or nothing. */
const width = 6

/** Of the whole store without an asker. */
export async function feedPage(
  link: Link,
  asker: Asker | null,
  cursor: Cursor | null,
  limit: number | undefined,
): Promise<Page<FeedItem>> {
  const from = cursor === null ? 0 : cursorNumber(cursor)
  const most = Math.min(pageLimit(limit, limits.pageItems), part)
  const who = asker ? ['feed', ...askerTexts(asker)] : ['feed_all']
  const [end = '', ...found] = await link.ask<string[]>([...who, String(from), String(most)])
  if (end === 'bad') throw badCursor()
  const items: FeedItem[] = []
  for (let at = 0; at + width <= found.length; at += width) items.push(itemOf(found.slice(at, at + width)))
  return { items, cursor: end }
}

function itemOf([cursor = '', tenant = '', session = '', seq, text = '', head = '']: readonly string[]): FeedItem {
  const present: { head?: Head } = head === '' ? {} : { head: headOf(head) }
  const entry = entryOf(Number(seq), text)
  return { cursor, tenant: fromText(tenant), session: fromText(session), entry, ...present }
}
