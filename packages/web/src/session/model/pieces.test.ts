// Proves the small pure parts: text on its way, the scroll contract, heights, colours, diffs, sending and marks.

import assert from 'node:assert/strict'
import test from 'node:test'
import { linesOf, withoutEscapes } from './ansi.ts'
import { diffLines } from './diff.ts'
import { Heights, rowOfSeq, seqAt, unheld } from './heights.ts'
import type { Row } from './items.ts'
import { LiveTexts } from './live-text.ts'
import { newSince, scrolled } from './scroll.ts'
import { sentAfter, sentEvents, sentStates, sentTable } from './sending.ts'

test('blocks that are over are never touched again, and no fence of code is cut', () => {
  const live = new LiveTexts()
  const text = 'One\n\nTwo is\nlonger\n\n```js\na\n\nb\n```\n\nlast'
  for (const piece of text.match(/[\s\S]{1,3}/g) ?? []) {
    const before = live.runs[0]?.blocks ?? []
    live.add({ run_id: 'r', text: piece })
    const after = live.runs[0]?.blocks ?? []
    for (const [at, block] of before.slice(0, -1).entries()) assert.equal(after[at], block)
    assert.ok(after.length >= before.length)
  }
  const blocks = live.runs[0]?.blocks ?? []
  assert.deepEqual(
    blocks.map((block) => block.text),
    ['One\n\n', 'Two is\nlonger\n\n', '```js\na\n\nb\n```\n\n', 'last'],
  )
  assert.equal(new Set(blocks.map((block) => block.key)).size, blocks.length)
})

test('reasoning, calls and text are blocks of their own, of each step of each run apart', () => {
  const live = new LiveTexts()
  live.add({ run_id: 'a', step: 's', n: 0, reasoning: 'hm' })
  live.add({ run_id: 'b', text: 'other' })
  live.add({ run_id: 'a', step: 's', n: 1, call: { call_id: 'c', name: 'read' } })
  live.add({ run_id: 'a', step: 's', n: 2, text: 'so' })
  const told = () => live.runs.map((run) => run.blocks.map((block) => `${block.type} ${block.text}`))
  assert.deepEqual(told(), [['reasoning hm', 'call read', 'text so'], ['text other']])
  assert.equal(live.end('a', 'other'), false)
  assert.equal(live.end('a', 's'), true)
  assert.deepEqual(told(), [['text other']])
})

test('a piece counts once, what was said so far takes its place, and a further attempt begins anew', () => {
  const live = new LiveTexts()
  const text = () => live.runs[0]?.blocks.map((block) => block.text).join('')
  live.add({ run_id: 'a', step: 's', n: 2, so_far: [{ type: 'text', text: 'He' }] })
  assert.equal(live.add({ run_id: 'a', step: 's', n: 1, text: 'e' }), false)
  live.add({ run_id: 'a', step: 's', n: 2, text: 'llo' })
  assert.equal(text(), 'Hello')
  live.add({ run_id: 'a', step: 's', attempt: 2, n: 0, text: 'Again' })
  assert.equal(live.add({ run_id: 'a', step: 's', n: 3, text: 'late' }), false)
  assert.equal(text(), 'Again')
})

test('only a reader who comes near the end by moving down follows, and whatever leads up ends it', () => {
  const whole = { top: 900, height: 100, whole: 1000 }
  const start = { following: false, leftAt: 5 }
  const moved = (from: number, to: typeof whole, complete = true, changed = false) =>
    ({ type: 'moved', from, to, end: 9, whole: complete, changed }) as const
  assert.equal(scrolled(start, moved(800, { ...whole, top: 853 })).following, true)
  assert.equal(scrolled(start, moved(800, { ...whole, top: 851 })).following, false)
  assert.equal(scrolled(start, moved(950, { ...whole, top: 890 })).following, false)
  assert.equal(scrolled(start, moved(800, whole, false)).following, false)
  const following = { following: true, leftAt: 0 }
  const left = scrolled(following, { type: 'reader left', end: 7 })
  assert.deepEqual([left.following, newSince(left, 21), newSince(following, 21)], [false, 14, 0])
  assert.equal(scrolled(following, moved(900, { ...whole, top: 700 })).following, false)
  // What became shorter and longer at once was cut off by the browser: no reader did that.
  assert.equal(scrolled(following, moved(900, { ...whole, top: 700 }, true, true)).following, true)
  assert.equal(scrolled(start, moved(800, { ...whole, top: 851 }, true, true)).following, false)
  assert.equal(scrolled(left, { type: 'to end' }).following, true)
})

