// The search index in a SQLite file with FTS5, in the caller's thread or in one of its own.

import type { SearchIndex } from './contract.ts'
import { LocalIndex, type Page, type PageStart } from './sqlite/local.ts'
import { RemoteIndex } from './sqlite/remote.ts'

export interface SqliteIndexOptions {
  /** Path of the file; it and its folder are made when missing. `:memory:` keeps it in memory, for as long as it is open. */
  readonly path: string
  /** Work in a thread of its own: for servers. Default false. */
  readonly worker?: boolean
  /** Milliseconds a write waits for another process before it fails with `store_busy`; default 5,000. */
  readonly wait?: number
}

/** Opens nothing yet. What the file holds is made from the store: losing it costs the time to read the store again. */
export function sqliteIndex(options: SqliteIndexOptions): SearchIndex {
  const { path, wait, worker = false } = options
  const file = { path, ...(wait === undefined ? {} : { wait }) }
  const index = worker ? new RemoteIndex(file) : new LocalIndex(file)
  const close = async () => index.close()
  return {
    name: 'sqlite',
    apart: worker,
    open: async () => index.open(),
    close,
    [Symbol.asyncDispose]: close,
    position: async () => index.position(),
    apply: async (batch) => index.apply(batch),
    tidy: async () => index.tidy(),
    clear: async () => index.clear(),
    find: async (question) => index.find(question),
    contents: () => contents((after) => index.page(after)),
  }
}

async function* contents(page: (after: PageStart | null) => Page | Promise<Page>): AsyncGenerator<string> {
  let after: PageStart | null = null
  do {
    const { lines, next }: Page = await page(after)
    yield* lines
    after = next
  } while (after !== null)
}
