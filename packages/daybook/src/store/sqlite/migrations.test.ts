// Formats of files: older ones are lifted after a copy was made, newer ones are refused, and a step that fails leaves nothing.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { after, opening } from '../conformance/drafts.ts'
import { fails, write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import { Connection } from './connection.ts'
import { type FileFormat, formatOf, meta, presentFormat, setMeta } from './migrations.ts'
import { OpenFile } from './open.ts'
import { inFolder } from './store.fixture.ts'

/** A release to come: two formats ahead. */
const later: FileFormat = {
  format: presentFormat.format + 2,
  kinds: presentFormat.kinds,
  steps: {
    [presentFormat.format]: ({ db }) => db.exec("ALTER TABLE sessions ADD COLUMN colour TEXT DEFAULT 'none'"),
    [presentFormat.format + 1]: ({ db }) => db.exec("UPDATE sessions SET colour = 'blue' WHERE id = 'one'"),
  },
}

async function older(path: string): Promise<void> {
  await using store = sqliteStore({ path })
  await store.open()
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  await write(scope, after(await write(scope, opening('one'))))
  await write(scope, opening('two'))
}

function look<T>(path: string, question: (connection: Connection) => T): T {
  const connection = new Connection({ path, readOnly: true })
  try {
    return question(connection)
  } finally {
    connection.close()
  }
}

test('An older file is lifted step by step, with a copy of it beside', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    await older(path)
    // Two at once: one lifts, the other finds it lifted.
    const files = [1, 2].map(() => new OpenFile({ path, worker: false, present: later }, () => {}))
    await Promise.all(files.map((file) => file.open()))
    for (const file of files) await file.close()
    const copy = `${path}.before-${later.format}`
    deepStrictEqual(
      (await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name)),
      ['daybook.db', `daybook.db.before-${later.format}`],
    )
    strictEqual(
      look(path, (connection) => formatOf(connection, later)),
      later.format,
    )
    deepStrictEqual(
      look(path, (connection) => connection.rows('SELECT id, colour FROM sessions ORDER BY sid').all()),
      [
        ['one', 'blue'],
        ['two', 'none'],
      ],
    )
    strictEqual(
      look(copy, (connection) => meta(connection, 'format')),
      String(presentFormat.format),
    )
    await using before = sqliteStore({ path: copy })
    await before.open()
    strictEqual((await before.within({ tenant: 'acme', subjects: 'all' }).read('one')).length, 2)
    await fails(() => sqliteStore({ path }).open(), 'too_new')
  }))

test('A step that fails leaves the file as it was', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    await older(path)
    const broken: FileFormat = {
      ...later,
      steps: {
        ...later.steps,
        [presentFormat.format + 1]() {
          throw new Error('power cut')
        },
      },
    }
    await fails(() => new OpenFile({ path, worker: false, present: broken }, () => {}).open(), 'internal')
    await using store = sqliteStore({ path })
    await store.open()
    deepStrictEqual(await store.admin.check(), [])
    ok(
      look(
        path,
        ({ db }) =>
          !db
            .prepare('PRAGMA table_info(sessions)')
            .all()
            .some(({ name }) => name === 'colour'),
      ),
    )
  }))

test('A file with entries of kinds that this version does not know is refused', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    await older(path)
    const connection = new Connection({ path })
    setMeta(connection, 'kinds', String(presentFormat.kinds + 1))
    connection.close()
    await fails(() => sqliteStore({ path }).open(), 'too_new')
  }))

test('A fresh file says its format, its highest kind and an identity of its own', () =>
  inFolder(async (folder) => {
    const ids = new Set<string | null>()
    for (const name of ['a.db', 'b.db']) {
      const path = join(folder, name)
      await older(path)
      strictEqual(
        look(path, (connection) => meta(connection, 'format')),
        String(presentFormat.format),
      )
      strictEqual(
        look(path, (connection) => meta(connection, 'kinds')),
        String(presentFormat.kinds),
      )
      ids.add(look(path, (connection) => meta(connection, 'store')))
    }
    strictEqual(ids.size, 2)
  }))
