// Where the file or its folder cannot be written: reading goes on, writing says so.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { after, opening } from '../conformance/drafts.ts'
import { fails, write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import type { Store } from '../store.ts'
import { inFolder } from './store.fixture.ts'

const nobody = 65_534
const all = (store: Store) => store.within({ tenant: 'acme', subjects: 'all' })

/** Rights bind everybody but root. */
async function unprivileged(body: () => Promise<void>): Promise<void> {
  const root = process.getuid?.() === 0
  if (root) process.seteuid?.(nobody)
  try {
    await body()
  } finally {
    if (root) process.seteuid?.(0)
  }
}

async function closeRights(folder: string, folderMode: number): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o444)
  await chmod(folder, folderMode)
}

async function readsOnly(path: string, worker: boolean): Promise<void> {
  const store = sqliteStore({ path, worker })
  await store.open()
  const head = await all(store).head('one')
  strictEqual(head?.seq, 2)
  strictEqual((await all(store).read('one')).length, 2)
  strictEqual((await all(store).list()).total, 1)
  strictEqual((await store.feed(null)).items.length, 2)
  deepStrictEqual(await store.admin.check(), [])
  await fails(() => all(store).append([after(head)]), 'store_readonly')
  await fails(() => all(store).acquire('one', 'me', 1000), 'store_readonly')
  await fails(() => all(store).blobs.put(new Uint8Array(2 * 1024 * 1024)), 'store_readonly')
  strictEqual((await all(store).head('one'))?.seq, 2)
  await store.close()
}

for (const worker of [false, true]) {
  const where = worker ? 'in a worker' : 'in this thread'

  test(`A folder and a file that cannot be written are read (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const store = sqliteStore({ path })
      await store.open()
      await write(all(store), after(await write(all(store), opening('one'))))
      await store.close()
      await closeRights(folder, 0o555)
      await unprivileged(() => readsOnly(path, worker))
      await chmod(folder, 0o755)
    }))

  test(`A file that cannot be written is read while another process writes it (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const store = sqliteStore({ path })
      await store.open()
      await write(all(store), after(await write(all(store), opening('one'))))
      await closeRights(folder, 0o555)
      await unprivileged(() => readsOnly(path, worker))
      await chmod(folder, 0o755)
      await store.close()
    }))
}
