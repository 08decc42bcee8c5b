// Tokens in what programs print: in all that real ones printed, and in nothing that only looks like it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { isDaybookError } from '../schema/errors.ts'
import { builtinPrograms } from './builtin.ts'
import { findToken, isToken } from './token.ts'

const recording = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const ended = (text: string, regex?: string) => findToken({ stderr: '', ended: text }, regex)?.token
const other = '00000000-1111-4222-8333-444444444444'

const real: readonly (readonly [string, string])[] = [
  ['recordings/codex-0.169.0-stderr.txt', '01a2006a-671b-7e43-a90f-ce88f1fee30b'],
  ['recordings/codex-0.169.0-terminal.txt', '01a2007e-8684-7e42-a242-6f72fe63ff0f'],
  ['recordings/gemini-0.61.0-json.txt', '6418779d-437c-49d4-b162-d14f365dc26c'],
  ['recordings/gemini-0.61.0-terminal.txt', '177af6b3-de95-40b9-8959-68cc52688196'],
  ['recordings/opencode-1.18.33-terminal.txt', 'ses_dff97c72cffel6UeaDtHITCUyq'],
  ['recordings/qwen-0.24.4-terminal.txt', '78bb9b8a-9dea-4d8c-b6a4-4a2f8bd0e8bf'],
  ['formats/recordings/codex-0.169.0/work.jsonl', '01a20067-4d65-7be3-bfa1-ee7d449c08ca'],
  ['formats/recordings/gemini-0.61.0/work.jsonl', '11111111-2222-4333-8444-666666666666'],
  ['formats/recordings/opencode-1.18.33/work.jsonl', 'ses_dff97c72cffel6UeaDtHITCUyq'],
  ['formats/recordings/qwen-0.24.4/work.jsonl', '11111111-2222-4333-8444-666666666666'],
]

test('in what real programs printed the token is found without an expression', () => {
  for (const [name, token] of real) assert.equal(ended(recording(name)), token, name)
  const stderr = recording('recordings/codex-0.169.0-stderr.txt')
  assert.deepEqual(findToken({ stderr }), {
    token: '01a2006a-671b-7e43-a90f-ce88f1fee30b',
    from: 'stderr',
    regex: null,
  })
})

test('the expressions of known programs find what those print at their end', () => {
  for (const [name, file, token] of [
    ['codex', 'recordings/codex-0.169.0-terminal.txt', '01a2007e-8684-7e42-a242-6f72fe63ff0f'],
    ['opencode', 'recordings/opencode-1.18.33-terminal.txt', 'ses_dff97c72cffel6UeaDtHITCUyq'],
    ['qwen', 'recordings/qwen-0.24.4-terminal.txt', '78bb9b8a-9dea-4d8c-b6a4-4a2f8bd0e8bf'],
  ] as const) {
    const regex = builtinPrograms[name]?.resume_regex ?? ''
    assert.deepEqual(findToken({ stderr: '', ended: recording(file) }, regex), { token, from: 'ended', regex })
  }
})

test('a command that the model only quotes is no token: not in a record, not before the last lines, not while it runs', () => {
  const quoted = `You can go on with codex resume ${other}.`
  const record = JSON.stringify({ type: 'message', role: 'assistant', content: `"session_id": "${other}"\n${quoted}` })
  assert.equal(ended(record), undefined)
  assert.equal(ended(JSON.stringify({ data: { session_id: other } })), undefined)
  const long = [quoted, ...Array.from({ length: 40 }, (_, index) => `line ${index}`)].join('\n')
  assert.equal(ended(long), undefined)
  assert.equal(findToken({ stderr: '' }), null)
  const name = 'recordings/codex-0.169.0-terminal.txt'
  assert.equal(ended(`${quoted}\n${recording(name)}`), '01a2007e-8684-7e42-a242-6f72fe63ff0f')
})

test('ids of other things are no tokens', () => {
  const noise = [
    `request id: ${other}`,
    `trace=${other}`,
    'session ended',
    'session id: none',
    'resume your work',
    `resume ${other}-and-more`,
    'commit 0123456789abcdef0123456789abcdef01234567',
    'presume key_abcdefghijkl',
    `"session_id": "${other}`,
    `{"session_id": "${other}"`,
  ]
  for (const line of noise) assert.equal(ended(line), undefined, line)
})

test('an expression of the configuration goes before what is known, standard error before the rest', () => {
  const regex = 'token=(?<token>\\S+)'
  const text = `session id: ${other}\ntoken=first\ntoken=second\n`
  assert.equal(ended(text, regex), 'second')
  assert.equal(ended(`session id: ${other}`, regex), other)
  assert.deepEqual(findToken({ stderr: 'token=a', ended: 'token=b' }, regex), { token: 'a', from: 'stderr', regex })
})

test('what no program could take for a token is passed over', () => {
  const regex = 'token=(?<token>.*)'
  for (const token of ['-x', '--last', 'a b', 'a/b', 'é', '$(id)', 'x'.repeat(257), '']) {
    assert.equal(isToken(token), false, token)
    assert.equal(ended(`token=${token}`, regex), undefined, token)
  }
  assert.equal(ended(`token=ok\ntoken=not ok`, regex), 'ok')
  assert.equal(ended(`token=${'x'.repeat(256)}`, regex)?.length, 256)
})

test('an expression that would take for ever is stopped and told', () => {
  const hostile = 'a'.repeat(4000)
  const began = performance.now()
  assert.throws(
    () => ended(hostile, '(?<token>(?:a+)+)b'),
    (error) => isDaybookError(error) && error.code === 'invalid',
  )
  assert.ok(performance.now() - began < 10_000)
  assert.equal(ended(`${'a'.repeat(5000)} session id: ${other}`), undefined)
})

test('whatever is printed, looking ends soon and gives a token or nothing', () => {
  const piece = fc.constantFrom(
    'session',
    'id',
    ' ',
    ':',
    '=',
    '"',
    '{',
    'resume ',
    '--resume ',
    '-',
    '_',
    other,
    'ses_abcdefghijklmnop',
    '\u001b[1m',
    '\n',
    '\t',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 200, size: 'max' }), (pieces) => {
      const found = findToken({ stderr: pieces.join(''), ended: pieces.toReversed().join('') })
      assert.ok(found === null || isToken(found.token))
    }),
    cases(300),
  )
})
