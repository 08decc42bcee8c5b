// Spools by themselves: what is read while somebody writes, over the ends of files, and where the disk took nothing.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
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

test('of a file that another process writes the middle is let go by whole blocks, told as a gap, and known to a later host', (t) => {
  const folder = folderFor(t, none)
  const path = Spool.path(folder, 'out', 0)
  const numbers = (from: number, count: number): string =>
    Array.from({ length: count }, (_, index) => `${from + index}\n`).join('')
  const first = 1_000_000
  writeFileSync(path, numbers(first, 500_000)) // 4 MB, lines of 8 bytes
  const spool = new Spool(folder, 'out')
  const keep = { first: 5_000, last: 100_000 }
  assert.equal(spool.surplus(keep), null, 'too little for a process that frees it')
  writeFileSync(path, numbers(first + 500_000, 100_000), { flag: 'a' })
  const hole = spool.surplus(keep)
  assert.ok(hole)
  assert.deepEqual(hole, { from: 8_192, to: 4_800_000 - 100_000 - (4_700_000 % 4_096) })
  assert.equal(spool.letGo(hole), path)
  const events = all(spool, 0)
  const told = events.map((event) => (event.type === 'output' ? [event.offset, event.bytes.length] : event.type))
  assert.deepEqual(told.slice(0, 2), [[0, 8_192], 'gap'])
  for (const event of events) {
    if (event.type !== 'output') continue
    assert.ok(event.offset + event.bytes.length <= hole.from || event.offset >= hole.to)
    const text = Buffer.from(event.bytes).toString()
    const line = Math.ceil(event.offset / 8)
    assert.equal(text.slice(line * 8 - event.offset).split('\n')[0], `${first + line}`)
  }
  assert.deepEqual([spool.kept, spool.offset], [0, 4_800_000])
  assert.equal(spool.surplus(keep), null)
  const again = new Spool(folder, 'out')
  assert.deepEqual(all(again, 0), events, 'also where the one that let it go died before the room was free')
  assert.equal(again.surplus(keep), null)
})

test('what was acknowledged is let go from the beginning, and never what lies behind it', (t) => {
  const folder = folderFor(t, none)
  writeFileSync(Spool.path(folder, 'out', 0), 'x'.repeat(11_000_000))
  const spool = new Spool(folder, 'out')
  assert.equal(spool.surplusBefore(4_000_000), null, 'too little')
  const before = spool.surplusBefore(6_000_000)
  assert.deepEqual(before, { from: 0, to: 5_996_544 })
  spool.letGo(before ?? { from: 0, to: 0 })
  assert.equal(spool.kept, 5_996_544)
  assert.equal(spool.surplusBefore(5_000_000), null)
  assert.equal(spool.surplusBefore(99_000_000)?.to, 10_997_760, 'not more than there is')
  assert.deepEqual(spool.surplus({ first: 0, last: 0 }), { from: 0, to: 10_997_760 })
  assert.equal(spool.surplus({ first: 0, last: 20_000_000 }), null)
  spool.forgetBefore(11_000_000, false)
  assert.deepEqual([spool.kept, spool.surplusBefore(11_000_000)], [11_000_000, null])
  assert.deepEqual(all(spool, 7), [
    { type: 'gap', stream: 'out', from: 7, to: 5_996_544 },
    { type: 'gap', stream: 'out', from: 5_996_544, to: 11_000_000 },
  ])
})
