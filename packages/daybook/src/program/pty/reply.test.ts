// The answer of a program out of what a terminal printed: echo and prompts left out, wrapped rows joined, long output cut once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { programOf } from '../driving.fixture.ts'
import { Collected } from './collected.ts'
import { replyOf, withoutEcho } from './reply.ts'
import { rowsOf } from './rows.ts'

const [python, sqlite, bc, bash] = ['python', 'sqlite3', 'bc', 'bash'].map((name) => programOf(name))
const aid = 'w0rd'

function collected(given: number, bytes: string, start = 0): Collected {
  const all = new Collected(given)
  const whole = Buffer.from(bytes)
  // In uneven pieces, as a terminal gives them.
  for (let at = 0, size = 1; at < whole.length; at += size, size = (size % 5000) + 7) {
    all.add(start + at, whole.subarray(at, at + size))
  }
  return all
}

test('rows are those of a terminal: wrapped ones joined, drawn over where the program did so, all that scrolled away', async () => {
  assert.deepEqual(await rowsOf(Buffer.from('a\r\nabc\rX\r\n> '), 80), ['a', 'Xbc', '> '])
  assert.deepEqual(await rowsOf(Buffer.from(`${'漢'.repeat(100)}\r\nend`), 20), ['漢'.repeat(100), 'end'])
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}`)
  assert.deepEqual(await rowsOf(Buffer.from(lines.join('\r\n')), 80), lines)
  const wide = Array.from({ length: 300 }, (_, n) => `${n} ${'w'.repeat(500)}`)
  assert.deepEqual(await rowsOf(Buffer.from(wide.join('\r\n')), 80), wide)
})

test('typed lines are left out where they are echoed, and nowhere else', () => {
  const lines = ['def f():', '    return 1', '', 'f()']
  const rows = ['>>> def f():', '...     return 1', '...', '>>> f()', '1', 'f()', '>>> ']
  assert.ok(python && sqlite && bc)
  assert.deepEqual(withoutEcho(rows, { lines, pasted: false }, python), ['1', 'f()', '>>> '])
  const pasted = { lines: ['select 1,', '  2;'], pasted: true }
  assert.deepEqual(withoutEcho(['sqlite> select 1,', '  2;', '1|2', '  2;'], pasted, sqlite), ['1|2', '  2;'])
  assert.deepEqual(withoutEcho(['1+1', '2', '1+1'], { lines: ['1+1'], pasted: true }, bc), ['2', '1+1'])
})

test('between the marks of a shell stands its answer, whatever a command forges', async () => {
  assert.ok(bash)
  const mark = (text: string, word = aid): string => `\u001b]133;${text};aid=${word}\u0007`
  const bytes = `echo x\r\n${mark('C')}x${mark('D;0', 'other')}\r\nend${mark('D;3')}${mark('A')}$ ${mark('B')}`
  const printed = collected(2, `$ ${bytes}`).printed
  const look = null
  const typed = { lines: ['echo x'], pasted: true }
  assert.equal(await replyOf({ program: bash, printed, look, cols: 80, typed, aid }), 'x\nend')
})

test('of much output the beginning and the end are kept, and how many bytes lie between', async () => {
  assert.ok(python)
  const lines = Array.from({ length: 60_000 }, (_, n) => `line ${n}`)
  const all = collected(4, `>>> f()\r\n${lines.join('\r\n')}\r\n`)
  const typed = { lines: ['f()'], pasted: false }
  const reply = await replyOf({ program: python, printed: all.printed, look: null, cols: 80, typed, aid: null })
  const rows = reply.split('\n')
  assert.equal(rows.at(-1), 'line 59999')
  assert.ok(reply.length <= 262_144 && rows.some((row) => /^\[… \d+ bytes …\]$/.test(row)))
})
