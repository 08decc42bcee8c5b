// GET /search: hits with their sessions, every filter, pages, and refusals that name the field.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSearch } from '../search/search.ts'
import { sqliteIndex } from '../search/sqlite.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { openApi } from './openapi.ts'
import { routes } from './routes/all.ts'
import { say, storeNames, type TestServer, testServer, told } from './server.fixture.ts'
import { shapes } from './shapes.fixture.ts'

const checks = shapes(openApi(routes, { version: '0.0.0', prefix: '/api/v1' }))

async function filled(s: TestServer): Promise<void> {
  const fields = { agent_id: 'codex', branch: 'fix-auth', repository: 'app', user_id: 'u1' }
  await s.call('POST /sessions', { session_id: 'one', name: 'tokens', ...fields })
  await s.call('POST /sessions/one/messages', say('we added 30 s of clock skew to the jwt check in src/auth/token.ts'))
  await s.call('POST /sessions/one/entries', {
    kind: 'note',
    data: { type: 'decision', text: 'no clock skew for refresh' },
  })
  await s.call('POST /sessions/two/messages', say('时钟偏差 and clock skew elsewhere'))
  const parts = [{ type: 'edit', path: 'src/auth/token.ts', operation: 'update' }]
  await s.call('POST /sessions/two/messages', { ...say('done', 'assistant'), parts })
}

test('figures tell how far the index of a server is behind', async () => {
  const store = memoryStore()
  const sessions = await openSessions({ store })
  const search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), follow: true })
  await using s = await testServer('memory', { sessions, search })
  await filled(s)
  await search.catchUp()
  const figures = async () => (await s.call('GET //metrics')).text
  while (!/^daybook_search_lag_seconds 0$/m.test(await figures())) await new Promise(setImmediate)
  await using asking = await testServer('memory')
  assert.doesNotMatch((await asking.call('GET //metrics')).text, /daybook_search_lag_seconds/)
})

for (const name of storeNames) {
  test(`finds entries with their sessions on ${name}`, async () => {
    await using s = await testServer(name)
    await filled(s)
    const found = await s.call('GET /search?q=skews%20clock')
    assert.equal(found.status, 200)
    assert.deepEqual(checks.fits({ $ref: '#/components/schemas/HitList' }, found.json), [])
    const hits = found.json.hits.map((hit: { session_id: string; seq: number }) => `${hit.session_id}@${hit.seq}`)
    assert.deepEqual(hits.sort(), ['one@2', 'one@3', 'two@2'])
    assert.deepEqual(
      [found.json.total, found.json.total_is, found.json.matched, found.json.complete],
      [3, 'exact', 'all', true],
    )
    assert.deepEqual(found.json.sessions.map((each: { session_id: string }) => each.session_id).sort(), ['one', 'two'])
    const { snippet } = found.json.hits.find(
      (hit: { seq: number; session_id: string }) => hit.session_id === 'one' && hit.seq === 2,
    )
    const marked = snippet.marks.map((mark: { start: number; end: number }) => snippet.text.slice(mark.start, mark.end))
    assert.deepEqual([snippet.field, marked], ['content', ['clock', 'skew']])
  })
}

test('every filter leaves what fits it', async () => {
  await using s = await testServer()
  await filled(s)
  const cases = [
    ['agent_id=codex', 2],
    ['branch=fix-auth&repository=app&user_id=u1', 2],
    ['branch=main', 0],
    ['owner=local', 3],
    ['owner=other', 0],
    ['session_id=two', 1],
    ['kind=note', 1],
    ['kind=note,message', 3],
    ['since=2020-01-01T00:00:00Z', 3],
    ['until=2020-01-01T00:00:00Z', 0],
    ['file=auth/token', 1],
  ] as const
  for (const [filter, expected] of cases) {
    const { json } = await s.call(`GET /search?q=clock&${filter}`)
    assert.equal(json.hits.length, expected, filter)
  }
  const { json } = await s.call('GET /search?file=token.ts')
  assert.deepEqual([json.hits.length, json.hits[0].snippet.field], [1, 'parts.0.path'])
})

test('pages go on by their cursor', async () => {
  await using s = await testServer()
  await filled(s)
  const first = (await s.call('GET /search?q=clock&limit=2')).json
  const second = (await s.call(`GET /search?q=clock&limit=2&cursor=${encodeURIComponent(first.cursor)}`)).json
  assert.deepEqual([first.hits.length, second.hits.length, second.cursor], [2, 1, null])
  assert.equal(told(await s.call(`GET /search?q=other&cursor=${encodeURIComponent(first.cursor)}`)), '400 invalid')
})

test('what asks for nothing is refused with its field', async () => {
  await using s = await testServer()
  for (const [query, field] of [
    ['', 'q'],
    ['?q=%20', 'q'],
    ['?q=a&file=ab', 'file'],
    ['?q=a&kind=nothing', 'kind[0]'],
    ['?q=a&limit=0', 'limit'],
    ['?q=a&since=yesterday', 'since'],
    ['?q=a&since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'since'],
    ['?q=a&unknown=1', 'unknown'],
  ] as const) {
    const answer = await s.call(`GET /search${query}`)
    assert.deepEqual([told(answer), answer.json.field], ['400 invalid', field], query)
  }
  assert.equal((await s.call('GET /search?q=%22%20OR%20*')).status, 200)
})
