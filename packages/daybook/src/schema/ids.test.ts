// Ids: their form, their order, what is accepted from clients, and the tails that people type.

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { crockford, idFromDigest, isSessionId, isSystemId, newId, tailLength, tailOf, uniqueTail } from './ids.ts'

test('128 bits are 26 characters that keep their order', () => {
  strictEqual(crockford(new Uint8Array(16)), '0'.repeat(26))
  strictEqual(crockford(new Uint8Array(16).fill(255)), `7${'Z'.repeat(25)}`)
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
  const hex = (one: Uint8Array) => Array.from(one, (byte) => byte.toString(16).padStart(2, '0')).join('')
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      match(crockford(one), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
      strictEqual(crockford(one) < crockford(other), hex(one) < hex(other))
    }),
    cases(100, 3),
  )
})

test('new ids are unique, sort by the time of their birth and are UUIDs of version 7', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => newId('ses', 1_763_668_800_000 + index))
  strictEqual(new Set(ids).size, 1000)
  deepStrictEqual([...ids].sort(), ids)
  ok(ids.every((id) => /^ses_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id) && isSessionId(id)))
  notStrictEqual(newId('run', 0), newId('run', 0))
  const far = newId('ses', 2 ** 48 - 1)
  ok(far > (ids.at(-1) ?? ''))
})

test('the same digest gives the same id', () => {
  const digest = new Uint8Array(32).map((_, index) => index)
  strictEqual(idFromDigest('ses', digest), idFromDigest('ses', digest.slice(0, 20)))
  match(idFromDigest('apr', digest), /^apr_/)
})

test('ids of clients: 1 to 128 of the allowed characters, not only dots', () => {
  for (const id of ['a', 'session_1', 'A-b.c:d', '...a', '@app', '@user:x', 'x'.repeat(128)]) ok(isSessionId(id), id)
  for (const id of [
    '',
    '.',
    '...',
    ' ',
    'a b',
    'a/b',
    'ä',
    'a\n',
    '\u0000',
    '@',
    'a@b',
    'x'.repeat(129),
    `@${'x'.repeat(128)}`,
  ]) {
    ok(!isSessionId(id), id)
  }
  deepStrictEqual([isSystemId('@app'), isSystemId('app')], [true, false])
})

test('tails are as short as they are told apart, at least four characters', () => {
  strictEqual(tailOf('ses_ABCDEFGH'), 'efgh')
  strictEqual(tailOf('ses_ABCDEFGH', 6), 'cdefgh')
  strictEqual(tailOf('ses_ABCDEFGH', 1).length, tailLength)
  strictEqual(tailOf('ab'), 'ab')
  strictEqual(uniqueTail('xxABCD', []), 'abcd')
  strictEqual(uniqueTail('xxABCD', ['xxABCD']), 'abcd')
  strictEqual(uniqueTail('xxABCD', ['yyabcd', 'zxabcd']), 'xxabcd')
  strictEqual(uniqueTail('abcd', ['xabcd']), 'abcd')
})
