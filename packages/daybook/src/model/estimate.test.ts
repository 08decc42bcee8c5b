// Estimated tokens, and how reports correct them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Estimator, familyOf, type Learned, roughTokens } from './estimate.ts'

/** A text, and the tokens that OpenAI's o200k and Anthropic's tokenizers make of it, roughly. */
const texts: [string, string, number, number][] = [
  ['English', 'The quick brown fox jumps over the lazy dog, and then it sleeps until the evening comes.', 18, 24],
  ['Russian', 'Быстрая коричневая лиса прыгает через ленивую собаку и потом спит до вечера.', 18, 36],
  ['Chinese', '敏捷的棕色狐狸跳过了懒狗,然后一直睡到晚上。', 16, 30],
  ['code', 'export function add(a: number, b: number): number {\n  return a + b\n}\n', 18, 30],
  ['digits', '1234567890 1234567890 1234567890', 11, 20],
]

test('a text is estimated by its script, within what tokenizers make of it', () => {
  for (const [name, text, least, most] of texts) {
    const tokens = roughTokens(text)
    assert.ok(tokens >= least * 0.75 && tokens <= most * 1.5, `${name}: ${tokens}`)
  }
})

test('reports correct the estimate, never beyond twice or half of it, and small ones not at all', () => {
  const estimator = new Estimator()
  for (let index = 0; index < 100; index += 1) estimator.reported(1_000, 1_300)
  assert.ok(Math.abs(estimator.ratio - 1.3) < 0.01, String(estimator.ratio))
  for (let index = 0; index < 100; index += 1) estimator.reported(1_000, 90_000)
  assert.ok(estimator.ratio <= 2)
  for (let index = 0; index < 100; index += 1) estimator.reported(1_000, 1)
  assert.ok(estimator.ratio >= 0.5)
  const before = estimator.ratio
  estimator.reported(10, 300)
  estimator.reported(1_000, 0)
  assert.equal(estimator.ratio, before)
})

test('an estimate counts as corrected once reports hold, and no longer when one is far above it', () => {
  const estimator = new Estimator()
  estimator.reported(1_000, 1_300)
  assert.equal(estimator.corrected, false)
  for (let index = 0; index < 30; index += 1) estimator.reported(1_000, 1_300)
  assert.equal(estimator.corrected, true)
  estimator.reported(1_000, 1_320)
  assert.equal(estimator.corrected, true)
  estimator.reported(1_000, 1_900)
  assert.equal(estimator.corrected, false)
})

test('what was learned is told, and another process begins with it', () => {
  const learned: Learned[] = []
  const estimator = new Estimator(undefined, (each) => void learned.push(each))
  for (let index = 0; index < 30; index += 1) estimator.reported(1_000, 1_300)
  estimator.reported(10, 300)
  assert.equal(learned.length, 30)
  const next = new Estimator(learned.at(-1))
  assert.deepEqual([next.ratio, next.corrected], [estimator.ratio, true])
  assert.equal(new Estimator({ ratio: 90, held: 0 }).ratio, 2)
})

test('models of one family share what was learned', () => {
  assert.equal(familyOf('openai', 'gpt-5-mini'), familyOf('openai', 'gpt-4.1'))
  assert.equal(familyOf('lab', 'Qwen/Qwen3-32B'), familyOf('lab', 'qwen2.5'))
  assert.notEqual(familyOf('openai', 'gpt-5'), familyOf('openai', 'o3'))
})
