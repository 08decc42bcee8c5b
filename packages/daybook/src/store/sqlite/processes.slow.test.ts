// Several processes on one file: nothing lost, nothing doubled, no lock of SQLite ever seen.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { until } from '../../until.fixture.ts'
import { sqliteStore } from '../sqlite.ts'
import type { Appending, Told } from './appender.fixture.ts'
import { inFolder } from './store.fixture.ts'

const run = promisify(execFile)
const program = new URL('./appender.fixture.ts', import.meta.url).pathname

async function appending(asked: Appending): Promise<Told> {
  const { stdout } = await run(process.execPath, [program, JSON.stringify(asked)], { timeout: 60_000 })
  return JSON.parse(stdout) as Told
}

test('Four processes open a fresh path at once and append to the same and to different sessions', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'deep', 'daybook.db')
    const rounds = 40
    const names = ['p1', 'p2', 'p3', 'p4']
    const told = await Promise.all(
      names.map((name, index) =>
        appending({ path, name, sessions: ['shared', 'also', `own-${name}`], rounds, worker: index % 2 === 1 }),
      ),
    )
    await using store = sqliteStore({ path })
    await store.open()
    const scope = store.within({ tenant: 'acme', subjects: 'all' })
    for (const session of ['shared', 'also', ...names.map((name) => `own-${name}`)]) {
      const entries = await scope.read(session)
      deepStrictEqual(
        entries.map(({ seq }) => seq),
        Array.from({ length: entries.length }, (_, index) => index + 1),
      )
      const accepted = told.flatMap((one) => one.accepted[session] ?? [])
      deepStrictEqual(
        entries
          .slice(1)
          .map(({ body }) => body)
          .sort(),
        accepted.sort(),
      )
      strictEqual(accepted.length, session.startsWith('own') ? rounds : rounds * names.length)
    }
    deepStrictEqual(await store.admin.check(), [])
    strictEqual((await stat(path)).mode & 0o777, 0o600)
  }))

test('A process that is killed while it writes leaves a file that opens and agrees with itself', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'daybook.db')
    const asked: Appending = { path, name: 'p', sessions: ['one', 'two'], rounds: 1_000_000, worker: false }
    const child = execFile(process.execPath, [program, JSON.stringify(asked)])
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await using store = sqliteStore({ path })
    await store.open()
    const scope = store.within({ tenant: 'acme', subjects: 'all' })
    await until(async () => ((await scope.head('two'))?.seq ?? 0) >= 100)
    child.kill('SIGKILL')
    await ended
    for (const session of ['one', 'two']) {
      const head = await scope.head(session)
      const [last] = await scope.read(session, { order: 'desc', limit: 1 })
      deepStrictEqual([last?.seq, last?.hash], [head?.seq, head?.hash])
    }
    deepStrictEqual(await store.admin.check(), [])
  }))
