// What an end without output says: only clear words and exit codes count as a refusal.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ended, refusalOf } from './refusal.ts'

const ended = (changed: Partial<Ended>): Ended => ({
  ...{ code: 1, stderr: '', resumed: false, codes: [], livedMs: 100 },
  ...changed,
})

test('a token is refused by the exit code that says so, or in words', () => {
  assert.equal(refusalOf(ended({ code: 42, codes: [42], resumed: true })), 'token')
  assert.equal(refusalOf(ended({ code: 42, codes: [42] })), null, 'it had none')
  for (const stderr of [
    'Error: no rollout found for thread id 019a-77',
    'Error: Session not found: ses_1',
    'No conversation found with session ID: 7',
    'Invalid session identifier "x".',
    'No saved session found with ID 7. Run `qwen --resume` without an ID to choose from existing sessions.',
  ]) {
    assert.equal(refusalOf(ended({ stderr, resumed: true })), 'token', stderr)
  }
  assert.equal(refusalOf(ended({ stderr: 'stream error: connection refused', resumed: true })), null)
})

test('arguments are refused in words, and only at once', () => {
  for (const stderr of [
    "error: unexpected argument '--json' found",
    'tool: unrecognized option --x',
    'Usage: tool [options]',
  ]) {
    assert.equal(refusalOf(ended({ stderr })), 'arguments', stderr)
    assert.equal(refusalOf(ended({ stderr, livedMs: 3000 })), 'arguments')
    assert.equal(refusalOf(ended({ stderr, livedMs: 3001 })), null)
    assert.equal(refusalOf(ended({ stderr, code: 0 })), null)
    assert.equal(refusalOf(ended({ stderr, code: null })), null)
  }
  assert.equal(refusalOf(ended({ stderr: 'disk usage: 7 %' })), null)
})

test('hostile complaints are read in a time that grows with their length', () => {
  for (const stderr of [
    '\n'.repeat(32_768),
    ' \n'.repeat(16_384),
    'no session '.repeat(3000),
    'session not '.repeat(2700),
  ]) {
    const before = process.cpuUsage()
    refusalOf(ended({ stderr, resumed: true }))
    const { user } = process.cpuUsage(before)
    assert.ok(user < 500_000, `${user} µs for ${JSON.stringify(stderr.slice(0, 12))}`)
  }
  assert.equal(refusalOf(ended({ stderr: '\n\n  usage: tool' })), 'arguments')
})
