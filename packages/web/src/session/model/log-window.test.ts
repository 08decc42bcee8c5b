// Proves the window over a log: where it opens, how it moves, what it holds at most, and what comes while it is elsewhere.

import assert from 'node:assert/strict'
import test from 'node:test'
import type { EntryShape } from 'daybook/client'
import { entryAt, messageAt } from './entries.fixture.ts'
import { LogWindow, mostEntries, pageEntries } from './log-window.ts'

/** A log of so many messages, and what was asked of it. */
function logOf(length: number) {
  const entries = Array.from({ length }, (_, at) => messageAt(at + 1, 'user', `text ${at + 1}`))
  const asked: number[] = []
  return {
    entries,
    asked,
    source: {
      async entries(range: { after?: number; until?: number; limit: number; order: 'asc' | 'desc' }) {
        asked.push(range.limit)
        const fits = entries.filter(
          ({ seq }) => seq > (range.after ?? 0) && seq <= (range.until ?? Number.POSITIVE_INFINITY),
        )
        return (range.order === 'desc' ? fits.toReversed() : fits).slice(0, range.limit)
      },
    },
  }
}

const fail = (error: unknown): never => assert.fail(String(error))

test('a window opens at the end or around any entry, and holds a part of the log only', async () => {
  const { source } = logOf(100_000)
  const end = new LogWindow(source, fail)
  await end.show('end', 100_000)
  assert.deepEqual([end.state.first, end.state.last, end.state.loading], [99_761, 100_000, null])
  const middle = new LogWindow(source, fail)
  await middle.show(500, 100_000)
  assert.deepEqual([middle.state.first, middle.state.last, middle.state.end], [381, 620, 100_000])
})

test('moving through the log keeps a bounded number of entries, in order and without a gap', async () => {
  const { source } = logOf(2000)
  const window = new LogWindow(source, fail)
  await window.show('end', 2000)
  while (window.state.first > 1) {
    await window.before()
    const { first, last, rows } = window.state
    assert.ok(last - first < mostEntries)
    assert.deepEqual([rows[0]?.from, rows.at(-1)?.to, rows.length], [first, last, last - first + 1])
  }
  while (window.state.last < 2000) await window.after()
  assert.ok(window.state.first > 1)
  assert.equal(window.state.rows.at(-1)?.to, 2000)
})

test('what comes while the window reaches the end is shown, and is counted only where it does not', async () => {
  const { source } = logOf(1000)
  const window = new LogWindow(source, fail)
  await window.show('end', 1000)
  window.push([messageAt(1001, 'user', 'new')])
  assert.deepEqual([window.state.last, window.state.end], [1001, 1001])
  window.push([messageAt(1001, 'user', 'new')])
  assert.equal(window.state.rows.at(-1)?.to, 1001)
  assert.equal(window.state.rows.length, 2 * pageEntries + 1)
  await window.show(100, 1001)
  window.push([messageAt(1002, 'user', 'newer')])
  assert.deepEqual([window.state.last, window.state.end], [220, 1002])
})

test('a window at the end of a log that grows and grows lets go of what is old', async () => {
  const { source } = logOf(10)
  const window = new LogWindow(source, fail)
  await window.show('end', 10)
  for (let seq = 11; seq <= 5000; seq += 1) window.push([messageAt(seq, 'user', 'x')])
  assert.equal(window.state.last, 5000)
  assert.ok(window.state.rows.length <= mostEntries + pageEntries)
})

test('text on its way is gone in the very change in which its entry comes', async () => {
  const { source } = logOf(3)
  const window = new LogWindow(source, fail)
  await window.show('end', 3)
  const seen: string[] = []
  window.subscribe(() => seen.push(`${window.state.last} ${window.state.live.length}`))
  window.delta({ run_id: 'r', text: 'Hel' })
  window.delta({ run_id: 'r', text: 'lo' })
  assert.equal(window.state.live[0]?.blocks[0]?.text, 'Hello')
  window.push([messageAt(4, 'assistant', 'Hello', {}, 'r')])
  assert.deepEqual(seen, ['3 1', '3 1', '4 0'])
})

test('the moment of an entry shows nothing behind it, whatever comes', async () => {
  const { source } = logOf(300)
  const window = new LogWindow(source, fail, 200)
  await window.show('end', 300)
  window.push([messageAt(301, 'user', 'x')])
  window.delta({ run_id: 'r', text: 'x' })
  assert.deepEqual([window.state.last, window.state.end, window.state.live.length], [200, 200, 0])
})

test('what is loading when the reader goes elsewhere is left', async () => {
  const held: (() => void)[] = []
  const slow = {
    entries: ({ until = 0 }: { until?: number }) =>
      new Promise<readonly EntryShape[]>((resolve) =>
        held.push(() => resolve([entryAt(until, 'note', { type: 'idea', text: String(until) })])),
      ),
  }
  const window = new LogWindow(slow, fail)
  const first = window.show(10, 1000)
  const second = window.show(900, 1000)
  for (const answer of held.toReversed()) answer()
  await Promise.all([first, second])
  assert.equal(window.state.rows[0]?.to, 1000)
})
