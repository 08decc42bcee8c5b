// A program that only follows stays alive, and ends when it no longer does.
import { deepStrictEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { sqliteStore } from '../store/sqlite.ts'
import { openSessions } from './sessions.ts'

test('a program that only follows a session of SQLite is told what another process writes, then ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-follow-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'test.db')
  const store = sqliteStore({ path })
  const sessions = await openSessions({ store })
  const mine = sessions.within({ tenant: 'default', subjects: ['user:anna'] })
  const session = await mine.open()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'follow-alone.fixture.ts'), path, session.id, '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const seen: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line)
    if (line === '1') await session.note('from another process')
  }
  deepStrictEqual([seen, (await ended)[0]], [['1', '2'], 0])
  await sessions.close()
  await store.close()
})
