// 1,000 followers of a session: at most 10 KB of heap for each. What an event to them costs is measured by the bench `sse`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { prefix, testServer } from '../server.fixture.ts'
import { crowd } from './readers.fixture.ts'

const followers = 1000
const path = `${prefix}/sessions/a/entries?after=1`

async function heap(): Promise<number> {
  assert.ok(globalThis.gc, 'run with --expose-gc')
  for (let n = 0; n < 4; n += 1) {
    globalThis.gc()
    await turn()
  }
  return process.memoryUsage().heapUsed
}

test('a follower costs at most 10 KB of heap, one of 1,000', async (t) => {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  globalThis.gc ??= runInNewContext('gc') as NonNullable<typeof globalThis.gc>
  await using s = await testServer()
  const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
  await s.call('POST /sessions', { session_id: 'a' })
  const first = await crowd(url, path, 50) // what the first connections load is not theirs
  const before = await heap()
  const child = await crowd(url, path, followers)
  const each = ((await heap()) - before) / followers
  t.diagnostic(`${(each / 1024).toFixed(1)} KB of heap for each follower`)
  for (const one of [first, child]) one.kill()
  assert.ok(each <= 10 * 1024, `${each} bytes for each follower`)
})
