// Streams over real sockets on each store: catching up, live, filters, deltas, heartbeats, slow readers, ends.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deltaTopic } from '../../store/bus.ts'
import { prefix, say, storeNames, type TestServer, testServer, told } from '../server.fixture.ts'
import type { ServerSettings } from '../server.ts'
import { Reader } from './stream.fixture.ts'

async function listening(name: (typeof storeNames)[number], settings: Partial<ServerSettings> = {}) {
  const s = await testServer(name, settings)
  return {
    s,
    url: await s.server.listen({ port: 0, host: '127.0.0.1' }),
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

const post = (s: TestServer, id: string, text: string) => s.call(`POST /sessions/${id}/messages`, say(text))
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `${n + from}`)
const path = (id: string, query = ''): string => `${prefix}/sessions/${id}/entries${query}`

for (const name of storeNames) {
  describe(`streams on ${name}`, () => {
    it('give what is there, then what comes, each once and in order [B1]', async () => {
      await using at = await listening(name)
      for (let n = 2; n <= 5; n += 1) await post(at.s, 'a', `${n}`)
      const early = new Reader(at.url, path('a'))
      await early.until(() => early.ids.length === 5)
      const late = new Reader(at.url, path('a', '?after=3'))
      for (let n = 6; n <= 20; n += 1) await post(at.s, 'a', `${n}`)
      await Promise.all([early.until(() => early.ids.length === 20), late.until(() => late.ids.length === 17)])
      assert.deepEqual([early.ids, late.ids], [numbers(1, 20), numbers(4, 20)])
      assert.match(early.head, /content-type: text\/event-stream/)
      const last = JSON.parse(early.events.findLast((event) => event.data)?.data ?? '')
      assert.deepEqual([last.seq, last.data.content], [20, '20'])
      early.leave()
      late.leave()
    })

    it('resume after Last-Event-ID, which is newer than the address [B1]', async () => {
      await using at = await listening(name)
      for (let n = 2; n <= 9; n += 1) await post(at.s, 'a', `${n}`)
      const reader = new Reader(at.url, path('a', '?after=2&until=9'), { 'last-event-id': '6' })
      await reader.ended()
      assert.deepEqual(reader.ids, numbers(7, 9))
      const headers = { accept: 'text/event-stream', 'last-event-id': 'x' }
      assert.equal(told(await at.s.call('GET /sessions/a/entries', { headers })), '400 invalid')
      assert.equal(
        told(await at.s.call('GET /sessions/none/entries', { headers: { accept: 'text/event-stream' } })),
        '404 not_found',
      )
    })

    it('refuse a seq that the log has not reached: another history was read', async () => {
      await using at = await listening(name)
      await post(at.s, 'a', 'two')
      const stream = { accept: 'text/event-stream' }
      const ask = (query: string, headers = {}) =>
        at.s.call(`GET /sessions/a/entries${query}`, { headers: { ...stream, ...headers } })
      const after = await ask('?after=3')
      assert.deepEqual([told(after), after.json.field, after.json.seq], ['400 invalid', 'after', 2])
      assert.ok(after.json.hint)
      const resumed = await ask('?after=1', { 'last-event-id': '3' })
      assert.deepEqual([told(resumed), resumed.json.field], ['400 invalid', 'Last-Event-ID'])
      // What reads a page is told its end by the answer.
      const page = await at.s.call('GET /sessions/a/entries?after=3')
      assert.deepEqual([page.status, page.headers.etag, page.json.entries], [200, '"2"', []])
    })

    it('pass over other kinds, and the heartbeat says how far', async () => {
      await using at = await listening(name, { heartbeat: 20 })
      await post(at.s, 'a', 'two')
      const reader = new Reader(at.url, path('a', '?kind=note'))
      await reader.until(() => reader.events.some((event) => event.data === undefined && event.id === '2'))
      await post(at.s, 'a', 'three')
      await reader.until(() => reader.events.some((event) => event.data === undefined && event.id === '3'))
      await at.s.call('POST /sessions/a/entries', { kind: 'note', data: { type: 'idea', text: 'four' } })
      await reader.until(() => reader.ids.length === 1)
      assert.deepEqual(reader.ids, ['4'])
      reader.leave()
    })

    it('carry deltas without an id only to those who ask', async () => {
      await using at = await listening(name)
      await post(at.s, 'a', 'two')
      const [asking, plain] = [new Reader(at.url, path('a', '?deltas=true')), new Reader(at.url, path('a'))]
      await Promise.all([asking.until(() => asking.ids.length === 2), plain.until(() => plain.ids.length === 2)])
      const delta = { run_id: 'r', text: 'unfin' }
      const tell = setInterval(() => at.s.store.bus.publish(deltaTopic('default', 'a'), delta), 5)
      await asking.until(() => asking.events.some((event) => event.name === 'delta'))
      clearInterval(tell)
      await post(at.s, 'a', 'three')
      await plain.until(() => plain.ids.length === 3)
      const found = asking.events.find((event) => event.name === 'delta')
      assert.deepEqual([found?.id, JSON.parse(found?.data ?? '')], [undefined, delta])
      assert.ok(!plain.events.some((event) => event.name === 'delta'))
      asking.leave()
      plain.leave()
    })

    it('let a slow reader fall back to reading: it holds nobody up and misses nothing', async () => {
      await using at = await listening(name, { streamBytes: 16 * 1024 })
      await post(at.s, 'a', 'two')
      const [slow, quick] = [new Reader(at.url, path('a')), new Reader(at.url, path('a'))]
      await Promise.all([slow.until(() => slow.ids.length === 2), quick.until(() => quick.ids.length === 2)])
      slow.socket.pause()
      const long = 'x'.repeat(100_000)
      for (let n = 3; n <= 80; n += 1) await post(at.s, 'a', long)
      await quick.until(() => quick.ids.length === 80)
      slow.socket.resume()
      await slow.until(() => slow.ids.length === 80)
      assert.deepEqual(slow.ids, numbers(1, 80))
      slow.leave()
      quick.leave()
    })

    it('end with the session, with the moment asked for, and with the server', async () => {
      await using at = await listening(name)
      for (const id of ['a', 'b']) await post(at.s, id, 'two')
      const deleted = new Reader(at.url, path('a'))
      const bounded = new Reader(at.url, path('b', '?until=3'))
      const endless = new Reader(at.url, path('b'))
      await Promise.all([deleted, bounded, endless].map((reader) => reader.until(() => reader.ids.length === 2)))
      await at.s.call('DELETE /sessions/a?now=true')
      await deleted.ended()
      for (const text of ['three', 'four']) await post(at.s, 'b', text)
      await bounded.ended()
      assert.deepEqual(bounded.ids, numbers(1, 3))
      await endless.until(() => endless.ids.length === 4)
      await at.s.server.close()
      await endless.ended()
      assert.equal(endless.events.at(-1)?.comment, 'the server is ending')
    })

    it('follow the feed over all sessions and resume by its cursor', async () => {
      await using at = await listening(name)
      for (const id of ['a', 'b']) await post(at.s, id, 'two')
      const reader = new Reader(at.url, `${prefix}/feed`)
      await reader.until(() => reader.ids.length === 4)
      await post(at.s, 'a', 'three')
      await reader.until(() => reader.ids.length === 5)
      const again = new Reader(at.url, `${prefix}/feed`, { 'last-event-id': reader.ids[1] ?? '' })
      await again.until(() => again.ids.length === 3)
      assert.deepEqual(again.ids, reader.ids.slice(2))
      const fresh = new Reader(at.url, `${prefix}/feed?cursor=now`)
      await fresh.until(() => fresh.head !== '')
      await fresh.until(() => fresh.events.length > 0)
      await post(at.s, 'b', 'three')
      await fresh.until(() => fresh.ids.length === 1)
      assert.equal(JSON.parse(fresh.events.at(-1)?.data ?? '').session.session_id, 'b')
      for (const one of [reader, again, fresh]) one.leave()
    })
  })
}
