// The feed as a stream: its beginning, where it is live, and what is told between the entries.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deltaTopic } from '../../store/bus.ts'
import { prefix, say, storeNames, type TestServer, testServer, told } from '../server.fixture.ts'
import { type Event, Reader } from './stream.fixture.ts'

type Listening = TestServer & { readonly url: string }

async function listening(name: (typeof storeNames)[number]): Promise<Listening> {
  const s = await testServer(name, { heartbeat: 30 })
  return Object.assign(s, { url: await s.server.listen({ port: 0, host: '127.0.0.1' }) })
}

const named = (reader: Reader, name: string): Event[] => reader.events.filter((event) => event.name === name)
const dataOf = (event: Event | undefined) => JSON.parse(event?.data ?? 'null')
const isLive = (reader: Reader) => () => named(reader, 'live').length === 1

for (const name of storeNames) {
  describe(`the feed as a stream on ${name}`, () => {
    it('says which server it is, tells what was there, and then that it is live', async () => {
      await using s = await listening(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const reader = new Reader(s.url, `${prefix}/feed`)
      await reader.until(isLive(reader))
      await s.call('POST /sessions/a/messages', say('again'))
      await reader.until(() => reader.ids.length === 3)
      const order = reader.events.filter((event) => event.comment === undefined).map((event) => event.name ?? 'item')
      assert.deepEqual(order.slice(-5), ['hello', 'item', 'item', 'live', 'item'])
      const hello = dataOf(named(reader, 'hello')[0])
      assert.deepEqual([hello.version, hello.heartbeat_ms], ['0.0.0', 30])
      const other = new Reader(s.url, `${prefix}/feed?cursor=now`)
      await other.until(isLive(other))
      assert.equal(dataOf(named(other, 'hello')[0]).server, hello.server)
      assert.equal(dataOf(reader.events.findLast((event) => event.id !== undefined && event.data)).session.seq, 3)
      for (const each of [reader, other]) each.leave()
    })

    it('tells the caller that marks changed, and drafts come with what is attached', async () => {
      await using s = await listening(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const { blob } = (
        await s.call('POST /sessions/a/blobs', { body: 'png', headers: { 'content-type': 'image/png' } })
      ).json
      const reader = new Reader(s.url, `${prefix}/feed?cursor=now`)
      await reader.until(isLive(reader))
      const attachments = [{ blob, name: 'screen.png', media_type: 'image/png', size: 3 }]
      const put = await s.call('PUT /sessions/a/marks', { version: 0, draft: 'look at', attachments })
      assert.deepEqual([put.status, put.json.attachments], [200, attachments])
      await reader.until(() => named(reader, 'marks').length === 1)
      assert.deepEqual(dataOf(named(reader, 'marks')[0]), { session_id: 'a', version: 1 })
      assert.deepEqual((await s.call('GET /sessions/a/marks')).json.attachments, attachments)
      const again = await s.call('PUT /sessions/a/marks', { version: 0, draft: 'look at', attachments })
      assert.equal(again.headers['idempotent-replayed'], 'true')
      assert.equal(told(await s.call('PUT /sessions/a/marks', { version: 0, draft: 'look at' })), '409 conflict')
      reader.leave()
    })

    it('tells deltas and watchers of the sessions that are watched, and of no others', async () => {
      await using s = await listening(name)
      for (const id of ['a', 'b']) await s.call('POST /sessions', { session_id: id })
      const reader = new Reader(s.url, `${prefix}/feed?cursor=now&watch=a,later`)
      await reader.until(isLive(reader))
      s.store.bus.publish(deltaTopic('default', 'b'), { run_id: 'r', text: 'not told' })
      s.store.bus.publish(deltaTopic('default', 'a'), { run_id: 'r', text: 'half' })
      await reader.until(() => named(reader, 'delta').length === 1)
      assert.deepEqual(dataOf(named(reader, 'delta')[0]), { session_id: 'a', delta: { run_id: 'r', text: 'half' } })
      const body = { client: 'window', seq: 1, name: 'Anna' }
      assert.equal((await s.call('PUT /sessions/b/presence', body)).status, 200)
      assert.equal((await s.call('PUT /sessions/a/presence', body)).status, 200)
      await reader.until(() => named(reader, 'presence').length === 1)
      assert.deepEqual(dataOf(named(reader, 'presence')[0]), { session_id: 'a', actor: 'user:local', ...body })
      // A session that is opened while it is watched.
      await s.call('POST /sessions', { session_id: 'later' })
      await reader.until(() => reader.ids.length === 1)
      s.store.bus.publish(deltaTopic('default', 'later'), { text: 'too' })
      await reader.until(() => named(reader, 'delta').length === 2)
      assert.equal((await s.call('GET /sessions/a/entries')).json.entries.length, 1)
      reader.leave()
    })

    it('refuses to watch without a stream, too many sessions, and presence in what is not there', async () => {
      await using s = await listening(name)
      assert.equal(told(await s.call('GET /feed?watch=a')), '400 invalid')
      const many = Array.from({ length: 17 }, (_, n) => `s${n}`).join()
      assert.equal(told(await s.call(`GET /feed?watch=${many}`)), '400 invalid')
      assert.equal(told(await s.call('PUT /sessions/no/presence', { client: 'w', seq: 1 })), '404 not_found')
    })
  })
}
