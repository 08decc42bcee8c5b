// The state folder as a later host finds it: processes that ended before, and what a loss of power left.

import assert from 'node:assert/strict'
import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDaybookError } from '../../schema/errors.ts'
import { folderFor, openInline, output, script } from './hosting.fixture.ts'
import { inlineHost } from './inline.ts'
import type { Identity } from './proc.ts'
import { placeOf, readRecord, writeRecord } from './record.ts'

const none = (): Promise<void> => Promise.resolve()

test('a later host knows what ended before, in every mode, and has its output', async (t) => {
  const folder = folderFor(t, none)
  const first = inlineHost({ folder })
  assert.throws(
    () => inlineHost({ folder }),
    (error) => isDaybookError(error) && error.code === 'busy',
  )
  const modes = ['files', 'pipes', 'pty'] as const
  for (const mode of modes) {
    await first.spawn(script(mode, 'printf "of %s" "$1"; exit 4', { mode, args: [mode] }))
    await output(first, mode)
  }
  const before = await first.list()
  await first.close()
  const later = inlineHost({ folder })
  assert.deepEqual(
    (await later.list()).toSorted((a, b) => a.startedAt - b.startedAt),
    before,
  )
  for (const mode of modes) assert.equal((await output(later, mode)).out, `of ${mode}`)
  await later.close()
})

test('closing a host that is inside a process ends what it started', async (t) => {
  const folder = folderFor(t, none)
  const first = inlineHost({ folder })
  for (const mode of ['files', 'pipes', 'pty'] as const) await first.spawn(script(mode, 'sleep 60', { mode }))
  await first.close()
  const later = inlineHost({ folder })
  const signals = (await later.list()).map(({ exit }) => exit?.signal)
  assert.deepEqual(signals, ['SIGTERM', 'SIGTERM', 'SIGTERM'])
  await later.close()
})

test('records that a loss of power left empty free their keys, and exits are unknown', async (t) => {
  const folder = folderFor(t, none)
  const first = inlineHost({ folder })
  for (const key of ['record', 'exit']) {
    await first.spawn(script(key, 'echo x'))
    await output(first, key)
  }
  await first.close()
  truncateSync(join(placeOf(folder, 'record'), 'process.json'))
  const place = placeOf(folder, 'exit')
  const record = readRecord(place)
  assert.ok(record?.process)
  const gone = <T extends Identity>(identity: T): T => ({ ...identity, boot: 'an earlier one' })
  writeRecord(place, { ...record, process: gone(record.process), keeper: gone(record.keeper) })
  truncateSync(join(place, 'exit.json'))
  const { mock } = t.mock.method(console, 'error', () => undefined)
  const later = inlineHost({ folder })
  assert.equal(await later.get('record'), null)
  assert.match(String(mock.calls[0]?.arguments[0]), /process\.json cannot be read/)
  await later.spawn(script('record', 'echo again'))
  assert.equal((await output(later, 'record')).out, 'again\n')
  const { out, exit } = await output(later, 'exit')
  assert.deepEqual([out, exit?.code, exit?.signal], ['x\n', null, null])
  assert.equal(readdirSync(join(folder, 'processes')).length, 2)
  await later.close()
})

test('what a terminal printed last is read however busy its host is', async (t) => {
  const { host } = openInline(t)
  const size = 40_000
  const text = `stty -opost; head -c ${size} /dev/zero | tr '\\0' x; printf last`
  await host.spawn(script('a', text, { mode: 'pty', env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color' } }))
  const busy = setInterval(() => {
    for (const until = performance.now() + 220; performance.now() < until; );
  }, 0)
  const { out } = await output(host, 'a').finally(() => clearInterval(busy))
  assert.equal(out.length, size + 4)
  assert.ok(out.endsWith('xlast'))
})
