// What is written to a file is there whole, or not at all.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'
import { save } from './saving.ts'

test('a file is written whole, replaces none, and what could not be finished is not left', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'daybook-saving-'))
  t.after(() => rmSync(cwd, { recursive: true }))
  const stop = new AbortController()
  const context = { host: { cwd, signal: stop.signal } } as Context
  const failure = Object.assign(new Error('the store is gone'), { syscall: 'read' })
  const pieces = async function* (then: () => void) {
    yield 'a'.repeat(100_000)
    then()
    yield 'b'
  }
  assert.equal(
    await save(
      context,
      pieces(() => undefined),
      'whole',
    ),
    2,
  )
  assert.equal(readFileSync(join(cwd, 'whole'), 'utf8').length, 100_001)
  const failing = save(
    context,
    pieces(() => {
      throw failure
    }),
    'failed',
  )
  await assert.rejects(failing, failure)
  await assert.rejects(
    save(
      context,
      pieces(() => stop.abort()),
      'stopped',
    ),
    { name: 'AbortError' },
  )
  assert.deepEqual(
    ['whole', 'failed', 'stopped'].map((name) => existsSync(join(cwd, name))),
    [true, false, false],
  )
  writeFileSync(join(cwd, 'mine'), 'mine')
  const refused = (error: unknown) => error instanceof Refusal && error.exit === exits.conflict
  await assert.rejects(
    save(
      context,
      pieces(() => undefined),
      'mine',
    ),
    refused,
  )
  assert.equal(readFileSync(join(cwd, 'mine'), 'utf8'), 'mine')
})
