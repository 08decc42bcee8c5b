// What the check finds in a file that somebody changed by hand, and what mending makes of it.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { after, opening } from '../conformance/drafts.ts'
import { write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import { inFolder } from './store.fixture.ts'

const harms: Readonly<Record<string, string>> = {
  'a session missing in a list': 'DELETE FROM listed WHERE list = 1',
  'a list row of nobody': 'INSERT INTO listed VALUES (1, 999, 999)',
  'a wrong count': 'UPDATE lists SET n = n + 1',
  'a wrong position': 'UPDATE sessions SET last_pos = 1000 + sid',
  'a wrong seq': 'UPDATE sessions SET seq = 77 WHERE sid = 1',
  'a wrong owner': "UPDATE sessions SET owner = 'user:mallory'",
  'a wrong label': "UPDATE sessions SET agent = NULL, label = 'x'",
  'a wrong due': 'UPDATE sessions SET due = 5',
  'a wrong status': 'UPDATE sessions SET status = 3, attention = 1',
  'a wrong place': 'UPDATE sessions SET place = 2 WHERE sid = 1',
  'rows without a session': "INSERT INTO cells VALUES (999, '{}')",
  'a wrong count of entries': "UPDATE meta SET v = '5' WHERE k = 'removed'",
}

for (const [what, harm] of Object.entries(harms)) {
  test(`The check finds ${what}, and mending repairs it`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      await using store = sqliteStore({ path })
      await store.open()
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      const head = await write(scope, after(await write(scope, opening('one', { head: { agent: 'coder', due: 9 } }))))
      await write(scope, opening('two', { head: { readers: ['user:bob'] } }))
      const before = await scope.list()
      deepStrictEqual(await store.admin.check(), [])
      const db = new DatabaseSync(path)
      db.exec(harm)
      db.close()
      ok((await store.admin.check()).length > 0)
      ok((await store.admin.mend()).length > 0)
      deepStrictEqual(await store.admin.check(), [])
      deepStrictEqual(await scope.list(), before)
      deepStrictEqual((await scope.list({ where: { agent: 'coder' } })).items, [head])
      strictEqual((await store.due(10)).length, 1)
      await write(scope, after(head))
    }))
}

test('A head that cannot be read says damaged; walking over all rows goes on', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    await using store = sqliteStore({ path })
    await store.open()
    const scope = store.within({ tenant: 'acme', subjects: 'all' })
    const head = await write(scope, opening('one'))
    const db = new DatabaseSync(path)
    db.exec("UPDATE sessions SET head = '{broken'")
    db.close()
    let code: unknown
    await scope.head('one').catch((error: { code: string }) => {
      code = error.code
    })
    strictEqual(code, 'damaged')
    const { items } = await store.admin.rows(null)
    deepStrictEqual([items[0]?.session, items[0]?.head], ['one', null])
    strictEqual(await scope.refold('one', head, head, null), true)
    deepStrictEqual(await scope.head('one'), { ...head, refolds: 1 })
  }))
