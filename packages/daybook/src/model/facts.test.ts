// What is known of a model by its name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOf, fits } from './facts.ts'
import { known } from './known.ts'

test('no row of the table is hidden by one before it', () => {
  const hidden = known.filter(({ name }, index) => {
    const one = name.replaceAll('*', '')
    return known.slice(0, index).some((before) => fits(before.name, one))
  })
  assert.deepEqual(hidden, [])
})

test('every price says when it was one, and an answer fits the context', () => {
  for (const { name, price, priced, context, output } of known) {
    assert.equal(price === undefined, priced === undefined, name)
    assert.ok(output <= context, name)
  }
})

test('what the configuration says counts, then the table, then what is safe', () => {
  const own = {
    'lab/*': { context: 9_000, price: { input: 1, output: 2, cached_input: 0.5 } },
    'openai/gpt-5': { images: false },
  }
  assert.deepEqual(factsOf('lab/qwen/qwen3', own), {
    name: 'lab/qwen/qwen3',
    provider: 'lab',
    contextTokens: 9_000,
    maxOutputTokens: 4_096,
    images: false,
    pdf: false,
    price: { input: 1, output: 2, cachedInput: 0.5 },
  })
  const gpt = factsOf('openai/gpt-5', own)
  assert.deepEqual([gpt.images, gpt.contextTokens, gpt.price?.input], [false, 400_000, 1.25])
  assert.deepEqual([factsOf('a/b', { '*': { images: true } }, true).pdf, factsOf('a/b', {}, true).pdf], [true, false])
  assert.equal(factsOf('away/x').price, null)
  assert.equal(factsOf('anthropic/claude-sonnet-4-5-20250929').price?.output, 15)
})

test('a star stands for anything, in front, within and behind', () => {
  const tries: [string, string, boolean][] = [
    ['a/*', 'a/b/c', true],
    ['*/b', 'a/b', true],
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a*c', 'acd', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a/b', 'A/B', true],
    ['ab*ba', 'aba', false],
  ]
  for (const [pattern, name, expected] of tries) assert.equal(fits(pattern, name), expected, `${pattern} ${name}`)
})
