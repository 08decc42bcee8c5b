// Healthy stores give no finding, whatever was done to their sessions.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { programs, runProgram } from './programs.fixture.ts'
import { openSessions } from './sessions.ts'
import { repairStore, verifyStore } from './verify.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] } as const

async function healthy(store: Store, program: Parameters<typeof runProgram>[1]): Promise<void> {
  const engine = await openSessions({ store })
  await runProgram(engine.within(scope), program)
  await engine.close()
  assert.deepEqual((await verifyStore(store)).findings, [])
}

test('[B9] random programs leave nothing to be found in memory', async () => {
  await fc.assert(
    fc.asyncProperty(programs(60), async (program) => healthy(memoryStore(), program)),
    cases(60),
  )
})

test('[B9] random programs leave nothing to be found in a file', async () => {
  const run = async (program: Parameters<typeof runProgram>[1]): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'daybook-programs-'))
    const store = sqliteStore({ path: join(folder, 'daybook.db'), durability: 'relaxed' })
    try {
      await healthy(store, program)
    } finally {
      await store.close()
      rmSync(folder, { recursive: true })
    }
  }
  await fc.assert(fc.asyncProperty(programs(40), run), cases(15))
})

test('a store that is written to while it is verified is found healthy', async () => {
  const store = memoryStore()
  const engine = await openSessions({ store })
  const sessions = engine.within(scope)
  const ids = await Promise.all(Array.from({ length: 8 }, async () => (await sessions.open()).id))
  let verifying = true
  const write = async (id: string): Promise<void> => {
    const session = sessions.session(id)
    for (let index = 0; verifying; index += 1) {
      await session.append({ kind: 'message', data: { role: 'user', content: `m${index}` } })
      if (index % 9 === 8) await session.erase([(await session.head()).seq])
      if (index % 10 === 9) await session.rewind(2)
      if (index % 25 === 24) await session.fork({ at: index })
      await new Promise(setImmediate)
    }
  }
  const writing = Promise.all(ids.map(write))
  for (let round = 0; round < 5; round += 1) assert.deepEqual((await verifyStore(store)).findings, [])
  verifying = false
  await writing
  await engine.close()
})

test('repairing a healthy store changes nothing', async () => {
  const store = memoryStore()
  const engine = await openSessions({ store })
  const session = await engine.within(scope).open()
  const before = await session.head()
  const { repaired, after } = await repairStore(store)
  assert.deepEqual([repaired, after.findings], [[], []])
  assert.deepEqual(await session.head(), before)
})
