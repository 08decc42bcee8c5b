// One ledger: a system session whose state says what is gone and what is put aside, changed under the seq that was read.

import { isDaybookError } from '../../schema/errors.ts'
import type { Seq, SessionId } from '../../schema/ids.ts'
import type { ScopedSessions, Session } from '../../session/contract.ts'
import { settingsSession } from './accounts.ts'
import { type Page, pageOf, patchOf } from './page.ts'

/** Gives the next page, or null where nothing changes; asked again for each page that it is tried on. */
type Change = (page: Page) => Page | null

interface Wanted {
  readonly change: Change
  readonly done: PromiseWithResolvers<Page>
}

/** Another process wrote, or opened the session, first. */
const lost: ReadonlySet<string> = new Set(['conflict', 'exists'])
/** Lost races after which whoever asks hears of it; each one means that another process got through. */
const mostRaces = 500

/**
 * What several ask for at once goes out as one append, in the order in which it was asked for. The append names the seq that
 * was read, so of two processes only one can have been right, and the other reads again.
 */
export class Ledger {
  readonly #session: Session
  #known: { readonly page: Page; readonly seq: Seq } | null = null
  #wanted: Wanted[] = []
  #working: Promise<void> | null = null

  constructor(sessions: ScopedSessions, id: SessionId) {
    this.#session = sessions.session(id, { opens: { owner: settingsSession } })
  }

  /** The page on which the change was durable, with it; a change that gives null has seen the newest page. */
  change(change: Change): Promise<Page> {
    const done = Promise.withResolvers<Page>()
    this.#wanted.push({ change, done })
    this.#working ??= this.#work()
    return done.promise
  }

  /** As it is in the log now. */
  async read(): Promise<Page> {
    return (await this.#load()).page
  }

  async settled(): Promise<void> {
    await this.#working
  }

  async #work(): Promise<void> {
    // What asks in this turn of the loop goes out together.
    await Promise.resolve()
    while (this.#wanted.length > 0) {
      const wanted = this.#wanted
      this.#wanted = []
      try {
        const pages = await this.#written(wanted)
        for (const [at, { done }] of wanted.entries()) done.resolve(pages[at] as Page)
      } catch (error) {
        this.#known = null
        for (const { done } of wanted) done.reject(error)
      }
    }
    this.#working = null
  }

  async #written(wanted: readonly Wanted[]): Promise<readonly Page[]> {
    for (let race = 0; ; race += 1) {
      const fresh = this.#known === null
      const { page, seq } = this.#known ?? (await this.#load())
      let next = page
      const pages = wanted.map(({ change }) => {
        next = change(next) ?? next
        return next
      })
      // What changes nothing was judged on a page that others may have gone on from.
      if (next === page && fresh) return pages
      if (next !== page && (await this.#append(page, next, seq, race))) return pages
      this.#known = null
    }
  }

  /** False after a lost race. */
  async #append(before: Page, page: Page, seq: Seq, race: number): Promise<boolean> {
    const data = { scope: 'session' as const, patch: patchOf(before, page) }
    try {
      const { last } = await this.#session.append({ kind: 'state.changed', data }, { expect: seq })
      this.#known = { page, seq: last }
      return true
    } catch (error) {
      if (!isDaybookError(error) || !lost.has(error.code) || race >= mostRaces) throw error
      return false
    }
  }

  /** The head first: a cell that is newer than it makes the append a conflict, an older one would be believed. */
  async #load(): Promise<{ readonly page: Page; readonly seq: Seq }> {
    try {
      const { seq } = await this.#session.head()
      return { page: pageOf((await this.#session.cell()).state), seq }
    } catch (error) {
      if (isDaybookError(error) && error.code === 'not_found') return { page: pageOf({}), seq: 0 }
      throw error
    }
  }
}
