// Histories as they leave the server: streamed with back-pressure, compressed when asked, cut when the session goes.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { prefix, say, storeNames, type TestServer, testServer } from './server.fixture.ts'

async function fill(s: TestServer, count: number, size: number): Promise<string> {
  const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
  await s.call('POST /sessions', { session_id: 'a' })
  const body = Array.from({ length: 100 }, () => ({ kind: 'message', data: say('x'.repeat(size)) }))
  for (let n = 0; n < count; n += 100) assert.equal((await s.call('POST /sessions/a/entries', { body })).status, 201)
  return `${url}${prefix}/sessions/a/history`
}

function open(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, { headers, agent: false }, resolve).on('error', reject))
}

/** Resolves when a figure has stayed the same for a while. */
async function quiet(read: () => number): Promise<void> {
  for (let same = 0, last = read(); same < 200; same = read() === last ? same + 1 : 0) {
    last = read()
    await turn()
  }
}

for (const name of storeNames) {
  describe(`histories on ${name}`, () => {
    it('are cut, never short, when the session is deleted midway', async () => {
      await using s = await testServer(name)
      const answer = await open(await fill(s, 4000, 4000))
      await new Promise((resolve) => answer.once('readable', resolve)) // it has begun, and nobody reads on
      assert.equal((await s.call('DELETE /sessions/a?now=true')).status, 200)
      await assert.rejects(text(answer))
      assert.equal(answer.complete, false)
    })

    it('stream with memory that does not grow with them', async () => {
      await using s = await testServer(name)
      const url = await fill(s, 8000, 4000)
      const connected = once(s.server.app.server, 'connection') as Promise<[Socket]>
      const answer = await open(url)
      const [socket] = await connected
      await quiet(() => socket.bytesWritten)
      assert.ok(
        socket.writableLength < 1024 * 1024,
        `${socket.writableLength} bytes wait for a reader who does not read`,
      )
      assert.ok(
        socket.bytesWritten < 16 * 1024 * 1024,
        `${socket.bytesWritten} bytes went out to a reader who does not read`,
      )
      let bytes = 0
      for await (const chunk of answer) bytes += (chunk as Buffer).length
      assert.ok(bytes > 8000 * 4000)
    })

    it('are compressed for whom that helps, and streams of events are not', async () => {
      await using s = await testServer(name)
      const url = await fill(s, 100, 400)
      const zipped = await open(url, { 'accept-encoding': 'gzip' })
      assert.equal(zipped.headers['content-encoding'], 'gzip')
      const plain = await text(await open(url))
      assert.equal(await text(zipped.pipe(createGunzip())), plain)
      assert.equal(JSON.parse(plain).messages.length, 100)
      const events = await open(url.replace('/history', '/entries?until=3'), {
        'accept-encoding': 'gzip',
        accept: 'text/event-stream',
      })
      assert.equal(events.headers['content-encoding'], undefined)
      assert.match(await text(events), /id: 3\n/)
    })
  })
}
