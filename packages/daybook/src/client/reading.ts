// How far one reader of the feed is: every item once, whether it was told or read, also where what was told has a hole.

import { isDaybookError } from '../schema/errors.ts'
import type { FeedPageShape } from '../schema/wire-shapes.ts'

type Item = FeedPageShape['items'][number]

export interface ReadingSettings {
  /** A page behind a cursor. */
  readonly page: (cursor: string) => Promise<FeedPageShape>
  readonly take: (item: Item) => void
  /** The cursor is unknown there: the store is another one, or an older copy. What was read before is void. */
  readonly void: () => void
}

/** Sessions whose last seq is remembered, so that what was read is not taken again when it is told. */
const mostRemembered = 10_000
/** A cursor before anything is known. */
export const begin = 'now'

export class Reading {
  readonly #settings: ReadingSettings
  readonly #seen = new Map<string, number>()
  #cursor: string | null = null
  #reading: Promise<void> | null = null
  #again = false
  #told: Item[] = []

  constructor(settings: ReadingSettings) {
    this.#settings = settings
  }

  /** Where to go on; {@link begin} before the first answer. */
  get cursor(): string {
    return this.#cursor ?? begin
  }

  /** An item that somebody told. While something is read it waits, because what is read comes before it. */
  told(item: Item): void {
    if (this.#reading === null) this.#take(item)
    else this.#told.push(item)
  }

  /** Reads all that is there behind the cursor. Calls while it reads read once more behind it. Fails as its page does. */
  read(): Promise<void> {
    this.#again = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null
      for (const item of this.#told.splice(0)) this.#take(item)
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#again) {
      this.#again = false
      try {
        await this.#readOn()
      } catch (error) {
        if (!isDaybookError(error) || error.code !== 'invalid' || this.#cursor === null) throw error
        this.#cursor = null
        this.#seen.clear()
        this.#settings.void()
        this.#again = true
      }
    }
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const page = await this.#settings.page(this.cursor)
      const before = this.#cursor
      for (const item of page.items) this.#take(item)
      this.#cursor = page.cursor
      if (before === null || page.cursor === before) return
    }
  }

  #take(item: Item): void {
    const { session_id, entry, cursor } = item
    if (entry.seq <= (this.#seen.get(session_id) ?? 0)) return
    this.#seen.delete(session_id)
    this.#seen.set(session_id, entry.seq)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > mostRemembered && oldest !== undefined) this.#seen.delete(oldest)
    this.#cursor = cursor
    this.#settings.take(item)
  }
}
