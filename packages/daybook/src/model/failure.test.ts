// What errors of providers mean, in whatever form their packages hand them on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelFailureCode } from './contract.ts'
import { failureOf } from './failure.ts'
import { HttpRefusal, Unanswered, wordsOf } from './transport.ts'

const failing = { model: 'lab/x', partial: 'so far', begun: true }
const refusal = (status: number, body: unknown = {}): HttpRefusal => new HttpRefusal(status, body, undefined)
const wrapped = (cause: unknown): Error => new Error('the key sk-12345 was wrong', { cause })
/** As packages make of an error that was told within a stream. */
const streamed = (fields: object): Error => Object.assign(new Error('the key sk-12345'), fields)

const meanings: [name: string, error: unknown, code: ModelFailureCode, passing: boolean][] = [
  ['a wrapped refusal', wrapped(wrapped(refusal(401))), 'unauthenticated', false],
  ['a right that is missing', refusal(403), 'unauthenticated', false],
  ['no money', refusal(402), 'unauthenticated', false],
  ['too many calls', refusal(429), 'rate_limited', true],
  ['a quota that is used up', refusal(429, { error: { code: 'insufficient_quota' } }), 'rate_limited', false],
  ['a model that is not there', refusal(404, { error: { type: 'not_found_error' } }), 'invalid_request', false],
  ['a large body', refusal(413), 'too_long', false],
  [
    'a long prompt',
    refusal(400, { error: { message: 'prompt is too long: 210000 tokens > 200000' } }),
    'too_long',
    false,
  ],
  [
    'a long prompt of Gemini',
    refusal(400, { error: { message: 'The input token count (1) exceeds the maximum' } }),
    'too_long',
    false,
  ],
  ['a slow client', refusal(408), 'timeout', true],
  ['trouble', refusal(502, 'Bad gateway'), 'overloaded', true],
  ['a text that is not answered', refusal(400, { error: { code: 'content_filter' } }), 'refused', false],
  ['nobody there', wrapped(new Unanswered('ECONNREFUSED')), 'unreachable', true],
  ['overload within a stream', { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded', true],
  [
    'overload by its status',
    streamed({ statusCode: 529, data: { error: { type: 'overloaded_error' } } }),
    'overloaded',
    true,
  ],
  [
    'too many within a stream',
    streamed({ data: { type: 'error', error: { type: 'rate_limit_error' } } }),
    'rate_limited',
    true,
  ],
  ['a connection that was cut', new TypeError('terminated'), 'cut_off', true],
  ['nothing known', 'what?', 'cut_off', true],
]

test('every error has one meaning, and nothing that was said stands in its words', () => {
  for (const [name, error, code, passing] of meanings) {
    const failure = failureOf(error, failing)
    assert.deepEqual([failure.code, failure.passing], [code, passing], `${name}: ${failure.message}`)
    assert.equal(failure.partial, 'so far')
    assert.equal(failure.cause, undefined)
    assert.doesNotMatch(failure.message, /sk-12345|210000/, name)
  }
})

test('a failure is itself', () => {
  const one = failureOf(refusal(500), failing)
  assert.equal(failureOf(one, failing), one)
})

test('only words from small sets are repeated, never a sentence', () => {
  assert.deepEqual(wordsOf({ error: { type: 'invalid_request_error', code: 'model_not_found', message: 'x y' } }), [
    'invalid_request_error',
    'model_not_found',
  ])
  assert.deepEqual(wordsOf([{ error: { status: 'RESOURCE_EXHAUSTED', code: 429 } }]), ['RESOURCE_EXHAUSTED'])
  assert.deepEqual(wordsOf({ code: 'my key sk-12345', type: 'sk-proj-abcdefgh', status: 'x'.repeat(90) }), [])
  assert.deepEqual(wordsOf('plain'), [])
})
