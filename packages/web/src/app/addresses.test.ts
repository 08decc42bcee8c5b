// Addresses of sessions: what people send one another leads to the same place.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, parseAddress } from './addresses.ts'

test('an address is a session, a session at an entry, or two that are compared', () => {
  assert.deepEqual(parseAddress('k3f9'), { type: 'session', id: 'k3f9', seq: null })
  assert.deepEqual(parseAddress('k3f9@120'), { type: 'session', id: 'k3f9', seq: 120 })
  assert.deepEqual(parseAddress('a1..b2'), { type: 'compare', a: 'a1', b: 'b2' })
})

test('ids with signs of their own stay whole', () => {
  assert.deepEqual(parseAddress('@skill:push@3'), { type: 'session', id: '@skill:push', seq: 3 })
  assert.deepEqual(parseAddress('mail@example'), { type: 'session', id: 'mail@example', seq: null })
  assert.deepEqual(parseAddress('a@0'), { type: 'session', id: 'a@0', seq: null })
  assert.deepEqual(parseAddress('v1.2'), { type: 'session', id: 'v1.2', seq: null })
})

test('what is written as an address is read as the same', () => {
  for (const [id, seq] of [
    ['a', null],
    ['@key:x', 7],
    ['разговор', 12],
  ] as const) {
    assert.deepEqual(parseAddress(addressOf(id, seq)), { type: 'session', id, seq })
  }
})
