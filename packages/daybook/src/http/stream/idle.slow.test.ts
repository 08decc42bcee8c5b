// Ten thousand idle connections cost memory in proportion, and nobody else waits for them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { prefix, say, testServer } from '../server.fixture.ts'
import { crowd } from './readers.fixture.ts'
import { Reader } from './stream.fixture.ts'

const connections = 10_000

test(`${connections} idle streams are held while others write and read`, { timeout: 240_000 }, async (t) => {
  await using s = await testServer('sqlite', { heartbeat: 1000 })
  const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
  for (const id of ['idle', 'busy']) await s.call('POST /sessions', { session_id: id })
  const before = process.memoryUsage().rss
  const child = await crowd(url, `${prefix}/sessions/idle/entries?after=1`, connections)
  const each = (process.memoryUsage().rss - before) / connections / 1024
  t.diagnostic(`${each.toFixed(1)} KB of resident memory for each connection`)
  const reader = new Reader(url, `${prefix}/sessions/busy/entries`)
  const times: number[] = []
  for (let n = 0; n < 200; n += 1) {
    const begun = performance.now()
    assert.equal((await s.call('POST /sessions/busy/messages', say(`${n}`))).status, 201)
    times.push(performance.now() - begun)
  }
  await reader.until(() => reader.ids.length === 201)
  reader.leave()
  const median = times.sort((a, b) => a - b)[100] ?? 0
  t.diagnostic(`${median.toFixed(2)} ms for a write meanwhile`)
  assert.match((await s.call('GET //metrics')).text, /daybook_stream_followers 1000[01]\b/)
  assert.ok(each < 64, `${each} KB for each connection`)
  await s.call('POST /sessions/idle/messages', say('wake up'))
  child.kill()
  await once(child, 'exit')
})
