// Proves who is said to look at a session: others once each, the reader never, and nobody who went away or fell silent.

import assert from 'node:assert/strict'
import test from 'node:test'
import { forgotten, heard, initials, othersIn, type Presence, type Windows } from './watchers.ts'

const all = (...told: readonly (readonly [Presence, number])[]): Windows =>
  told.reduce<Windows>((windows, [presence, at]) => heard(windows, presence, at), new Map())
const me = { actor: 'user:anna', client: 'a', seq: 1 }
const ben = { actor: 'user:ben', client: 'b', seq: 7 }

test('others are told once each, at the entry of the window that spoke last, and oneself is not', () => {
  const windows = all([me, 0], [ben, 1], [{ ...ben, client: 'b2', seq: 9 }, 2], [{ ...me, client: 'a2' }, 3])
  assert.deepEqual(othersIn(windows, 'a', 4), [{ who: 'user:ben', seq: 9 }])
  const named = all([me, 0], [{ ...me, client: 'a2', name: 'Cleo' }, 1])
  assert.deepEqual(othersIn(named, 'a', 2), [{ who: 'Cleo', seq: 1 }])
  assert.deepEqual(othersIn(all([ben, 1]), 'a', 2), [], 'who asks is not known yet')
})

test('who looks away is gone at once, and who says nothing more after a while', () => {
  assert.deepEqual(othersIn(all([me, 0], [ben, 1], [{ ...ben, seq: null }, 2]), 'a', 3), [])
  const windows = all([me, 1], [ben, 1])
  assert.equal(othersIn(windows, 'a', forgotten).length, 1)
  assert.equal(othersIn(windows, 'a', forgotten + 1).length, 0)
  assert.equal(heard(windows, me, forgotten + 1).has('b'), false, 'nobody is kept for ever')
})

test('a face is one or two letters, in whatever script', () => {
  const faces = ['user:ben', 'Ben Okri', 'user:анна', '王芳', 'user:', 'a.b@c'].map(initials)
  assert.deepEqual(faces, ['B', 'BO', 'А', '王', '?', 'AB'])
})
