// Spools by themselves: what is read while somebody writes, over the ends of files, and where the disk took nothing.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HostEvent } from './contract.ts'
import { bash, folderFor } from './hosting.fixture.ts'
import { Spool } from './spool.ts'

const none = (): Promise<void> => Promise.resolve()

function all(spool: Spool, from: number): HostEvent[] {
  const events: HostEvent[] = []
  for (let at = from; ; ) {
    const event = spool.read(at)
    if (event === null) return events
    events.push(event)
    at = event.type === 'output' ? event.offset + event.bytes.length : event.to
  }
}

test('a file that another process writes has no gaps, however close behind it is read', (t) => {
  const folder = folderFor(t, none)
  const fd = openSync(Spool.path(folder, 'out', 0), 'a', 0o600)
  const child = spawn(bash, ['-c', 'for ((i = 0; i < 20000; i++)); do echo 1234567; done'], {
    stdio: ['ignore', fd, 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  closeSync(fd)
  const spool = new Spool(folder, 'out')
  const end = performance.now() + 20_000
  let at = 0
  while (at < 160_000 && performance.now() < end) {
    const event = spool.read(at)
    if (event === null) continue // no turn of the loop is given away: the closer behind, the better
    assert.equal(event.type, 'output')
    if (event.type === 'output') at += event.bytes.length
  }
  assert.equal(at, 160_000)
})

test('files follow each other without a byte missing, and only the newest are kept', (t) => {
  const folder = folderFor(t, none)
  const spool = new Spool(folder, 'out', 2)
  const piece = Buffer.alloc(1 << 20)
  for (let count = 0; count < 30; count++) spool.write(piece.fill(count))
  assert.deepEqual([spool.offset, spool.kept], [30 << 20, 16 << 20])
  assert.equal(readdirSync(folder).length, 2)
  const events = all(spool, 0)
  assert.deepEqual(events[0], { type: 'gap', stream: 'out', from: 0, to: 16 << 20 })
  const bytes = Buffer.concat(events.flatMap((event) => (event.type === 'output' ? [event.bytes] : [])))
  assert.equal(bytes.length, 14 << 20)
  for (let count = 16; count < 30; count++) assert.equal(bytes[(count - 16) << 20], count)
  const again = new Spool(folder, 'out', 2)
  assert.deepEqual([again.offset, again.kept], [30 << 20, 16 << 20], 'another host finds the same')
})

test('what the disk did not take is a gap between what it took', (t) => {
  const folder = join(folderFor(t, none), 'place')
  mkdirSync(folder)
  const spool = new Spool(folder, 'out')
  spool.write(Buffer.from('before'))
  spool.end()
  renameSync(folder, `${folder}-away`)
  spool.write(Buffer.from('lost')) // says so on standard error
  renameSync(`${folder}-away`, folder)
  assert.equal(spool.offset, 10)
  spool.write(Buffer.from('behind'))
  assert.deepEqual(all(spool, 6), [
    { type: 'gap', stream: 'out', from: 6, to: 10 },
    { type: 'output', stream: 'out', offset: 10, bytes: new Uint8Array(Buffer.from('behind')) },
  ])
  assert.equal(statSync(Spool.path(folder, 'out', 10)).mode & 0o777, 0o600)
})
