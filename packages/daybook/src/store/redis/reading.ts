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
  const most = pageLimit(limit, limits.pageItems)
  const who = asker ? ['feed', ...askerTexts(asker)] : ['feed_all']
  const items: FeedItem[] = []
  let at = cursor === null ? '0' : String(cursorNumber(cursor))
  for (;;) {
    const asked = Math.min(most - items.length, part)
    const [end = '', ...found] = await link.ask<string[]>([...who, at, String(asked)])
    if (end === 'bad') throw badCursor()
    for (let index = 0; index + width <= found.length; index += width) {
      items.push(itemOf(found.slice(index, index + width)))
    }
    at = end
    if (found.length < asked * width || items.length >= most) return { items: headsOnce(items), cursor: at }
  }
}

/** The head only with the newest entry of each session, also where a page came in parts. */
function headsOnce(items: readonly FeedItem[]): FeedItem[] {
  if (items.length <= part) return [...items]
  const seen = new Set<string>()
  return items
    .toReversed()
    .map(({ head, ...item }) => {
      const name = `${item.tenant.length} ${item.tenant} ${item.session}`
      if (seen.has(name) || !head) return item
      seen.add(name)
      return { ...item, head }
    })
    .toReversed()
}

function itemOf([cursor = '', tenant = '', session = '', seq, text = '', head = '']: readonly string[]): FeedItem {
  const present: { head?: Head } = head === '' ? {} : { head: headOf(head) }
  const entry = entryOf(Number(seq), text)
  return { cursor, tenant: fromText(tenant), session: fromText(session), entry, ...present }
}
