// Waiting for a promise or for the end of a signal, whichever comes first.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { untilAborted } from './until-aborted.ts'

test('a signal that outlives many waits keeps nothing of those that are over', async () => {
  const { signal } = new AbortController()
  assert.equal(await untilAborted(Promise.resolve('here'), signal), 'here')
  await assert.rejects(untilAborted(Promise.reject(new TypeError('gone')), signal), TypeError)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('nobody waits longer than until the signal, nor at all behind it', async () => {
  const stop = new AbortController()
  const waiting = untilAborted(new Promise(() => {}), stop.signal)
  stop.abort(new RangeError('enough'))
  await assert.rejects(waiting, RangeError)
  await assert.rejects(untilAborted(Promise.reject(new TypeError('gone')), stop.signal), RangeError)
})
