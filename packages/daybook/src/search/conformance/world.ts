// What the parts of the suite share: one empty index for each test, and a feed that is made up entry by entry.

import { deepStrictEqual } from 'node:assert/strict'
import type { Kind } from '../../schema/kinds.ts'
import type { Scope } from '../../store/store.ts'
import type { Filters, IndexQuestion, Matches, SearchIndex } from '../contract.ts'
import type { FeedEntry, SessionRow } from '../feed-items.ts'
import { type Level, readQuery } from '../query.ts'

/** The two calls of a test runner that the suite needs; `node:test` has both. */
export interface Registrar {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>): void
}

/** One empty index for one test. */
export interface IndexUnderTest {
  readonly index: SearchIndex
  /** Closes the index and opens its backing again; only where it outlives its closing. */
  reopen?(): Promise<SearchIndex>
  /** A second instance on the same backing while the first is open. */
  twin?(): Promise<SearchIndex>
  /** Closes what is open and removes the backing. */
  dispose(): Promise<void>
}

export interface IndexFactory {
  readonly name: string
  create(): Promise<IndexUnderTest>
}

export interface Suite {
  test(promise: string, body: (world: World) => Promise<void>): void
}

export function suiteOf(register: Registrar, factory: IndexFactory): Suite {
  return {
    test: (promise, body) =>
      register.it(promise, async () => {
        const given = await factory.create()
        try {
          await given.index.open()
          await body(new World(given))
        } finally {
          await given.dispose()
        }
      }),
  }
}

export const tenant = 'acme'
export const anna = 'user:anna'
export const bob = 'user:bob'
/** A moment at which nothing happened yet. */
export const start = Date.UTC(2026, 0, 1)

export interface Asking extends Filters {
  readonly scope?: Scope
  readonly level?: Level
  readonly limit?: number
  readonly offset?: number
  readonly now?: number
}

/** A feed that grows, and an index that reads it. */
export class World {
  readonly given: IndexUnderTest
  index: SearchIndex
  #entries: FeedEntry[] = []
  readonly #rows = new Map<string, SessionRow>()
  readonly #seqs = new Map<string, number>()
  #touched = new Set<string>()
  #cursor = 0

  constructor(given: IndexUnderTest) {
    this.given = given
    this.index = given.index
  }

  /** Says what a session is from its next entry on. */
  session(id: string, fields: Partial<SessionRow> = {}): void {
    const before = this.#rows.get(this.#name(id, fields.tenant))
    const row: SessionRow = {
      tenant,
      session: id,
      place: 'open',
      owner: anna,
      readers: [],
      agent: null,
      currentAgent: 'orchestrator',
      user: null,
      branch: null,
      repository: null,
      base: null,
      ...before,
      ...fields,
    }
    this.#rows.set(this.#name(id, row.tenant), row)
  }

  /** One entry more, which nobody has read yet. */
  write(id: string, kind: Kind, data: unknown, at = start, name = tenant): void {
    const key = this.#name(id, name)
    if (!this.#rows.has(key)) this.session(id, { tenant: name })
    const seq = (this.#seqs.get(key) ?? this.#rows.get(key)?.base?.seq ?? 0) + 1
    this.#seqs.set(key, seq)
    this.#touched.add(key)
    const body = data === null ? null : JSON.stringify(data)
    this.#entries.push({ tenant: name, session: id, seq, kind, v: 1, at, body, hash: `${key} ${seq}` })
  }

  say(id: string, content: string, at = start): void {
    this.write(id, 'message', { role: 'user', content }, at)
  }

  /** The id belongs to nobody any more; who takes it begins at 1. */
  free(id: string): void {
    this.#rows.delete(this.#name(id))
    this.#seqs.delete(this.#name(id))
  }

  /** The index reads what was written, so many entries at a time; `more`: as if more followed right behind it. */
  async read(most = Number.POSITIVE_INFINITY, index = this.index, more?: true): Promise<void> {
    const entries = this.#entries
    const sessions = [...this.#touched].flatMap((key) => this.#rows.get(key) ?? [])
    this.#entries = []
    this.#touched = new Set()
    for (let from = 0; from < entries.length; from += most) {
      const part = entries.slice(from, from + most)
      const named = new Set(part.map((each) => this.#name(each.session, each.tenant)))
      const rows = sessions.filter((row) => named.has(this.#name(row.session, row.tenant)))
      deepStrictEqual(await this.#apply(part, rows, index, more), true)
    }
  }

  async #apply(
    entries: readonly FeedEntry[],
    sessions: readonly SessionRow[],
    index: SearchIndex,
    more?: true,
  ): Promise<boolean> {
    const from = this.#cursor === 0 ? null : String(this.#cursor)
    const to = String(this.#cursor + entries.length)
    const witnesses = entries.slice(-1).map(({ session, seq, hash }) => ({ tenant, session, seq, hash }))
    const batch = { from, to, entries, sessions, witnesses, at: start }
    const applied = await index.apply(more ? { ...batch, more } : batch)
    if (applied) this.#cursor += entries.length
    return applied
  }

  find(q: string | null, asking: Asking = {}, index = this.index): Promise<Matches> {
    const { scope, level = 'all', limit = 20, offset = 0, now = start, ...filters } = asking
    const question: IndexQuestion = {
      scope: scope ?? { tenant, subjects: [anna] },
      wanted: q === null ? null : (readQuery(q) ?? { terms: [] }),
      filters,
      level,
      now,
      offset,
      limit,
    }
    return index.find(question)
  }

  /** Addresses of the hits, best first. */
  async hits(q: string | null, asking: Asking = {}, index = this.index): Promise<string[]> {
    const { matches } = await this.find(q, asking, index)
    return matches.map(({ session, seq }) => `${session}@${seq}`)
  }

  async contents(index = this.index): Promise<string[]> {
    const lines: string[] = []
    for await (const line of index.contents()) lines.push(line)
    return lines
  }

  #name(id: string, name = tenant): string {
    return `${name} ${id}`
  }
}
