// Copies of a store: consistent while others write, complete with the blobs beside it, never over another file.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { after, opening } from '../conformance/drafts.ts'
import { fails, write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import { inFolder } from './store.fixture.ts'

for (const worker of [false, true]) {
  test(`A backup taken under writing opens, agrees with itself and has the blobs (${worker ? 'in a worker' : 'in this thread'})`, () =>
    inFolder(async (folder) => {
      await using store = sqliteStore({ path: join(folder, 'daybook.db'), worker })
      await store.open()
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      const large = new Uint8Array(3 * 1024 * 1024).fill(7)
      const hashes = [await scope.blobs.put(large), await scope.blobs.put(new Uint8Array([1, 2, 3]))]
      let head = await write(scope, opening('one', { blobs: hashes }))
      let writing = true
      const writer = async () => {
        while (writing) head = await write(scope, after(head, { bodies: [JSON.stringify('z'.repeat(5000))] }))
      }
      const written = writer()
      while (head.seq < 50) await new Promise((resolve) => setImmediate(resolve))
      const to = join(folder, 'copies', 'copy.db')
      const { bytes } = await store.admin.backup(to)
      const then = head.seq
      writing = false
      await written
      ok(bytes > large.length)
      await fails(() => store.admin.backup(to), 'exists')
      strictEqual((await stat(to)).mode & 0o777, 0o600)
      deepStrictEqual((await readdir(join(folder, 'copies'))).sort(), ['copy.db', 'copy.db-blobs'])

      await using copy = sqliteStore({ path: to })
      await copy.open()
      const copied = copy.within({ tenant: 'acme', subjects: 'all' })
      const seq = (await copied.head('one'))?.seq ?? 0
      ok(seq >= 50 && seq <= then + 1)
      deepStrictEqual(await copied.read('one', { until: 50 }), await scope.read('one', { until: 50 }))
      deepStrictEqual(await copied.blobs.get(hashes[0] ?? '', { start: 5, end: 9 }), large.slice(5, 9))
      deepStrictEqual(await copied.blobs.get(hashes[1] ?? ''), new Uint8Array([1, 2, 3]))
      deepStrictEqual(await copy.admin.check(), [])
    }))
}
