// Files of every released format open for ever, and say what they said.

import { deepStrictEqual, ok } from 'node:assert/strict'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { after } from '../../src/store/conformance/drafts.ts'
import { testClock } from '../../src/store/conformance/suite.ts'
import { sqliteStore } from '../../src/store/sqlite.ts'
import { asked } from './asked.ts'
import { everything } from './everything.ts'

const here = new URL('.', import.meta.url).pathname
const names = (await readdir(here)).filter((name) => name.endsWith('.db')).map((name) => name.slice(0, -3))
ok(names.length > 0)

for (const name of names) {
  test(`A file of ${name} opens, says what it said, and takes new entries`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daybook-'))
    const path = join(folder, 'daybook.db')
    await copyFile(join(here, `${name}.db`), path)
    await chmod(path, 0o600)
    const expected: unknown = JSON.parse(await readFile(join(here, `${name}.json`), 'utf8'))
    const clock = testClock()
    try {
      await using store = sqliteStore({ path, clock: clock.now })
      await store.open()
      deepStrictEqual(JSON.parse(JSON.stringify(await everything(store, asked))), expected)
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      const head = await scope.head('ses_plain')
      ok(head)
      ok((await scope.append([after(head)]))[0]?.ok)
      deepStrictEqual(await store.admin.check(), [])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}
