// Room that is given back: what the disk holds then, what is kept where the system cannot do it, and nothing that is asked for.

import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { folderFor } from './hosting.fixture.ts'
import { Room } from './room.ts'
import { Spool } from './spool.ts'

const none = (): Promise<void> => Promise.resolve()
const size = 12_000_000
const keep = { first: 100_000, last: 200_000 }

function spoolIn(folder: string): Spool {
  writeFileSync(Spool.path(folder, 'out', 0), Buffer.alloc(size, 'x'))
  return new Spool(folder, 'out')
}

const taken = (folder: string): number => statSync(Spool.path(folder, 'out', 0)).blocks * 512

test('the middle of a file takes no room any more, and its length is as before', async (t) => {
  const folder = folderFor(t, none)
  const spool = spoolIn(folder)
  const room = new Room(folder)
  await Promise.all([1, 2, 3].map(() => room.make([spool], (one) => one.surplus(keep))))
  await room.made()
  assert.ok(taken(folder) < 400_000, `${taken(folder)}`)
  assert.deepEqual([spool.offset, spool.kept], [size, 0])
  assert.equal(spool.read(100_000)?.type, 'output')
  assert.equal(spool.read(200_000)?.type, 'gap')
  assert.equal(spool.read(size - keep.last)?.type, 'output')
  assert.ok(!readdirSync(folder).includes('probe'))
})

test('what a host recorded and did not come to do is done by the next one, once there is more to let go', async (t) => {
  const folder = folderFor(t, none)
  const hole = spoolIn(folder).surplus(keep)
  assert.ok(hole)
  new Spool(folder, 'out').letGo(hole)
  assert.ok(taken(folder) >= size, 'it died before the room was free')
  writeFileSync(Spool.path(folder, 'out', 0), Buffer.alloc(size, 'y'), { flag: 'a' })
  const spool = new Spool(folder, 'out')
  await new Room(folder).make([spool], (one) => one.surplus(keep))
  assert.ok(taken(folder) < 400_000, `${taken(folder)}`)
  assert.equal(spool.offset, 2 * size)
})

test('where the system has no way to do it, everything is kept and read', async (t) => {
  const folder = folderFor(t, none)
  const spool = spoolIn(folder)
  const { PATH = '' } = process.env
  process.env.PATH = folder // no `fallocate` is there, which the log says
  try {
    await new Room(folder).make([spool], (one) => one.surplus(keep))
  } finally {
    process.env.PATH = PATH
  }
  assert.ok(taken(folder) >= size)
  assert.deepEqual(readdirSync(folder), ['out.0'])
  for (let at = 0; at < size; ) {
    const event = spool.read(at)
    assert.ok(event?.type === 'output')
    at += event.bytes.length
  }
})
