// Sessions over HTTP on each store: creating, listing, changing, moving, deleting.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { say, storeNames, testServer, told } from './server.fixture.ts'

for (const name of storeNames) {
  describe(`sessions over HTTP on ${name}`, () => {
    it('creates a session and finds it again [S1.3]', async () => {
      await using s = await testServer(name)
      const made = await s.call('POST /sessions', { user_id: 'anna', metadata: { a: 1 }, state: { b: null } })
      assert.equal(made.status, 201)
      assert.match(made.json.session_id, /^ses_[0-9A-Z]{26}$/)
      assert.equal(made.headers.etag, '"1"')
      const read = await s.call(`GET /sessions/${made.json.session_id}`)
      assert.deepEqual(read.json, made.json)
      assert.deepEqual([read.json.metadata, read.json.state, read.json.agent_data], [{ a: 1 }, { b: null }, {}])
      assert.equal(read.json.current_agent, 'orchestrator')
    })

    it('creates without a body, without the prefix, and refuses an id in use', async () => {
      await using s = await testServer(name)
      assert.equal((await s.call('POST //sessions')).status, 201)
      assert.equal((await s.call('POST /sessions', { session_id: 'session_7' })).status, 201)
      assert.equal(told(await s.call('POST /sessions', { session_id: 'session_7' })), '409 exists')
    })

    it('accepts ids of 128 characters in paths and refuses longer and foreign ones', async () => {
      await using s = await testServer(name)
      const long = 'x'.repeat(128)
      assert.equal((await s.call(`POST /sessions/${long}/messages`, say('hi'))).status, 201)
      assert.equal((await s.call(`GET /sessions/${long}/history`)).json.message_count, 1)
      for (const id of [`${long}x`, '..', '@app', 'a%20b', '%2e%2e', 'a%00', '%F0%9F%98%80', 'x'.repeat(3000)]) {
        const reply = await s.call(`GET /sessions/${id}`)
        assert.ok(['400 invalid', '404 not_found'].includes(told(reply)), `${id}: ${told(reply)}`)
      }
      assert.equal(told(await s.call('POST /sessions', { session_id: '@app' })), '400 invalid')
    })

    it('lists newest activity first, by pages that show each session once [S2.3]', async () => {
      await using s = await testServer(name)
      for (let n = 0; n < 7; n += 1) await s.call('POST /sessions', { session_id: `s-${n}` })
      const ids: string[] = []
      let cursor = ''
      do {
        const page = await s.call(`GET /sessions?limit=3${cursor}`)
        assert.deepEqual([page.json.total, page.json.total_is], [7, 'exact'])
        ids.push(...page.json.sessions.map((each: { session_id: string }) => each.session_id))
        cursor = page.json.cursor === null ? '' : `&cursor=${encodeURIComponent(page.json.cursor)}`
      } while (cursor !== '')
      assert.deepEqual(ids, ['s-6', 's-5', 's-4', 's-3', 's-2', 's-1', 's-0'])
      const skipped = await s.call('GET /sessions?limit=2&offset=4')
      assert.deepEqual(
        skipped.json.sessions.map((each: { session_id: string }) => each.session_id),
        ['s-2', 's-1'],
      )
      assert.deepEqual((await s.call('GET /sessions?offset=99')).json.sessions, [])
    })

    it('filters by labels, words, tails, places and marks [S4.3]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'one-aaaa', agent_id: 'coder', user_id: 'anna', name: 'Token test' })
      await s.call('POST /sessions', {
        session_id: 'two-bbbb',
        team_id: 't',
        workflow_id: 'w',
        branch: 'main',
        repository: 'r',
      })
      await s.call('POST /sessions', { session_id: 'old-cccc' })
      await s.call('POST /sessions/old-cccc/archive')
      await s.call('PUT /sessions/two-bbbb/marks', { version: 0, pinned: true })
      const found = async (query: string): Promise<string> =>
        (await s.call(`GET /sessions?${query}`)).json.sessions
          .map((each: { session_id: string }) => each.session_id)
          .join()
      assert.equal(await found('agent_id=coder'), 'one-aaaa')
      assert.equal(await found('user_id=anna'), 'one-aaaa')
      assert.equal(await found('team_id=t&workflow_id=w'), 'two-bbbb')
      assert.equal(await found('branch=main&repository=r'), 'two-bbbb')
      assert.equal(await found('q=TOKEN'), 'one-aaaa')
      assert.equal(await found('tail=BBBB'), 'two-bbbb')
      assert.equal(await found('archived=true'), 'old-cccc')
      assert.equal(await found('pinned=true'), 'two-bbbb')
      assert.equal(await found('attention=true'), '')
      assert.equal(await found('status=idle'), 'two-bbbb,one-aaaa')
      const included = await s.call('GET /sessions?include=state,metadata&tail=aaaa')
      assert.deepEqual([included.json.sessions[0].state, included.json.sessions[0].agent_data], [{}, undefined])
    })

    it('patches by merge patch and replaces by PUT', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions', { session_id: 'a', metadata: { keep: 1, drop: 2 } })
      const headers = { 'content-type': 'application/merge-patch+json' }
      const patched = await s.call('PATCH /sessions/a', {
        headers,
        body: { name: 'N', metadata: { drop: null, add: { x: 1 } } },
      })
      assert.deepEqual([patched.json.name, patched.json.metadata], ['N', { keep: 1, add: { x: 1 } }])
      const put = await s.call('PUT /sessions/a', { metadata: { only: true } })
      assert.deepEqual([put.json.name, put.json.metadata], ['N', { only: true }])
      assert.equal((await s.call('PATCH /sessions/a', {})).status, 400, 'a test call without anything has no body')
      assert.equal((await s.call('PATCH /sessions/a', { body: '{}' })).headers.etag, put.headers.etag)
      assert.equal((await s.call('PATCH /sessions/a', { name: null })).json.name, null)
      assert.equal(told(await s.call('PATCH /sessions/none', { name: 'x' })), '404 not_found')
    })

    it('deletes into the trash, restores, and forgets for good', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      assert.equal((await s.call('DELETE /sessions/a')).json.forgotten, false)
      assert.equal(told(await s.call('GET /sessions/a')), '404 not_found')
      assert.equal(told(await s.call('GET /sessions/a/history')), '404 not_found')
      assert.equal(told(await s.call('DELETE /sessions/a')), '404 not_found')
      assert.equal(told(await s.call('POST /sessions/a/messages', say('hi'))), '409 trashed')
      assert.equal((await s.call('GET /sessions?trashed=true')).json.sessions[0].place, 'trash')
      assert.equal((await s.call('POST /sessions/a/restore')).json.place, 'open')
      assert.equal((await s.call('GET /sessions/a/history')).json.message_count, 1)
      assert.equal((await s.call('DELETE /sessions/a?now=true')).json.forgotten, true)
      assert.equal(told(await s.call('GET /sessions/a')), '404 gone')
      assert.equal(told(await s.call('DELETE /sessions/a?now=true')), '404 gone')
      assert.equal(told(await s.call('POST /sessions/a/messages', say('hi'))), '404 gone')
      assert.equal(told(await s.call('DELETE /sessions/none?now=true')), '404 not_found')
    })

    it('archives, and the next message reopens [S2.7]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      assert.equal((await s.call('POST /sessions/a/archive')).json.place, 'archived')
      assert.equal(told(await s.call('POST /sessions/a/archive')), '409 invalid_state')
      assert.equal((await s.call('POST /sessions/a/messages', say('again'))).json.data.content, 'again')
      assert.equal((await s.call('GET /sessions/a')).json.place, 'open')
    })

    it('cleans up by archiving and says how many [S2.7]', async () => {
      await using s = await testServer(name)
      for (const id of ['a', 'b']) await s.call(`POST /sessions/${id}/messages`, say('hi'))
      assert.deepEqual((await s.call('POST /sessions/cleanup')).json, { deleted_count: 0 })
      await new Promise((resolve) => setImmediate(resolve))
      let count = 0
      while (count < 2) count += (await s.call('POST /sessions/cleanup', { max_age_hours: 0 })).json.deleted_count
      assert.equal((await s.call('GET /sessions')).json.total, 0)
      assert.equal((await s.call('GET /sessions?archived=true')).json.sessions.length, 2)
    })

    it('forks and rewinds [B3]', async () => {
      await using s = await testServer(name)
      for (const word of ['one', 'two', 'three']) await s.call('POST /sessions/a/messages', say(word))
      const fork = await s.call('POST /sessions/a/fork', { at: 3, session_id: 'b' })
      assert.deepEqual([fork.status, fork.json.parent, fork.json.message_count], [201, { session_id: 'a', seq: 3 }, 2])
      const forks = async (query: string): Promise<string[]> =>
        (await s.call(`GET /sessions?${query}`)).json.sessions.map((each: { session_id: string }) => each.session_id)
      assert.deepEqual([await forks('parent=a'), await forks('parent=b')], [['b'], []])
      assert.equal(told(await s.call('GET /sessions?parent=')), '400 invalid')
      await s.call('POST /sessions/b/messages', say('other'))
      const words = async (id: string): Promise<string> =>
        (await s.call(`GET /sessions/${id}/history`)).json.messages
          .map((each: { content: string }) => each.content)
          .join()
      assert.deepEqual([await words('a'), await words('b')], ['one,two,three', 'one,two,other'])
      assert.equal((await s.call('POST /sessions/a/rewind', { to: 2 })).json.message_count, 1)
      assert.equal(await words('a'), 'one')
      assert.equal(told(await s.call('POST /sessions/a/rewind', { to: 99 })), '400 invalid')
      assert.equal(told(await s.call('POST /sessions/a/fork', { at: 99 })), '400 invalid')
    })

    it("keeps the caller's marks by version", async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      assert.deepEqual((await s.call('GET /sessions/a/marks')).json.version, 0)
      const put = await s.call('PUT /sessions/a/marks', { version: 0, seen: 2, draft: 'so' })
      assert.deepEqual([put.json.version, put.json.seen, put.json.draft, put.json.pinned], [1, 2, 'so', false])
      const again = await s.call('PUT /sessions/a/marks', { version: 0, seen: 2, draft: 'so' })
      assert.deepEqual([again.status, again.headers['idempotent-replayed']], [200, 'true'])
      const late = await s.call('PUT /sessions/a/marks', { version: 0, seen: 1 })
      assert.deepEqual([told(late), late.json.seq], ['409 conflict', 1])
    })

    it('writes and reads a summary', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      assert.equal(told(await s.call('GET /sessions/a/summary')), '404 not_found')
      assert.equal((await s.call('POST /sessions/a/summary', { text: 'A greeting.' })).json.content, 'A greeting.')
      assert.equal((await s.call('GET /sessions/a/summary')).json.covers_seq, 2)
      assert.equal((await s.call('GET /sessions/a?include=summary,runs')).json.summary.content, 'A greeting.')
      assert.equal((await s.call('POST /sessions/a/summary')).status, 201)
    })
  })
}