test('heights find rows before they are drawn, and what is measured stays measured', () => {
  const rows: Row[] = Array.from({ length: 100 }, (_, at) => ({
    key: `${at}`,
    from: at * 2 + 1,
    to: at * 2 + 2,
    group: 'quiet',
    items: [],
  }))
  const heights = new Heights()
  heights.set(rows)
  assert.equal(heights.whole, 3200)
  assert.equal(heights.measure('1', 100), true)
  assert.equal(heights.measure('1', 100), false)
  assert.deepEqual([heights.top(1), heights.top(2), heights.at(131), heights.at(132)], [32, 132, 1, 2])
  assert.deepEqual(heights.range(0, 140), { from: 0, to: 3 })
  assert.deepEqual([rowOfSeq(rows, 4), rowOfSeq(rows, 0), rowOfSeq(rows, 999)], [1, -1, 99])
  assert.equal(seqAt(unheld(70_000, 1_000_000), 1_000_000), 70_001)
})

test('colours become spans, and nothing else of a program reaches the page', () => {
  const [line = []] = linesOf('a\x1b[31;1mred\x1b[0m\x1b]8;;http://x\x07link\x1b]8;;\x07\x1b[2J\x07b\x1b[38;2;1;2;3mc')
  assert.deepEqual(
    line.map((span) => [span.text, span.colour, span.bold]),
    [
      ['a', null, false],
      ['red', 1, true],
      ['link', null, false],
      ['b', null, false],
      ['c', '#010203', false],
    ],
  )
  assert.equal(withoutEscapes('10%\r50%\r\x1b[K100%\r\nnext\x1b'), '100%\nnext')
  assert.equal(withoutEscapes('\x9b31mx\x90secret\x9cy'), 'xy')
})

test('a diff is told in lines with their numbers', () => {
  // As agents write it down: without numbers, with a bare sign of a hunk or none.
  assert.deepEqual(
    diffLines('-old\n+new\n').map(({ type, text, before, after }) => [type, text, before, after]),
    [
      ['removed', 'old', null, null],
      ['added', 'new', null, null],
    ],
  )
  assert.deepEqual(
    diffLines('@@\n same\n-old\n+new').map(({ type }) => type),
    ['hunk', 'same', 'removed', 'added'],
  )
  const lines = diffLines('--- a/x\n+++ b/x\n@@ -3,2 +3,3 @@ f\n same\n-old\n+new\n+more\n\\ No newline\n')
  assert.deepEqual(
    lines.map(({ type, before, after }) => [type, before, after]),
    [
      ['hunk', null, null],
      ['same', 3, 3],
      ['removed', 4, null],
      ['added', null, 4],
      ['added', null, 5],
      ['note', null, null],
    ],
  )
})

test('the table of sent messages is total, and no tick comes before the message is stored', () => {
  for (const state of sentStates)
    for (const event of sentEvents) assert.ok(sentStates.includes(sentTable[state][event]))
  const sending = { key: 'k', text: 't', state: 'sending' } as const
  const refused = sentAfter(sending, 'refused', { problem: 'unreachable' })
  assert.deepEqual([refused.state, refused.text, refused.key], ['not sent', 't', 'k'])
  assert.equal(sentAfter(sentAfter(refused, 'retried'), 'stored').state, 'stored')
  assert.equal(sentAfter({ ...sending, state: 'done' }, 'refused').state, 'done')
  assert.equal(sentAfter({ ...sending, state: 'running' }, 'stored').state, 'running')
})
