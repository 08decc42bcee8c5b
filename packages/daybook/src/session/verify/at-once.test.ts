// Verification of several sessions at once says what that of one after the other says.

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { sqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { openSessions } from '../sessions.ts'
import { plantedStore, range, say, until } from '../testing.fixture.ts'
import { verifyStore } from '../verify.ts'
import { eachAtOnce } from './at-once.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] } as const

async function* numbers(count: number): AsyncGenerator<number> {
  yield* range(count)
}

test('Never more than asked for are under way, and all are done', async () => {
  let most = 0
  let running = 0
  const done: number[] = []
  await eachAtOnce(numbers(20), 4, async (number) => {
    running += 1
    most = Math.max(most, running)
    for (let left = number % 5; left > 0; left -= 1) await turn()
    running -= 1
    done.push(number)
  })
  strictEqual(most, 4)
  deepStrictEqual(
    done.sort((one, other) => one - other),
    range(20),
  )
})

test('A failure is told once what is under way has ended, and nothing more begins', async () => {
  const begun: number[] = []
  let ended = 0
  const work = async (number: number) => {
    begun.push(number)
    await turn()
    ended += 1
    if (number === 2) throw new Error('the store went away')
  }
  await rejects(eachAtOnce(numbers(50), 3, work), /went away/)
  ok(begun.length < 10)
  strictEqual(ended, begun.length)
})

/** Ten sessions with two forks each, of which some are damaged: bases, forks, and what forks inherit. */
async function damaged(path: string): Promise<void> {
  const store = sqliteStore({ path, durability: 'relaxed' })
  await using sessions = await openSessions({ store })
  const mine = sessions.within(scope)
  for (const n of range(10)) {
    const base = await mine.open({ id: `base-${n}` })
    await base.append(range(6).map((each) => say(`${n} ${each}`)))
    const fork = await base.fork({ id: `fork-${n}`, at: 5 })
    await fork.append(say('on the fork'))
    await (await fork.fork({ id: `deep-${n}` })).append(say('further'))
  }
  await sessions.close()
  await store.close()
  const file = new DatabaseSync(path)
  const change = file.prepare(
    'UPDATE entries SET body = ? WHERE seq = ? AND sid = (SELECT sid FROM sessions WHERE id = ?)',
  )
  for (const [seq, session] of [
    [3, 'base-2'],
    [7, 'base-4'],
    [7, 'fork-5'],
    [2, 'base-8'],
    [8, 'deep-8'],
  ] as const) {
    strictEqual(Number(change.run('{"role":"user","content":"other"}', seq, session).changes), 1)
  }
  file.close()
}

async function inFile(body: (store: Store) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-at-once-'))
  try {
    const path = join(folder, 'daybook.db')
    await damaged(path)
    await using store = sqliteStore({ path })
    await store.open()
    await body(store)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('However many are looked at together, and whichever is slow, the report is the same', () =>
  inFile(async (store) => {
    const alone = await verifyStore(store, { atOnce: 1 })
    ok(alone.findings.length >= 5 && !alone.healthy)
    for (const slow of ['base', 'fork', 'deep']) {
      const slowly = plantedStore(store, {
        async read(next, session) {
          if (session.startsWith(slow)) for (let left = 20; left > 0; left -= 1) await turn()
          return next()
        },
      })
      for (const atOnce of [2, 16, 100]) deepStrictEqual(await verifyStore(slowly, { atOnce }), alone)
    }
  }))

test('A fork waits for its base, so that nothing inherited is read again, and others do not', () =>
  inFile(async (store) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const read = new Set<string>()
    const held = plantedStore(store, {
      async read(next, session) {
        read.add(session)
        if (session === 'base-1') await promise
        return next()
      },
    })
    const verified = verifyStore(held, { atOnce: 8 })
    await until(() => read.has('deep-10'))
    deepStrictEqual([read.has('base-1'), read.has('fork-1')], [true, false])
    resolve()
    strictEqual((await verified).entries, (await verifyStore(store, { atOnce: 1 })).entries)
  }))
