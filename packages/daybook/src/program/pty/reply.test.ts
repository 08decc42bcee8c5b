// Answers that are too long: whole lines of their beginning and their end, and how much stands between.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounded } from './reply.ts'

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}`).join('\n')

test('an answer that fits is whole', () => {
  assert.equal(bounded(numbers(0, 10), 200), numbers(0, 10))
})

test('of a long answer whole lines of beginning and end are left, with the bytes between them', () => {
  const text = numbers(100, 400)
  const cut = bounded(text, 200)
  const [, head = '', bytes, tail = ''] =
    /^(line 100\n.*\n)\[… (\d+) bytes …\]\n(line \d+\n.*line 399)$/s.exec(cut) ?? []
  assert.ok(text.startsWith(head) && text.endsWith(tail) && cut.length <= 200, cut)
  assert.equal(head.length + Number(bytes) + tail.length, text.length)
})

test('what was left out before counts with the rest, and a line that is too long is cut', () => {
  const text = `${numbers(100, 200)}\n[… 5000 bytes …]\n${numbers(300, 400)}`
  const [, bytes] = /\[… (\d+) bytes …\]/.exec(bounded(text, 200)) ?? []
  const [before, after] = bounded(text, 200).split(/\[… \d+ bytes …\]\n/)
  const without = numbers(100, 200).length + 1 + numbers(300, 400).length
  assert.equal((before ?? '').length + Number(bytes) + (after ?? '').length, without + 5000)
  assert.match(bounded('x'.repeat(1000), 200), /^x{80}\n\[… 840 bytes …\]\nx{80}$/)
})
