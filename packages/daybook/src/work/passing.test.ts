// A map of what comes and goes says what a plain map says, whatever went before.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Passing } from './passing.ts'

test('What comes and goes is found as in a plain map, in the order in which it came', () => {
  const passing = new Passing<number, string>()
  const plain = new Map<number, string>()
  for (let step = 0; step < 5000; step += 1) {
    // Comes up to 80, goes down to none, and again; keys come back.
    const key = (step * 7) % 160
    if (step % 400 < 200 && step % 3 > 0) {
      passing.set(key, `${step}`)
      plain.set(key, `${step}`)
    } else strictEqual(passing.delete(key), plain.delete(key))
    strictEqual(passing.size, plain.size)
    strictEqual(passing.get(key), plain.get(key))
    strictEqual(passing.has(key), plain.has(key))
    deepStrictEqual(passing.values(), [...plain.values()])
  }
})
