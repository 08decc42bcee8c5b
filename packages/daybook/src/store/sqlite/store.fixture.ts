// A SQLite store in a folder of its own, for one test: its clock, itself opened again, a second instance.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StoreUnderTest, testClock } from '../conformance/suite.ts'
import { type SqliteOptions, sqliteStore } from '../sqlite.ts'
import type { Store } from '../store.ts'

/** Gives `body` a folder and removes it afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function sqliteUnderTest(worker: boolean): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-'))
  const clock = testClock()
  const options: SqliteOptions = { path: join(folder, 'daybook.db'), worker, clock: clock.now }
  const first = sqliteStore(options)
  const stores: Store[] = [first]
  const another = async () => {
    const store = sqliteStore(options)
    stores.push(store)
    await store.open()
    return store
  }
  return {
    store: first,
    clock,
    async reopen() {
      await first.close()
      return another()
    },
    twin: another,
    async dispose() {
      for (const store of stores) await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
