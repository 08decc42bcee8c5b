// The code of a printed address: taken once, and gone from what can be seen and kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { takeCode } from './code.ts'

test('a code is taken out of the address with nothing left of it, and no other fragment is touched', () => {
  const replaced: unknown[] = []
  const past = { state: { at: 1 }, replaceState: (...given: unknown[]) => void replaced.push(given) }
  const at = (hash: string) => takeCode({ hash, pathname: '/behind/s/a', search: '?view=edits' }, past)
  for (const hash of ['', '#', '#code=', '#code=short', `#code=${'c'.repeat(23)}`, `#x&code=${'c'.repeat(22)}`]) {
    assert.equal(at(hash), null, hash)
  }
  assert.deepEqual(replaced, [])
  assert.equal(at(`#code=${'c'.repeat(22)}`), 'c'.repeat(22))
  assert.deepEqual(replaced, [[{ at: 1 }, '', '/behind/s/a?view=edits']])
})
