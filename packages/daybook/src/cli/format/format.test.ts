// What people see lines up, is short, and is harmless to their terminal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columns } from './columns.ts'
import { ago, bytes, clock, count, lasting, many, momentOf, spanOf } from './time.ts'
import { cut, harmless, oneLine, pad, width } from './width.ts'

test('width counts cells: wide scripts and pictographs two, marks and joiners none', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['', 0],
    ['plain ascii', 11],
    ['Привет', 6],
    ['你好世界', 8],
    ['ｆｕｌｌ', 8],
    ['한국어', 6],
    ['e\u0301', 1],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['\u200b', 0],
    ['─ · →', 5],
  ]
  for (const [text, cells] of cases) assert.equal(width(text), cells, JSON.stringify(text))
})

test('cutting keeps characters whole and never exceeds the room', () => {
  assert.equal(cut('abcdef', 4), 'abc…')
  assert.equal(cut('你好世界', 5), '你好…')
  assert.equal(cut('你好世界', 4), '你…')
  assert.equal(cut('👩‍👩‍👧x', 2), '…')
  assert.equal(cut('abc', 3), 'abc')
  assert.equal(cut('abc', 0), '')
  assert.equal(width(pad('你', 5)), 5)
})

test('stored text cannot command a terminal', () => {
  assert.equal(harmless('a\u001b[31mb\u0007\u009b1m'), 'a␛[31mb␇␡1m')
  assert.equal(harmless('a\u202eb'), 'ab')
  assert.equal(oneLine(' a\r\n\tb\n\nc '), 'a b c')
})

test('columns line up by cells, empty ones vanish, the flexible one gives way', () => {
  const rows = [
    ['1', '你好', '', 'x'],
    ['10', 'ab', '', 'yy'],
  ]
  assert.deepEqual(columns(rows, { columns: [{ right: true }], indent: 1 }), ['  1  你好  x', ' 10  ab    yy'])
  const long = [['k3f9', 'a'.repeat(60), '4 m']]
  const [line = ''] = columns(long, { width: 40, columns: [{}, { flexible: true }, {}] })
  assert.equal(width(line), 40)
  assert.ok(line.endsWith('…  4 m'))
  assert.deepEqual(columns([]), [])
  assert.deepEqual(columns([['a\u001b[2J\r\nb\u202e', 'c']]), ['a␛[2J b  c'], 'no cell leaves its place')
})

test('ages come in one unit, moments with their day when it is another', () => {
  const now = Date.parse('2026-03-10T12:00:00')
  const at = (milliseconds: number): string => ago(now - milliseconds, now)
  const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
  assert.deepEqual(
    [at(-5), at(12_000), at(4 * minute), at(5 * hour), at(3 * day), at(21 * day), at(100 * day)],
    ['0 s', '12 s', '4 m', '5 h', '3 d', '3 w', '2025-11-30'],
  )
  assert.equal(clock(now - hour, now), '11:00')
  assert.equal(clock(now - 17 * hour, now), 'yesterday 19:00')
  assert.equal(clock(now - 3 * day, now), '2026-03-07 12:00')
})

test('spans, moments and amounts are read and written in one way', () => {
  assert.deepEqual(
    [spanOf('90s'), spanOf('15m'), spanOf('2h'), spanOf('1w'), spanOf('x'), spanOf('-1h')],
    [90_000, 900_000, 7_200_000, 604_800_000, null, null],
  )
  const now = Date.parse('2026-03-10T12:00:00')
  assert.equal(momentOf('2h', now), now - 7_200_000)
  assert.equal(momentOf('today', now), Date.parse('2026-03-10T00:00:00'))
  assert.equal(momentOf('yesterday', now), Date.parse('2026-03-09T00:00:00'))
  assert.equal(momentOf('2026-03-01', now), Date.parse('2026-03-01T00:00:00'))
  assert.equal(momentOf('soon', now), null)
  assert.deepEqual([bytes(812), bytes(4_400_000), bytes(50 * 1024)], ['812 B', '4.2 MB', '50 KB'])
  assert.deepEqual(
    [count(1_234_567), many(1, 'entry', 'entries'), many(2, 'session')],
    ['1,234,567', '1 entry', '2 sessions'],
  )
  assert.deepEqual([lasting(40), lasting(3200), lasting(250_000)], ['40 ms', '3.2 s', '4 m 10 s'])
})