it('a ref finds the one session that it names, in whatever place, and stands alone', async () => {
  await using s = await testServer()
  const mine = s.sessions.within({ tenant: 'default', subjects: ['local'] })
  await mine.open({ id: 'one', refs: [{ type: 'foreign.codex', value: '0199:a b' }] })
  await (await mine.open({ id: 'two', refs: [{ type: 'run', value: 'run_2' }] })).trash()
  const others = s.sessions.within({ tenant: 'default', subjects: ['user:other'] })
  await others.open({ id: 'three', refs: [{ type: 'run', value: 'run_3' }] })
  const found = async (ref: string) => {
    const { json } = await s.call(`GET /sessions?ref=${encodeURIComponent(ref)}`)
    return [json.total, ...json.sessions.map((each: { session_id: string; place: string }) => each.session_id)]
  }
  assert.deepEqual(await found('foreign.codex:0199:a b'), [1, 'one'])
  assert.deepEqual(await found('run:run_2'), [1, 'two'])
  for (const ref of ['run:run_3', 'run:run_9', 'foreign.codex:0199']) assert.deepEqual(await found(ref), [0])
  for (const query of ['ref=run', 'ref=run:', 'ref=:run_2', 'ref=run:run_2&q=x', 'ref=run:run_2&archived=true']) {
    assert.equal(told(await s.call(`GET /sessions?${query}`)), '400 invalid', query)
  }
})
