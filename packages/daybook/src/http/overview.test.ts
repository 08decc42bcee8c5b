// What is looked at from afar: outlines of short and long logs, forks side by side, lines of long texts, the state of the server.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { say, storeNames, type TestServer, testServer, told } from './server.fixture.ts'

const assistant = (parts: readonly object[], more: object = {}) => ({ role: 'assistant', content: '', parts, ...more })
const edit = (path: string, added = 1) => ({ type: 'edit', path, operation: 'update', added, removed: 0 })
const call = (id: string, command: string) => ({ type: 'call', call_id: id, name: 'shell', input: { command } })
const result = (id: string, output: string, error = false) => ({ type: 'result', call_id: id, output, error })

async function post(s: TestServer, id: string, ...messages: readonly object[]): Promise<void> {
  for (const message of messages)
    assert.equal((await s.call(`POST /sessions/${id}/messages`, { body: message })).status, 201)
}

const brief = (items: readonly { type: string; seq: number }[]): string =>
  items.map((item) => `${item.type} ${item.seq}`).join(', ')

for (const name of storeNames) {
  describe(`overviews on ${name}`, () => {
    it('the outline has turns, failures, edits, hand-offs and summaries of the active history, newest first', async () => {
      await using s = await testServer(name)
      await post(s, 'a', say('fix it\nplease'), assistant([edit('a.ts', 3), edit('b.ts')]), say('left behind'))
      await s.call('POST /sessions/a/rewind', { to: 3 })
      await post(
        s,
        'a',
        assistant([call('c', 'ls'), result('c', 'no such file\nat all', true)]),
        say('thanks', 'assistant'),
      )
      await s.call('POST /sessions/a/handoff', { to: 'coder' })
      await s.call('POST /sessions/a/summary', { text: 'All is well.' })
      const { json } = await s.call('GET /sessions/a/outline')
      assert.equal(brief(json.items), 'summary 9, handoff 8, failure 6, edit 3, turn 2')
      assert.deepEqual(
        json.items.map((item: { text: string }) => item.text),
        ['All is well.', 'orchestrator → coder', 'no such file', 'a.ts, b.ts', 'fix it'],
      )
      assert.deepEqual(json.items[3].files[0], { path: 'a.ts', operation: 'update', added: 3, removed: 0 })
      assert.equal(json.cursor, null)
      const edits = await s.call('GET /sessions/a/outline?type=edit,failure&limit=1')
      assert.equal(brief(edits.json.items), 'failure 6')
      const rest = await s.call(`GET /sessions/a/outline?type=edit,failure&before=${edits.json.cursor}`)
      assert.equal(brief(rest.json.items), 'edit 3')
      assert.equal(brief((await s.call('GET /sessions/a/outline?until=4')).json.items), 'turn 4, edit 3, turn 2')
      assert.equal(told(await s.call('GET /sessions/a/outline?until=99')), '400 invalid')
      assert.equal(told(await s.call('GET /sessions/no/outline')), '404 not_found')
    })

    it('a call for an outline looks through a bounded part of the log, and pages find everything', async () => {
      await using s = await testServer(name)
      await post(s, 'a', say('the one turn'))
      const said = Array.from({ length: 500 }, () => ({ kind: 'message', data: say('.', 'assistant') }))
      for (let n = 0; n < 18; n += 1) await s.call('POST /sessions/a/entries', { body: said })
      const first = (await s.call('GET /sessions/a/outline')).json
      assert.deepEqual([first.items, first.cursor], [[], 9002 - 8000 + 1])
      const next = (await s.call(`GET /sessions/a/outline?before=${first.cursor}`)).json
      assert.deepEqual([brief(next.items), next.cursor], ['turn 2', null])
    })

    it('two forks are compared from their common entry on, also when their base is gone', async () => {
      await using s = await testServer(name)
      await post(s, 'base', say('one'), say('two', 'assistant'), say('three'))
      for (const id of ['left', 'right']) await s.call('POST /sessions/base/fork', { session_id: id, at: 3 })
      await post(s, 'left', say('go left'), assistant([edit('a.ts'), edit('a.ts', 4), edit('b.ts')], { cost: 0.25 }))
      await post(s, 'left', assistant([call('t', 'cd app && npm test')], { usage: { total_tokens: 7 } }), {
        role: 'tool',
        content: '',
        parts: [result('t', 'Exit code: 1\n2 failed')],
      })
      await post(s, 'right', say('go right'), assistant([call('t', 'python3 -m pytest -q'), result('t', '3 passed')]))
      const compared = (await s.call('GET /sessions/left/compare/right')).json
      const [left, right] = compared.sides
      assert.equal(compared.common.seq, 3)
      assert.deepEqual([left.session.session_id, left.turns, left.cost, left.tokens], ['left', 1, 0.25, 7])
      assert.deepEqual(
        left.files.map((file: { path: string; added: number }) => [file.path, file.added]),
        [
          ['a.ts', 5],
          ['b.ts', 1],
        ],
      )
      assert.deepEqual(left.tests, [{ command: 'cd app && npm test', passed: false, seq: 8 }])
      assert.deepEqual(right.tests, [{ command: 'python3 -m pytest -q', passed: true, seq: 6 }])
      assert.equal((await s.call('GET /sessions/base/compare/left')).json.common.seq, 3)
      await s.call('DELETE /sessions/base?now=true')
      assert.equal((await s.call('GET /sessions/right/compare/left')).json.common.seq, 3)
      await post(s, 'other', say('one'))
      const none = await s.call('GET /sessions/left/compare/other')
      assert.deepEqual([told(none), none.json.field], ['400 invalid', 'other_id'])
    })

    it('any lines of a long text are read by their numbers', async () => {
      await using s = await testServer(name)
      await post(s, 'a', say('hi'))
      const kept = async (text: string): Promise<string> =>
        (await s.call('POST /sessions/a/blobs', { body: Buffer.from(text), headers: { 'content-type': 'text/plain' } }))
          .json.blob
      const many = await kept(Array.from({ length: 100_000 }, (_, n) => `line ${n + 1} ё\r\n`).join(''))
      const lines = async (hash: string, range: string) =>
        (await s.call(`GET /sessions/a/blobs/${hash}?lines=${range}`)).json
      for (const at of [1, 999, 1000, 1001, 54_321, 99_999]) {
        const { lines: found, first, line_count } = await lines(many, `${at}-${at + 1}`)
        assert.deepEqual([found, first, line_count], [[`line ${at} ё`, `line ${at + 1} ё`], at, 100_000])
      }
      assert.deepEqual((await lines(many, '100000-100900')).lines, ['line 100000 ё'])
      assert.deepEqual((await lines(many, '100001-100002')).lines, [])
      const long = await kept(`${'é'.repeat(300_000)}\nshort\n\nlast`)
      const read = await lines(long, '1-9')
      assert.deepEqual(
        [read.lines.length, read.line_count, read.cut, read.lines.slice(1)],
        [4, 4, [1], ['short', '', 'last']],
      )
      assert.equal(read.lines[0], 'é'.repeat(8192))
      assert.deepEqual((await lines(await kept(''), '1-2')).line_count, 0)
      const wide = await kept(`${'x'.repeat(16_000)}\n`.repeat(200))
      const some = await lines(wide, '1-200')
      assert.ok(some.lines.length > 50 && some.lines.length < 80, `${some.lines.length}`)
      for (const wrong of ['2-1', '1-1001', '0-1', 'x']) {
        assert.equal(told(await s.call(`GET /sessions/a/blobs/${many}?lines=${wrong}`)), '400 invalid', wrong)
      }
    })

    it('the state of the server says what doctor says', async () => {
      const facts = async () =>
        [{ about: 'memory', state: 'bad', detail: 'little is left', next: 'give it more' }] as const
      await using s = await testServer(name, { facts })
      await post(s, 'a', say('hi'))
      const { json } = await s.call('GET /status?check=true')
      assert.deepEqual([json.version, json.store.name, json.store.sessions, json.store.entries], ['0.0.0', name, 1, 2])
      assert.deepEqual([json.streams, json.runs, json.peers, json.left], [0, { active: 0, waiting: 0 }, [], []])
      assert.equal(json.findings[0].part, 'install')
      assert.deepEqual(json.findings[1], {
        part: 'memory',
        state: 'bad',
        detail: 'little is left',
        next: 'give it more',
      })
    })
  })
}
