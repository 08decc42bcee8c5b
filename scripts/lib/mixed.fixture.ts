// Not a test of ours: one file with every outcome a test can have, run by tally.test.ts in a process of its own.
import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'

test('passes', () => {})
test('fails', () => assert.equal(1, 2))
describe('suite', () => {
  it('passes inside', () => {})
  it('is skipped inside', { skip: 'no server' }, () => {})
})
describe('skipped suite', { skip: 'not here' }, () => {
  it('is not run', () => {})
})
test('parent of one', async (t) => {
  await t.test('child', () => {})
})
test('parent that fails itself', async (t) => {
  await t.test('child', () => {})
  throw new Error('after its child')
})
test('parent of a failure', async (t) => {
  await t.test('failing child', () => assert.equal(1, 2))
})
