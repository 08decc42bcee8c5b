// Limits that the system sets on files, met by a real process.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { after } from '../conformance/drafts.ts'
import { write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import type { Met } from './disk.fixture.ts'
import { inFolder } from './store.fixture.ts'

const run = promisify(execFile)
const program = new URL('./disk.fixture.ts', import.meta.url).pathname
/** In units of 512 bytes. */
const largest = 1200

for (const worker of [false, true]) {
  const where = worker ? 'in a worker' : 'in this thread'

  test(`At a limit on the size of files writes say store_full, reading and closing go on, nothing is lost (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const limited = `ulimit -f ${largest}; exec "$0" "$@"`
      const args = ['-c', limited, process.execPath, program, JSON.stringify({ path, worker })]
      const { stdout } = await run('sh', args, { timeout: 60_000 })
      const met = JSON.parse(stdout) as Met
      deepStrictEqual(met, { ...met, code: 'store_full', blob: 'store_full', head: met.acknowledged, closed: true })
      await using store = sqliteStore({ path })
      await store.open()
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      const head = await scope.head('one')
      strictEqual(head?.seq, met.acknowledged)
      strictEqual((await scope.read('one')).length, met.acknowledged)
      await write(scope, after(head, { bodies: ['"more"'] }))
      deepStrictEqual(await store.admin.check(), [])
    }))
}
