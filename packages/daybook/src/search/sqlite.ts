// The search index in a SQLite file with FTS5, in the caller's thread or in one of its own.

import type { SearchIndex } from './contract.ts'
import { LocalIndex, type Page, type PageStart } from './sqlite/local.ts'
import type { RemoteIndex } from './sqlite/remote.ts'

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
  let made: Promise<LocalIndex | RemoteIndex> | undefined
  /** Threads only where one is asked for. */
  const index = (): Promise<LocalIndex | RemoteIndex> => {
    made ??= worker
      ? import('./sqlite/remote.ts').then(({ RemoteIndex }) => new RemoteIndex(file))
      : Promise.resolve(new LocalIndex(file))
    return made
  }
  const close = async () => (await made)?.close()
  return {
    name: 'sqlite',
    apart: worker,
    open: async () => (await index()).open(),
    close,
    [Symbol.asyncDispose]: close,
    position: async () => (await index()).position(),
    apply: async (batch) => (await index()).apply(batch),
    settle: async () => (await index()).settle(),
    tidy: async () => (await index()).tidy(),
    clear: async () => (await index()).clear(),
    find: async (question) => (await index()).find(question),
    contents: () => contents(async (after) => (await index()).page(after)),
  }
}

async function* contents(page: (after: PageStart | null) => Promise<Page>): AsyncGenerator<string> {
  let after: PageStart | null = null
  do {
    const { lines, next }: Page = await page(after)
    yield* lines
    after = next
  } while (after !== null)
}
