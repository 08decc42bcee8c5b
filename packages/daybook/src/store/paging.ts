// Pages of feeds and lists: limits, cursors made of a number, and patience at the end; the same in every engine.

import { DaybookError } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'
import type { FeedItem, Page } from './store.ts'

export function badCursor(): DaybookError {
  return new DaybookError('invalid', 'This cursor was not made by this store for this question.', { field: 'cursor' })
}

/** The number in a cursor of digits. */
export function cursorNumber(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw badCursor()
  return Number(text)
}

export function pageLimit(limit: number | undefined, otherwise: number): number {
  if (limit === undefined) return otherwise
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new DaybookError('invalid', 'The limit must be a whole number from 1 on.', { field: 'limit' })
  }
  return Math.min(limit, limits.pageItems)
}

/** At the end of the feed the answer waits a turn of the event loop: who asks again at once must not keep writers out. */
export async function unhurried(page: Page<FeedItem>): Promise<Page<FeedItem>> {
  if (page.items.length === 0) await new Promise((resolve) => setImmediate(resolve))
  return page
}
