// The comparison of the selftest: what is lost, changed or out of order never passes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openClient } from '../../client/client.ts'
import { type RunningServer, startServer } from '../../main.ts'
import { compare, type Picture, pictureOf } from './compare.ts'

let server: RunningServer
let whole: Picture
before(async () => {
  server = await startServer({ port: 0, host: '127.0.0.1', store: 'memory:' })
  const client = openClient({ url: server.url })
  const { session_id } = await client.create()
  const remote = client.session(session_id)
  for (const content of ['one', 'два', '三']) await remote.message({ role: 'user', content })
  await remote.handoff('coder', 'because')
  const picture = await pictureOf(client, session_id, new AbortController().signal)
  assert.ok(picture !== null)
  whole = picture
})
after(() => server.close())

const failed = (now: Picture | null): string[] =>
  compare(whole, now)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name)

test('the same again passes every check', () => {
  const checks = compare(whole, structuredClone(whole))
  assert.ok(checks.length >= 6)
  assert.deepEqual(failed(structuredClone(whole)), [])
})

test('a session that is gone fails', () => {
  assert.equal(failed(null).length, 1)
})

test('a lost message fails in history and order', () => {
  const lost = structuredClone({ ...whole, history: { ...whole.history, messages: whole.history.messages.slice(1) } })
  assert.equal(failed(lost).length, 2)
  const hole = { ...whole, entries: whole.entries.filter(({ seq }) => seq !== 3) }
  assert.equal(failed(hole).length, 2)
  const cut = { ...whole, entries: whole.entries.slice(0, -1) }
  assert.equal(failed(cut).length, 2)
})

test('a letter, a hand-over, a hash, a count or two entries in another order fail', () => {
  const [first, second, ...rest] = whole.entries
  assert.ok(first && second)
  const messages = whole.history.messages.map((message, at) => (at === 1 ? { ...message, content: 'двa' } : message))
  for (const wrong of [
    { ...whole, history: { ...whole.history, messages } },
    { ...whole, agents: { ...whole.agents, agent_history: [] } },
    { ...whole, agents: { ...whole.agents, current_agent: 'ask' } },
    { ...whole, entries: [{ ...first, hash: second.hash }, second, ...rest] },
    { ...whole, entries: [second, first, ...rest] },
    { ...whole, session: { ...whole.session, message_count: 2 } },
  ]) {
    assert.ok(failed(wrong).length > 0)
  }
})

test('what failed says where', () => {
  const agents = { ...whole.agents, current_agent: 'ask' }
  const wrong = compare(whole, { ...whole, agents }).find(({ ok }) => !ok)
  assert.match(wrong?.detail ?? '', /^current_agent: "coder" before, "ask" now$/)
})
