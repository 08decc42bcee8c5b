// The SQLite index as its suite opens it: a file in a folder of its own, in the caller's thread or in one of its own.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexUnderTest } from './conformance/world.ts'
import { sqliteIndex } from './sqlite.ts'

export async function sqliteUnderTest(worker: boolean): Promise<IndexUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-search-'))
  const path = join(folder, 'test.db-search')
  const opened = [sqliteIndex({ path, worker })]
  const another = async () => {
    const index = sqliteIndex({ path, worker })
    opened.push(index)
    await index.open()
    return index
  }
  return {
    index: opened[0] ?? sqliteIndex({ path }),
    async reopen() {
      for (const index of opened.splice(0)) await index.close()
      return another()
    },
    twin: another,
    async dispose() {
      for (const index of opened) await index.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
