// Proves what the reports rest on: medians, gate limits, alternating rounds, and sections that replace only themselves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gateLimit, holds } from './bars.ts'
import { race, times } from './harness.ts'
import { asRatio, median } from './numbers.ts'
import { replaceSection } from './report.ts'

test('a gate leaves half of the headroom that a bar has over no gain at all', () => {
  assert.equal(gateLimit({ is: 'at least', limit: 8 }), 4.5)
  assert.equal(gateLimit({ is: 'at most', limit: 2 }), 3)
  assert.equal(gateLimit({ is: 'at least', limit: 0.35 }), 0.175)
  assert.equal(gateLimit({ is: 'at most', limit: 10, unit: 'KB' }), 20)
})

test('a value that could not be measured holds no bar', () => {
  assert.equal(holds({ is: 'at least', value: Number.NaN }, 1), false)
  assert.equal(holds({ is: 'at most', value: Number.NaN }, 1), false)
})

test('variants take turns, each second round backwards, and ratios are taken inside one round', async () => {
  const order: string[] = []
  const cost = { a: [9, 1, 10, 100], b: [9, 2, 20, 200] }
  const variant = (name: 'a' | 'b') => ({
    name,
    round: () => {
      order.push(name)
      return { wall: cost[name].shift() ?? 0 }
    },
  })
  const table = await race({ title: '', unit: 'us', base: 'a', variants: [variant('a'), variant('b')], rounds: 3 })
  assert.equal(order.join(''), 'baabbaab')
  assert.equal(times(table, 'b', 'a'), 2)
  assert.equal(table.rows[1]?.highest, 2)
})

test('writing one section leaves the others as they were', () => {
  const text = '# Measured\n\n## one\n\nold\n\n## two\n\nkept\n'
  assert.equal(replaceSection(text, 'one', '## one\n\nnew'), '# Measured\n\n## one\n\nnew\n\n## two\n\nkept\n')
  assert.equal(replaceSection(text, 'two', '## two\n\nnew'), '# Measured\n\n## one\n\nold\n\n## two\n\nnew\n')
  assert.equal(replaceSection(text, 'three', '## three'), `${text}\n## three\n`)
})

test('the median of an even count lies between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(asRatio(12_345), '12,300x')
})
