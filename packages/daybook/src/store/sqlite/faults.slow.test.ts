// What the world does to a file: full, read-only, busy, damaged, newer, and a writer that dies.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { type ErrorCode, isDaybookError } from '../../schema/errors.ts'
import { after, opening } from '../conformance/drafts.ts'
import { fails, write } from '../conformance/suite.ts'
import { type SqliteOptions, sqliteStore } from '../sqlite.ts'
import type { ScopedStore, Store } from '../store.ts'
import { blobFolder } from './blobs.ts'
import { inFolder } from './store.fixture.ts'

const all = (store: Store) => store.within({ tenant: 'acme', subjects: 'all' })

async function opened(options: SqliteOptions): Promise<{ store: Store; scope: ScopedStore }> {
  const store = sqliteStore(options)
  await store.open()
  return { store, scope: all(store) }
}

for (const worker of [false, true]) {
  const where = worker ? 'in a worker' : 'in this thread'

  test(`When there is no room left, writes say so, nothing of them is kept, and reading goes on (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const { store, scope } = await opened({ path, worker, maxBytes: 400_000 })
      let head = await write(scope, opening('one'))
      const body = JSON.stringify('x'.repeat(20_000))
      let code: ErrorCode | null = null
      for (let n = 0; n < 100 && code === null; n += 1) {
        const next = after(head, { bodies: [body] })
        try {
          head = await write(scope, next)
        } catch (error) {
          code = isDaybookError(error) ? error.code : 'internal'
        }
      }
      strictEqual(code, 'store_full')
      deepStrictEqual(await scope.head('one'), head)
      strictEqual((await scope.read('one')).length, head.seq)
      await fails(() => scope.append([after(head, { bodies: [body] })]), 'store_full')
      await store.close()
      const again = await opened({ path, worker })
      await write(again.scope, after(head, { bodies: [body] }))
      deepStrictEqual(await again.store.admin.check(), [])
      await again.store.close()
    }))

  test(`A write that another process holds up for too long fails with store_busy; reading goes on (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const { store, scope } = await opened({ path, worker, wait: 120 })
      const head = await write(scope, opening('one'))
      const other = new DatabaseSync(path)
      other.exec('BEGIN IMMEDIATE')
      await fails(() => scope.append([after(head)]), 'store_busy')
      deepStrictEqual(await scope.head('one'), head)
      const waiting = scope.append([after(head)])
      other.exec('ROLLBACK')
      deepStrictEqual(await waiting, [{ ok: true, first: 2, last: 2, replayed: false }])
      other.close()
      await store.close()
    }))

  test(`A value that no column takes refuses its own append only (${where})`, () =>
    inFolder(async (folder) => {
      const { store, scope } = await opened({ path: join(folder, 'daybook.db'), worker })
      const good = opening('good')
      const bad = opening('bad')
      const fraction = { ...bad, entries: bad.entries.map((entry) => ({ ...entry, at: 1.5 })) }
      const later = opening('later')
      deepStrictEqual(
        (await scope.append([good, fraction, after(good.head), later])).map((one) => (one.ok ? one.last : one.code)),
        [1, 'invalid', 2, 1],
      )
      strictEqual(await scope.head('bad'), null)
      await write(scope, opening('bad'))
      deepStrictEqual(await store.admin.check(), [])
      await store.close()
    }))

  test(`An erased text leaves the log beside the file, also when a neighbour is refused (${where})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const { store, scope } = await opened({ path, worker })
      const secret = 'to-be-forgotten'
      const said = after(await write(scope, opening('one')), { bodies: [JSON.stringify(secret)] })
      const head = await write(scope, said)
      const kept = async () =>
        (await readFile(path)).includes(secret) || (await readFile(`${path}-wal`)).includes(secret)
      strictEqual(await kept(), true)
      const bad = opening('bad')
      const fraction = { ...bad, entries: bad.entries.map((entry) => ({ ...entry, at: 1.5 })) }
      const outcomes = await scope.append([after(head, { erase: [head.seq] }), fraction])
      deepStrictEqual(
        outcomes.map((one) => (one.ok ? one.last : one.code)),
        [3, 'invalid'],
      )
      strictEqual(await kept(), false)
      await store.close()
    }))
}

test('A writer thread that dies with writes in flight: each is written once and answered', () =>
  inFolder(async (folder) => {
    const workers: Worker[] = []
    const seen = (worker: Worker) => workers.push(worker)
    process.on('worker', seen)
    const { store, scope } = await opened({ path: join(folder, 'daybook.db'), worker: true })
    let head = await write(scope, opening('one'))
    for (let round = 0; round < 12; round += 1) {
      const batch = []
      for (let n = 0; n < 40; n += 1) {
        const append = after(head, n % 2 === 0 ? { key: { id: `${round} ${n}`, digest: 'd' } } : {})
        batch.push(append)
        head = append.head
      }
      const answer = scope.append(batch)
      // At another moment each time: before, within or behind the commit.
      for (let turn = 0; turn < round % 6; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      await workers.at(-1)?.terminate()
      const outcomes = await answer
      ok(outcomes.every((outcome) => outcome.ok))
    }
    process.off('worker', seen)
    ok(workers.length > 1, 'a new thread came')
    deepStrictEqual(
      (await scope.read('one')).map(({ seq }) => seq),
      Array.from({ length: 481 }, (_, index) => index + 1),
    )
    deepStrictEqual(await store.admin.check(), [])
    await store.close()
  }))

test('A file that is no daybook is refused and left as it is', () =>
  inFolder(async (folder) => {
    const text = join(folder, 'text.db')
    await writeFile(text, 'This is not a database at all, but a text of some length.'.repeat(100))
    await fails(() => sqliteStore({ path: text }).open(), 'damaged')
    const foreign = join(folder, 'foreign.db')
    const db = new DatabaseSync(foreign)
    db.exec('CREATE TABLE others(a)')
    db.close()
    const before = await readFile(foreign)
    await fails(() => sqliteStore({ path: foreign }).open(), 'damaged')
    const same = new DatabaseSync(foreign, { readOnly: true })
    strictEqual(same.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n, 1)
    same.close()
    ok(before.length > 0)
  }))

test('A path that cannot be opened says unreachable, one in memory is refused', () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, 'taken.db'))
    await fails(() => sqliteStore({ path: join(folder, 'taken.db') }).open(), 'unreachable')
    await fails(async () => sqliteStore({ path: ':memory:' }), 'invalid')
    const { scope, store } = await opened({ path: join(folder, 'a.db') })
    await fails(async () => all(sqliteStore({ path: join(folder, 'b.db') })).head('one'), 'unreachable')
    await write(scope, opening('one'))
    await store.close()
    deepStrictEqual((await readdir(folder)).sort(), ['a.db', 'taken.db'])
  }))

test('Damaged pages are found by the check, and reading them says damaged', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    const first = await opened({ path })
    let head = await write(first.scope, opening('one'))
    for (let n = 0; n < 200; n += 1)
      head = await write(first.scope, after(head, { bodies: [JSON.stringify('y'.repeat(1500))] }))
    await first.store.close()
    const bytes = await readFile(path)
    bytes.fill(0xa5, 60 * 4096, bytes.length - 4096)
    await writeFile(path, bytes)
    const { store, scope } = await opened({ path })
    let found: ErrorCode | 'clean' = 'clean'
    try {
      await scope.read('one')
    } catch (error) {
      found = isDaybookError(error) ? error.code : 'internal'
    }
    strictEqual(found, 'damaged')
    ok((await store.admin.check()).some(({ what }) => what === 'engine'))
    await store.close()
  }))

test('The file, its folder and its log are for their owner alone', () =>
  inFolder(async (folder) => {
    await chmod(folder, 0o755)
    const { store, scope } = await opened({ path: join(folder, 'new', 'daybook.db') })
    await write(scope, opening('one'))
    const { stat } = await import('node:fs/promises')
    strictEqual((await stat(join(folder, 'new'))).mode & 0o777, 0o700)
    for (const name of await readdir(join(folder, 'new'))) {
      strictEqual((await stat(join(folder, 'new', name))).mode & 0o777, 0o600, name)
    }
    await store.close()
  }))

for (const worker of [false, true]) {
  test(`A file that cannot be closed well is told at close, with the cause (${worker ? 'in a worker' : 'in this thread'})`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'daybook.db')
      const { store, scope } = await opened({ path, worker })
      await write(scope, opening('one'))
      await truncate(`${path}-wal`)
      await rejects(store.close(), (error) => {
        return isDaybookError(error) && error.code === 'unreachable' && error.cause instanceof Error
      })
    }))
}

test('A group over which the thread fails again and again is given up, with what the thread said last', () =>
  inFolder(async (folder) => {
    const threads: Worker[] = []
    const listed = (worker: Worker): unknown => threads.push(worker)
    // Not a request: the thread fails over it.
    const hurt = (worker: Worker): void => worker.postMessage(null)
    /** Until it is over nothing of it is heard: what it said and what ended it then come in any order. */
    const hurtUnheard = (worker: Worker): void => {
      const running = (): number => readdirSync('/proc/self/task').length
      const others = running() - 1
      hurt(worker)
      const end = performance.now() + 5_000
      while (running() > others && performance.now() < end);
    }
    process.on('worker', listed)
    const store = sqliteStore({ path: join(folder, 'daybook.db'), worker: true })
    await store.open()
    process.off('worker', listed)
    // The first thread is hurt only now: one that fails while it opens fails the opening.
    process.on('worker', hurtUnheard)
    strictEqual(threads.length, 1)
    threads.forEach(hurt)
    const append = all(store).append([opening('one')])
    await rejects(append, (error) => {
      return isDaybookError(error) && error.code === 'internal' && error.cause instanceof TypeError
    })
    process.off('worker', hurtUnheard)
    await store.close()
  }))

test('A sweep passes over files of blobs that went while it looked', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    const { store, scope } = await opened({ path })
    await write(scope, opening('one'))
    const part = join(blobFolder(path), 'aa')
    await mkdir(part, { recursive: true })
    // Listed, but not there when it is looked at.
    await symlink(join(folder, 'gone'), join(part, 'a'.repeat(64)))
    deepStrictEqual(await store.admin.sweep(), { tombstones: 0, hiddenEntries: 0, blobs: 0 })
    await store.close()
  }))
