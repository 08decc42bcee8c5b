// A file that a program cuts while the host frees room in it: what is freed then is of what came behind the cut.

import assert from 'node:assert/strict'
import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import type { HostEvent } from './contract.ts'
import { Grown } from './grown.ts'
import { folderFor } from './hosting.fixture.ts'
import { Spool } from './spool.ts'

const none = (): Promise<void> => Promise.resolve()
const size = 12_000_000

function spoolIn(folder: string): Spool {
  const path = Spool.path(folder, 'out', 0)
  return new Spool(folder, 'out', undefined, new Grown(folder, 'out', path, true))
}

test('room that is freed behind a cut is a gap, and no other cut', (t) => {
  const folder = folderFor(t, none)
  const path = Spool.path(folder, 'out', 0)
  writeFileSync(path, Buffer.alloc(size, 'x'))
  const spool = spoolIn(folder)
  const hole = spool.surplus({ first: 100_000, last: 200_000 })
  assert.ok(hole)
  spool.letGo(hole)
  writeFileSync(path, Buffer.alloc(size / 2, 'y')) // cuts it first
  assert.equal(spool.offset, size + size / 2)
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.alloc(hole.to - hole.from), 0, undefined, hole.from) // as the system frees it
  closeSync(fd)
  assert.equal(spool.offset, size + hole.to, 'it is as long as the test made it')
  spool.freed()
  assert.equal(spool.offset, size + hole.to)
  for (const one of [spool, spoolIn(folder)]) {
    assert.deepEqual([one.kept, one.offset], [size, size + hole.to])
    const moved: HostEvent = { type: 'gap', stream: 'out', from: size + hole.from, to: size + hole.to }
    assert.deepEqual(one.read(size + hole.from), moved)
    const first = one.read(size)
    assert.ok(first?.type === 'output' && Buffer.from(first.bytes).every((byte) => byte === 'y'.charCodeAt(0)))
  }
  truncateSync(path, 100)
  assert.equal(spool.offset, size + hole.to + 100, 'another cut is seen')
})

test('what a loss of power took from a file is not taken for a cut', (t) => {
  const folder = folderFor(t, none)
  const path = Spool.path(folder, 'out', 0)
  writeFileSync(path, 'before and behind')
  assert.equal(spoolIn(folder).offset, 17)
  truncateSync(path, 6)
  assert.equal(new Spool(folder, 'out', undefined, new Grown(folder, 'out', path, false)).offset, 6)
})
