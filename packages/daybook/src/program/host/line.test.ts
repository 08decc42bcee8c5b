// Who listens at the socket of a process host, at the moments when that changes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { folderFor } from './hosting.fixture.ts'
import { Line } from './line.ts'
import { socketPath } from './wire.ts'

test('a host that ends while it is being reached is one that does not listen', async (t) => {
  const folder = folderFor(t, () => Promise.resolve())
  const ending = createServer().listen(socketPath(folder))
  await once(ending, 'listening')
  const opening = Line.open(folder, 1_000)
  ending.close() // the kernel resets who stands in line to be accepted
  assert.equal(await opening, null)
})
