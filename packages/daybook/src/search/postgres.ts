// The search index of a store in PostgreSQL, in the same database: one for all servers, fed by one of them at a time.

import { randomUUID } from 'node:crypto'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Cursor } from '../store/store.ts'
import { type Batch, type IndexQuestion, type Matches, type Position, renewed, type SearchIndex } from './contract.ts'
import { find } from './postgres/asking.ts'
import { type Page, type PageStart, pageOf } from './postgres/contents.ts'
import type { Ask, Database } from './postgres/database.ts'
import { version as presentVersion } from './postgres/ddl.ts'
import { namesOf } from './postgres/names.ts'
import { Row } from './postgres/standing.ts'
import { foldAll } from './postgres/taking.ts'
import { takeOut } from './postgres/tidying.ts'
import { takeIn } from './postgres/writing.ts'

export interface PostgresIndexOptions {
  /** Connections to the database of the store; made when the index is opened, and closed with it. */
  readonly connect: () => Promise<Database>
  /** Schema of the store. The index has one of its own beside it, `<schema>_search`. */
  readonly schema: string
  /**
   * Milliseconds, by the server's clock, after which another may feed the index when the one that did is not heard of; default 12,000.
   * A follower looks every five seconds.
   */
  readonly silence?: number
  /** For tests: which words are in it and how. Another version has tables of its own. */
  readonly version?: string
}

const usualSilence = 12_000

/** Opens nothing yet. Cursors of its store are whole numbers that rise. */
export function postgresIndex(options: PostgresIndexOptions): SearchIndex {
  return new PostgresIndex(options)
}

class PostgresIndex implements SearchIndex {
  readonly name = 'postgres'
  /** The server does most of it, and folding lets others have their turn. */
  readonly apart = true
  readonly #options: PostgresIndexOptions
  readonly #row: Row
  readonly #silence: number
  /** Of this object, whatever process it is in. */
  readonly #holder = randomUUID()
  #database: Promise<Database> | null = null
  #prepared: Promise<void> | null = null
  #closed = false
  #ready = false
  /** Until when it feeds the index, by the clock of this process that only rises. */
  #leadsUntil = 0

  constructor(options: PostgresIndexOptions) {
    const { schema, version = presentVersion, silence = usualSilence } = options
    this.#options = options
    this.#silence = silence
    this.#row = new Row(namesOf(schema), version, silence)
  }

  open(): Promise<void> {
    this.#prepared ??= this.#connected()
      .then((database) => this.#row.prepare(database))
      .catch((error: unknown) => {
        this.#prepared = null
        throw error
      })
    return this.#prepared
  }

  async close(): Promise<void> {
    const connected = this.#database
    if (this.#closed || connected === null) return
    this.#closed = true
    // Nobody has to wait for who ends in order.
    await this.#resign()
    await (await connected).close()
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.close()

  position = (): Promise<Position> => this.#with(({ ask }) => this.#row.position(ask))

  /** Kept at once: what `more` allows would hold a transaction open while the next part is read. */
  async apply(batch: Batch): Promise<boolean> {
    const folded = await foldAll(batch.entries)
    return this.#writing(async (ask) => {
      const { position } = await this.#row.locked(ask)
      if (position.cursor !== batch.from) return false
      const change = await takeIn(this.#naming(ask), batch, folded)
      const witnesses = batch.witnesses.length > 0 ? batch.witnesses : position.witnesses
      await this.#row.move(ask, { cursor: batch.to, witnesses, at: batch.at }, change)
      return true
    })
  }

  async settle(): Promise<void> {}

  tidy(): Promise<boolean> {
    return this.#with(async ({ ask }) => {
      const [some] = await ask(this.#row.sql('SELECT 1 FROM index.sessions WHERE gone LIMIT 1'))
      if (!some) return false
      return this.#writing(async (ask) => {
        await this.#row.locked(ask)
        await this.#row.move(ask, null, await takeOut(this.#naming(ask)))
        return true
      })
    })
  }

  async clear(): Promise<void> {
    this.#ready = false
    await this.#writing((ask) => this.#row.empty(ask))
  }

  find(question: IndexQuestion): Promise<Matches> {
    return this.#with(async ({ ask }) => {
      const asked = await this.#row.asked(ask)
      return find((text, values) => ask(this.#row.sql(text, asked.version), values), question, asked)
    })
  }

  async *contents(): AsyncGenerator<string> {
    let after: PageStart | null = null
    do {
      const from: PageStart | null = after
      const { lines, next }: Page = await this.#with(({ ask }) => pageOf(this.#naming(ask), from))
      yield* lines
      after = next
    } while (after !== null)
  }

  readonly shared = {
    leads: async (): Promise<boolean> => {
      const now = performance.now()
      // Said again when a third of the time is over.
      if (this.#leadsUntil - now > (2 * this.#silence) / 3) return true
      const leads = await this.#with(({ ask }) => this.#row.lead(ask, this.#holder))
      this.#leadsUntil = leads ? now + this.#silence : 0
      return leads
    },
    resign: () => this.#resign(),
    holds: async (cursor: Cursor): Promise<boolean> => {
      const { cursor: reached } = await this.position()
      return BigInt(reached ?? 0) >= BigInt(cursor)
    },
    complete: async (): Promise<void> => {
      if (this.#ready) return
      await this.#with((database) => this.#row.ready(database))
      this.#ready = true
    },
  }

  /** A server that cannot be told takes the lease back by itself. */
  async #resign(): Promise<void> {
    if (this.#database === null || this.#leadsUntil < performance.now()) return
    this.#leadsUntil = 0
    const { ask } = await this.#database
    await this.#row.resign(ask, this.#holder).catch(unreached)
  }

  #naming(ask: Ask): Ask {
    return (text, values) => ask(this.#row.sql(text), values)
  }

  #connected(): Promise<Database> {
    if (this.#closed) return Promise.reject(new DaybookError('shutting_down', 'the search index is closed'))
    this.#database ??= this.#options.connect().catch((error: unknown) => {
      this.#database = null
      throw error
    })
    return this.#database
  }

  #writing<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#with((database) => database.writing(work))
  }

  /** Tables that went are made again, empty, when it is opened the next time; this call fails. */
  async #with<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await this.#connected()
    try {
      return await work(database)
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'damaged') throw error
      this.#prepared = null
      this.#ready = false
      this.#leadsUntil = 0
      throw new DaybookError('damaged', 'the search index was damaged and is made again', {
        field: renewed,
        hint: 'Ask again: nothing is lost with it.',
        cause: error,
      })
    }
  }
}

function unreached(error: unknown): void {
  if (!isDaybookError(error)) throw error
}
