// What answers cost, by the price of each kind of token, and what several attempts took together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOf } from './facts.ts'
import { added, costOf } from './usage.ts'

test('tokens from the cache, put into it, fresh ones and those of the answer have prices of their own', () => {
  const { price } = factsOf('anthropic/claude-sonnet-4-5')
  const usage = { input_tokens: 1_000_000, output_tokens: 100_000, cached_tokens: 600_000, written_tokens: 200_000 }
  assert.equal(costOf(usage, price), 3.03)
  assert.equal(costOf(usage, { input: 1, output: 2 }), 1 + 0.2)
  assert.equal(costOf(usage, null), undefined)
})

test('what several attempts took is one sum, estimated where one of them is', () => {
  const one = { input_tokens: 3, output_tokens: 4, total_tokens: 7, cached_tokens: 1 }
  const other = { input_tokens: 10, output_tokens: 0, total_tokens: 10, estimated: true } as const
  assert.deepEqual(added(one, other), {
    input_tokens: 13,
    output_tokens: 4,
    total_tokens: 17,
    cached_tokens: 1,
    estimated: true,
  })
})
