// Writes that are repeated, guarded or raced over HTTP, on each store.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Reply, say, storeNames, testServer, told } from './server.fixture.ts'

const keyed = (body: unknown, key = 'k'): { body: unknown; headers: Record<string, string> } => ({
  body,
  headers: { 'idempotency-key': key },
})

for (const name of storeNames) {
  describe(`writes over HTTP on ${name}`, () => {
    it('answers a repeat under the same key with the first status and receipt, for every mutation [B2]', async () => {
      await using s = await testServer(name)
      const { json: blob } = await s.call('POST /sessions', { session_id: 'a' })
      assert.equal(blob.session_id, 'a')
      const writes: readonly [string, unknown][] = [
        ['POST /sessions', { user_id: 'u' }],
        ['POST /sessions', { session_id: 'b' }],
        ['POST /sessions/a/messages', say('hi')],
        ['POST /sessions/new/messages', say('opens')],
        ['POST /sessions/a/entries', [{ kind: 'note', data: { type: 'idea', text: 'x' } }]],
        ['PATCH /sessions/a', { name: 'n' }],
        ['PUT /sessions/a', { metadata: {} }],
        ['POST /sessions/a/handoff', { to: 'coder' }],
        ['POST /agents/a/switch', { target_agent: 'ask' }],
        ['POST /sessions/a/summary', { text: 's' }],
        ['POST /sessions/a/fork', {}],
        ['POST /sessions/a/rewind', { to: 2 }],
        ['POST /sessions/a/archive', {}],
        ['POST /sessions/a/restore', {}],
        ['PUT /sessions/a/marks', { version: 0, seen: 1 }],
        ['POST /sessions/a/trash', {}],
        ['POST /sessions/a/restore', {}],
        ['DELETE /sessions/a', undefined],
        ['DELETE /sessions/a?now=true', undefined],
      ]
      for (const [index, [line, body]] of writes.entries()) {
        const first = await s.call(line, keyed(body, `key ${index}`))
        const tip = await s.tip()
        const again = await s.call(line, keyed(body, `key ${index}`))
        assert.ok(first.status < 300, `${line}: ${told(first)}`)
        assert.equal(first.headers['idempotent-replayed'], undefined, line)
        assert.deepEqual(
          [again.status, again.headers['idempotent-replayed']],
          [first.status, 'true'],
          `${line}: ${told(again)}`,
        )
        assert.deepEqual(again.json, first.json, line)
        assert.equal(await s.tip(), tip, line)
      }
    })

    it('answers repeats also when the session went to the trash meanwhile [B2]', async () => {
      await using s = await testServer(name)
      const writes: readonly [string, unknown][] = [
        ['POST /sessions/a/messages', say('hi')],
        ['POST /sessions/a/entries', [{ kind: 'note', data: { type: 'idea', text: 'x' } }]],
        ['PATCH /sessions/a', { name: 'n' }],
        ['POST /sessions/a/handoff', { to: 'coder' }],
        ['POST /sessions/a/summary', { text: 's' }],
        ['POST /sessions/a/fork', {}],
        ['POST /sessions/a/rewind', { to: 2 }],
      ]
      const each = (line: string, index: number) => s.call(line, keyed(writes[index]?.[1], `key ${index}`))
      for (const [index, [line]] of writes.entries()) assert.ok((await each(line, index)).status < 300, line)
      await s.call('POST /sessions/a/trash', {})
      for (const [index, [line]] of writes.entries()) {
        const again = await each(line, index)
        assert.equal(again.headers['idempotent-replayed'], 'true', `${line}: ${told(again)}`)
      }
    })

    it('tells all but one of repeats that come at once that they are repeats [B2]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const writes: readonly [string, unknown][] = [
        ['POST /sessions', { user_id: 'u' }],
        ['POST /sessions', { session_id: 'b' }],
        ['POST /sessions/new/messages', say('opens')],
        ['POST /sessions/a/messages', say('more')],
        ['POST /sessions/a/fork', {}],
        ['POST /sessions/a/fork', { session_id: 'c', at: 1 }],
        ['PATCH /sessions/a', { name: 'n' }],
        ['DELETE /sessions/a', undefined],
        ['DELETE /sessions/a?now=true', undefined],
      ]
      for (const [index, [line, body]] of writes.entries()) {
        const all = await Promise.all(Array.from({ length: 10 }, () => s.call(line, keyed(body, `key ${index}`))))
        const expected = { [`${all[0]?.status} true`]: 9, [`${all[0]?.status} undefined`]: 1 }
        const found: Record<string, number> = {}
        for (const reply of all) {
          const word = `${told(reply)} ${reply.headers['idempotent-replayed']}`
          found[word] = (found[word] ?? 0) + 1
        }
        assert.deepEqual(found, expected, line)
      }
    })

    it('answers the repeat of a fork also when its base is forgotten [B2]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const first = await s.call('POST /sessions/a/fork', keyed({ session_id: 'b' }))
      await s.call('DELETE /sessions/a?now=true')
      const again = await s.call('POST /sessions/a/fork', keyed({ session_id: 'b' }))
      assert.deepEqual([told(again), again.headers['idempotent-replayed']], ['201', 'true'])
      assert.equal(again.json.session_id, first.json.session_id)
      assert.equal(told(await s.call('POST /sessions/a/fork', keyed({ session_id: 'b', at: 1 }))), '409 key_reused')
      assert.equal(told(await s.call('POST /sessions/a/fork', keyed({ session_id: 'b' }, 'other'))), '404 gone')
    })

    it('changes nothing where nothing is given, under a key and on what was seen too', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const patch = async (body: unknown, headers: Record<string, string> = {}): Promise<string> =>
        told(await s.call('PATCH /sessions/a', { body, headers }))
      assert.equal(await patch({}, { 'idempotency-key': 'k' }), '200')
      assert.equal(await patch({}, { 'if-match': '"2"' }), '200')
      assert.equal(await patch({}, { 'if-match': '"1"' }), '412 precondition_failed')
      assert.equal(await patch({ expect: 1 }), '409 conflict')
      assert.equal((await s.call('GET /sessions/a')).json.seq, 2)
    })

    it('keeps keys of routes apart and refuses another request under a key', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', keyed(say('hi')))
      assert.equal((await s.call('POST /sessions/a/entries', keyed({ kind: 'message', data: say('hi') }))).status, 201)
      assert.equal(told(await s.call('POST /sessions/a/messages', keyed(say('ho')))), '409 key_reused')
      const spaced = JSON.stringify(say('hi'), null, 1)
      assert.equal(told(await s.call('POST /sessions/a/messages', keyed(spaced))), '409 key_reused', 'the body as sent')
      const id = (await s.call('POST /sessions', keyed({ name: 'x' }))).json.session_id
      assert.equal((await s.call('POST /sessions', keyed({ name: 'x' }))).json.session_id, id)
      assert.equal(told(await s.call('POST /sessions', keyed({ name: 'y' }))), '409 key_reused')
      for (const key of ['', ' a', 'x'.repeat(257), 'ä']) {
        const reply = await s.call('POST /sessions/a/messages', keyed(say('hi'), key))
        assert.deepEqual([told(reply), reply.json.field], ['400 invalid', 'Idempotency-Key'], key)
      }
    })

    it('tells conflicts by what the caller asked: If-Match or expect [B2]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      const match = (seq: string) => ({ body: say('x'), headers: { 'if-match': seq } })
      const stale = await s.call('POST /sessions/a/messages', match('"1"'))
      assert.deepEqual([told(stale), stale.json.seq, stale.headers.etag], ['412 precondition_failed', 2, '"2"'])
      const conflict = await s.call('POST /sessions/a/messages', { ...say('x'), expect: 1 })
      assert.deepEqual([told(conflict), conflict.json.seq, conflict.json.retry], ['409 conflict', 2, 'reread'])
      assert.equal((await s.call('POST /sessions/a/messages', match('"2"'))).headers.etag, '"3"')
      assert.equal((await s.call('POST /sessions/a/messages', match('*'))).status, 201)
      assert.equal(told(await s.call('POST /sessions/a/messages', match('W/"4"'))), '400 invalid')
      assert.equal((await s.call('POST /sessions/new/messages', { ...say('x'), expect: 0 })).status, 201)
      assert.equal(told(await s.call('POST /sessions/new/messages', { ...say('x'), expect: 0 })), '409 exists')
      assert.equal(told(await s.call('POST /sessions/new/messages', match('"0"'))), '412 precondition_failed')
      const both = { body: { ...say('x'), expect: 3 }, headers: { 'if-match': '"4"' } }
      assert.deepEqual((await s.call('POST /sessions/a/messages', both)).json.field, 'expect')
    })

    it('lets exactly one of 64 concurrent expecting writers win each number, and all others without [S2.10]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'a' })
      const post = (body: unknown): Promise<Reply> => s.call('POST /sessions/a/messages', { body })
      const won = await Promise.all(Array.from({ length: 64 }, (_, n) => post({ ...say(`${n}`), expect: 1 })))
      assert.equal(won.filter((reply) => reply.status === 201).length, 1)
      assert.equal(won.filter((reply) => told(reply) === '409 conflict' && reply.json.seq === 2).length, 63)
      const all = await Promise.all(Array.from({ length: 64 }, (_, n) => post(say(`${n}`))))
      const seqs = all.map((reply) => reply.json.seq).sort((a, b) => a - b)
      assert.deepEqual(
        seqs,
        Array.from({ length: 64 }, (_, n) => n + 3),
      )
    })
  })
}
