// The key of the user: one for all processes, and for nobody else to read.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { keyFile, readKey, userKey } from './user-key.ts'

test('of processes that make the key at once all get the same one, which only its owner reads', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-key-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const state = join(folder, 'state')
  assert.equal(readKey(state), null)
  const script = `import { userKey } from ${JSON.stringify(new URL('./user-key.ts', import.meta.url).href)}; console.log(userKey(process.argv[1]))`
  const made = await Promise.all(
    Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, state]),
    ),
  )
  const keys = new Set(made.map(({ stdout }) => stdout.trim()))
  assert.equal(keys.size, 1)
  assert.match([...keys][0] ?? '', /^[A-Za-z0-9_-]{43}$/)
  assert.equal(userKey(state), [...keys][0])
  assert.equal(readKey(state), [...keys][0])
  assert.equal(statSync(keyFile(state)).mode & 0o777, 0o600)
  assert.equal(statSync(state).mode & 0o777, 0o700)
})

test('a key that is none, or that others may read, is refused and not taken for one', (t) => {
  const state = mkdtempSync(join(tmpdir(), 'daybook-key-'))
  t.after(() => rmSync(state, { recursive: true }))
  for (const text of ['', '\n', 'short', 'k'.repeat(44)]) {
    writeFileSync(keyFile(state), text, { mode: 0o600 })
    assert.throws(() => userKey(state), { code: 'invalid_state' }, JSON.stringify(text))
  }
  writeFileSync(keyFile(state), `${'k'.repeat(43)}\n`)
  assert.equal(readKey(state), 'k'.repeat(43))
  chmodSync(keyFile(state), 0o640)
  assert.throws(() => readKey(state), { code: 'invalid_state' })
})
