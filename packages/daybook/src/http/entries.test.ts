// Entries and views over HTTP on each store: appending, ranges, windows, histories, blobs, the feed.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Reply, say, storeNames, testServer, told } from './server.fixture.ts'

const seqs = (reply: Reply): number[] => reply.json.entries.map((entry: { seq: number }) => entry.seq)
const note = (text: string) => ({ kind: 'note', data: { type: 'decision', text } })

for (const name of storeNames) {
  describe(`entries over HTTP on ${name}`, () => {
    it('appends one, many or none, all at once', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'a' })
      const one = await s.call('POST /sessions/a/entries', note('one'))
      assert.deepEqual([one.status, one.json.first, one.json.last, one.json.entries[0].data.text], [201, 2, 2, 'one'])
      const many = await s.call('POST /sessions/a/entries', { body: [note('two'), note('three')] })
      assert.deepEqual([many.json.first, many.json.last], [3, 4])
      assert.equal((await s.call('POST /sessions/a/entries', { entries: [note('four')], expect: 4 })).json.first, 5)
      const bad = await s.call('POST /sessions/a/entries', {
        body: [note('five'), { kind: 'note', data: { type: 'x', text: 'y' } }],
      })
      assert.deepEqual([told(bad), bad.json.field], ['400 invalid', 'entries[1].data.type'])
      const forged = await s.call('POST /sessions/a/entries', {
        kind: 'run.finished',
        data: { run_id: 'r', status: 'done' },
      })
      assert.equal(told(forged), '400 not_allowed_kind')
      const unknown = await s.call('POST /sessions/a/entries', { body: [{ kind: 'note', data: {}, extra: 1 }] })
      assert.equal(unknown.json.field, 'entries[0].extra')
      assert.equal(told(await s.call('POST /sessions/none/entries', note('x'))), '404 not_found')
      assert.equal((await s.call('GET /sessions/a')).json.seq, 5)
    })

    it('reads ranges in both orders, by kinds, and says where to go on', async () => {
      await using s = await testServer(name)
      for (let n = 2; n <= 9; n += 1) await s.call('POST /sessions/a/messages', say(`${n}`))
      const read = (query: string): Promise<Reply> => s.call(`GET /sessions/a/entries?${query}`)
      const first = await read('limit=4')
      assert.deepEqual([seqs(first), first.json.cursor], [[1, 2, 3, 4], 4])
      assert.deepEqual(seqs(await read('after=4&until=6')), [5, 6])
      const back = await read('order=desc&limit=3')
      assert.deepEqual([seqs(back), back.json.cursor], [[9, 8, 7], 6])
      assert.deepEqual(seqs(await read('order=desc&until=6&limit=3')), [6, 5, 4])
      assert.deepEqual(seqs(await read('kind=session.opened,note')), [1])
      assert.deepEqual([(await read('after=9')).json.entries, (await read('after=9')).json.cursor], [[], null])
      for (const query of [
        'limit=0',
        'limit=1001',
        'limit=x',
        'order=up',
        'kind=nope',
        'after=-1',
        'deltas=true',
        'nope=1',
      ]) {
        assert.equal(told(await read(query)), '400 invalid', query)
      }
    })

    it('reads the window around an entry', async () => {
      await using s = await testServer(name)
      for (let n = 2; n <= 9; n += 1) await s.call('POST /sessions/a/messages', say(`${n}`))
      const around = (query: string): Promise<Reply> => s.call(`GET /sessions/a/entries?around=${query}`)
      assert.deepEqual(seqs(await around('5&limit=4')), [3, 4, 5, 6])
      assert.deepEqual(seqs(await around('1&limit=4')), [1, 2])
      assert.deepEqual(seqs(await around('9&limit=4')), [7, 8, 9])
      assert.equal(told(await around('10')), '404 not_found')
      assert.equal(told(await around('5&after=1')), '400 invalid')
    })

    it('keeps any text: three languages, NUL, lone surrogates, names like constructor', async () => {
      await using s = await testServer(name)
      const texts = ['привет', '你好', 'emoji 😀 \u0000 end', 'lone \ud83d surrogate', '"quotes" \\ \u2028']
      for (const content of texts) {
        assert.equal((await s.call('POST /sessions/a/messages', say(content))).json.data.content, content)
      }
      const open = { constructor: { prototype: 1 }, toString: [null, 1.5e300, -0.25], '': true }
      const raw = JSON.stringify({ ...say('x'), metadata: open })
      assert.deepEqual((await s.call('POST /sessions/a/messages', { body: raw })).json.data.metadata, open)
      const history = await s.call('GET /sessions/a/history')
      assert.deepEqual(
        history.json.messages.slice(0, 5).map((each: { content: string }) => each.content),
        texts,
      )
    })

    it('reads developer as system, and says no to other roles', async () => {
      await using s = await testServer(name)
      assert.equal((await s.call('POST /sessions/a/messages', say('x', 'developer'))).json.data.role, 'system')
      const chef = await s.call('POST /sessions/a/messages', say('x', 'chef'))
      assert.deepEqual([told(chef), chef.json.field], ['400 invalid', 'role'])
    })

    it('streams the history whole, pages it on request, and shows a moment [S1.4]', async () => {
      await using s = await testServer(name)
      const batch = Array.from({ length: 500 }, (_, n) => ({ kind: 'message', data: say(`${n} ${'x'.repeat(200)}`) }))
      await s.call('POST /sessions', { session_id: 'a', state: { mood: 'good' } })
      for (let n = 0; n < 3; n += 1) await s.call('POST /sessions/a/entries', { body: batch })
      const whole = await s.call('GET /sessions/a/history')
      assert.deepEqual([whole.json.messages.length, whole.json.message_count], [1500, 1500])
      assert.deepEqual(whole.json.context, { mood: 'good' })
      const last = await s.call('GET /sessions/a/history?limit=2')
      assert.deepEqual(
        last.json.messages.map((each: { seq: number }) => each.seq),
        [1500, 1501],
      )
      const before = await s.call('GET /sessions/a/history?limit=2&before=1500')
      assert.deepEqual(
        before.json.messages.map((each: { seq: number }) => each.seq),
        [1498, 1499],
      )
      assert.equal((await s.call('GET //sessions/a/history?until=11')).json.message_count, 10)
      assert.equal((await s.call('GET /sessions/a/history')).headers.etag, '"1501"')
    })

    it('shows every view', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', {
        ...say('x'),
        parts: [{ type: 'edit', path: 'a.ts', operation: 'create', added: 3 }],
      })
      await s.call('POST /sessions/a/entries', { body: [note('n'), { kind: 'pin', data: { path: 'b.ts', on: true } }] })
      await s.call('POST /sessions/a/handoff', { to: 'coder', reason: 'r' })
      const view = async (word: string) => (await s.call(`GET /sessions/a/${word}`)).json
      assert.equal((await view('notes')).notes[0].text, 'n')
      assert.deepEqual((await view('files')).pinned, ['b.ts'])
      assert.deepEqual([(await view('agents')).current_agent, (await view('agents')).switch_count], ['coder', 1])
      assert.deepEqual((await view('runs')).runs, [])
      assert.equal((await view('metrics')).success_rate, null)
      assert.equal((await s.call('GET /sessions/a/agents?until=2')).json.current_agent, 'orchestrator')
      assert.equal(told(await s.call('GET /sessions/a/agents?until=99')), '400 invalid')
      assert.equal(told(await s.call('GET /sessions/none/notes')), '404 not_found')
    })

    it('keeps blobs and gives ranges of them', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('x'))
      const bytes = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256))
      const put = await s.call('POST /sessions/a/blobs', { body: bytes, headers: { 'content-type': 'image/png' } })
      assert.deepEqual([put.status, put.json.size], [201, 1000])
      const get = (range?: string) =>
        s.server.app.inject({ url: `/api/v1/sessions/a/blobs/${put.json.blob}`, headers: range ? { range } : {} })
      assert.deepEqual((await get()).rawPayload, bytes)
      const part = await get('bytes=10-19')
      assert.deepEqual(
        [part.statusCode, part.headers['content-range'], part.rawPayload],
        [206, 'bytes 10-19/1000', bytes.subarray(10, 20)],
      )
      assert.deepEqual((await get('bytes=-5')).rawPayload, bytes.subarray(995))
      assert.equal((await get('bytes=1000-')).statusCode, 400)
      for (const text of ['{"cut": ', '{"__proto__":1}', '[1]']) {
        const headers = { 'content-type': 'application/json' }
        const { json } = await s.call('POST /sessions/a/blobs', { body: Buffer.from(text), headers })
        assert.equal((await s.call(`GET /sessions/a/blobs/${json.blob}`)).text, text)
      }
      const message = { ...say('look'), parts: [{ type: 'file', blob: put.json.blob, media_type: 'image/png' }] }
      assert.equal((await s.call('POST /sessions/a/messages', message)).status, 201)
      const missing = { ...say('look'), parts: [{ type: 'file', blob: 'A'.repeat(43) }] }
      assert.equal(told(await s.call('POST /sessions/a/messages', missing)), '409 blob_missing')
      assert.equal((await s.call(`GET /sessions/none/blobs/${put.json.blob}`)).status, 404)
    })

    it('pages the feed over all sessions, with the changed session', async () => {
      await using s = await testServer(name)
      for (const id of ['a', 'b', 'a']) await s.call(`POST /sessions/${id}/messages`, say(id))
      const first = await s.call('GET /feed?limit=3')
      assert.equal(first.json.items.length, 3)
      const rest = await s.call(`GET /feed?cursor=${encodeURIComponent(first.json.cursor)}`)
      const all = [...first.json.items, ...rest.json.items]
      assert.deepEqual(
        all.map((item) => `${item.session_id}${item.entry.seq}`),
        ['a1', 'a2', 'b1', 'b2', 'a3'],
      )
      assert.equal(all.at(-1).session.session_id, 'a')
      const end = (await s.call('GET /feed?cursor=now')).json
      assert.deepEqual([end.items, end.cursor], [[], rest.json.cursor])
      assert.equal(told(await s.call('GET /feed?cursor=nonsense')), '400 invalid')
    })
  })
}
