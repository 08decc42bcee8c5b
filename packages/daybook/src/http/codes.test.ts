// Codes of printed addresses: each shows the key once, and to nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { Codes } from './codes.ts'
import { drivenBy, none } from './driven.fixture.ts'
import { testServer, told } from './server.fixture.ts'

const key = 'k'.repeat(43)

test('a code shows the key of the user to who gives it first, and to a repeat of that very call', async () => {
  const store = memoryStore()
  await store.open()
  const sessions = await openSessions({ store })
  await using s = await testServer('memory', { sessions, programs: drivenBy(sessions, { key, live: none }) })
  const take = (code: string | null, id?: string) =>
    s.call('POST /key', { body: { code }, headers: id === undefined ? {} : { 'idempotency-key': id } })
  const [one, other] = [s.server.code(), s.server.code()]
  assert.notEqual(one, other)
  const first = await take(one, 'mine')
  assert.deepEqual([first.status, first.json], [200, { key }])
  assert.deepEqual((await take(one, 'mine')).json, { key })
  for (const id of ['theirs', undefined]) assert.equal(told(await take(one, id)), '401 unauthenticated')
  assert.deepEqual((await take(other)).json, { key })
  assert.equal(told(await take(other)), '401 unauthenticated')
  assert.equal(told(await take('c'.repeat(22))), '401 unauthenticated')
  for (const code of ['', 'short', null, `${'c'.repeat(21)}!`]) assert.equal(told(await take(code)), '400 invalid')
})

test('where no programs are driven there is no code, and none is taken', async () => {
  await using s = await testServer()
  assert.equal(s.server.code(), null)
  assert.equal(told(await s.call('POST /key', { code: 'c'.repeat(22) })), '401 unauthenticated')
})

test('of many codes that nobody takes the newest wait', () => {
  const codes = new Codes()
  const made = Array.from({ length: 40 }, () => codes.make())
  assert.equal(made.filter((code) => codes.take(code, null)).length, 32)
})
