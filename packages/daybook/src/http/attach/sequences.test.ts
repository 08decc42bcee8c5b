// What reaches a page of what a program prints, and what a terminal is told that begins in the middle.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { Sequences } from './sequences.ts'

const safe = (text: string): string => new Sequences().take(Buffer.from(text)).toString()

test('titles, clipboard, links, device strings and windows never pass, in any of their forms', () => {
  for (const dropped of [
    '\x1b]0;title\x07',
    '\x1b]2;title\x1b\\',
    '\x1b]52;c;c2VjcmV0\x07',
    '\x1b]8;;https://evil.example\x1b\\',
    '\x1bP+q544e\x1b\\',
    '\x1bPwith a bell \x07 inside\x1b\\',
    '\x1b_Gf=100;AAAA\x1b\\',
    '\x1b^private\x1b\\',
    '\x1bXstart\x1b\\',
    '\x1bktitle\x1b\\',
    '\u009d0;title\u009c',
    '\u009d0;title\x07',
    '\u0090device\u009c',
    '\x1b[8;200;200t',
    '\u009b21t',
  ]) {
    assert.equal(safe(`a${dropped}b`), 'ab', JSON.stringify(dropped))
  }
  assert.equal(safe('\x1b]8;;https://a.example\x07text\x1b]8;;\x07'), 'text')
  assert.equal(safe('\x1b]0;cut off by \x18rest'), 'rest')
  assert.equal(safe('\x1b]0;aborted\x1b[31mred'), '\x1b[31mred')
})

test('a string for the terminal that begins within another sequence never passes', () => {
  const clipboard = '52;c;c2VjcmV0\x07'
  for (const begun of [
    '\x1b\u009d',
    '\x1b\n]',
    '\x1b\x7f]',
    '\x1b[\u009d',
    '\x1b[31\u009d',
    '\x1b[\u009b\u009d',
    '\x1b\u00c2\u009d',
  ])
    assert.equal(safe(`a${begun}${clipboard}b`).replace(/[\n\u00c2]/, ''), 'ab', JSON.stringify(begun))
  assert.equal(safe('\x1b\u009b21t'), '')
  assert.equal(safe('\x1b[3é'), 'é')
  assert.equal(safe('\x1b\x18]0;text'), ']0;text')
})

test('text, colours, cursor, modes and questions pass as they are', () => {
  for (const passed of [
    'plain\r\n\t\x07',
    'é漢字🙂 ☝ \u00a0\u0085',
    '\x1b[31;1mred\x1b[0m',
    '\x1b[?1049h\x1b[2J\x1b[H',
    '\x1b[6n\x1b[c',
    '\x1b(B\x1b7\x1b8\x1bM',
    '\x1b[?2004h',
    '\x1b[3\nAx',
  ]) {
    assert.equal(safe(passed).replace('\n', ''), passed.replace('\n', ''), JSON.stringify(passed))
  }
})

const pieces = fc.constantFrom(
  ...[
    'a',
    'é',
    '漢',
    '🙂',
    '\x1b',
    '[',
    '31',
    'm',
    ']',
    '0;t',
    '\x07',
    '\\',
    'P',
    't',
    '\u009d',
    '\u009c',
    '\u009b',
    '\x18',
    '\n',
    '\x7f',
    '\u00c2',
    'k',
    '(',
  ],
)

test('however output is cut into pieces, the same passes', () => {
  const { runs, seed } = { runs: cases(300).numRuns, seed: cases(300).seed }
  fc.assert(
    fc.property(
      fc.array(pieces, { size: 'max', maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (all, cuts) => {
        const bytes = Buffer.from(all.join(''))
        const whole = new Sequences()
        const cut = new Sequences()
        const parts: Buffer[] = []
        for (let at = 0; at < bytes.length; ) {
          const to = at + (cuts.next().value ?? 1)
          parts.push(cut.take(bytes.subarray(at, to)))
          at = to
        }
        assert.deepEqual(Buffer.concat(parts), whole.take(bytes))
        assert.equal(cut.open, whole.open)
      },
    ),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
})

test('of whatever is printed nothing passes that begins a string for the terminal', () => {
  const begins = /[\u0090\u0098\u009b\u009d-\u009f]|\x1b(?![\x20-\x7e])|\x1b[PX\]^_k]|\x1b\[(?![\x20-\x3f]*[\x40-\x7e])/
  const { runs, seed } = { runs: cases(300).numRuns, seed: cases(300).seed }
  fc.assert(
    fc.property(fc.array(pieces, { size: 'max', maxLength: 40 }), (all) => {
      assert.doesNotMatch(safe(all.join('')), begins)
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
})

test('what is unfinished at the end is counted from its first byte', () => {
  const open = (text: string | Buffer): number => {
    const sequences = new Sequences()
    sequences.take(Buffer.from(text as string))
    return sequences.open
  }
  assert.equal(open('text'), 0)
  assert.equal(open('text\x1b'), 1)
  assert.equal(open('text\x1b[38;5'), 6)
  assert.equal(open('text\x1b]0;title'), 9)
  assert.equal(open('text\x1b]0;title\x1b'), 10)
  assert.equal(open('text\x1b]0;title\x1b['), 2)
  assert.equal(open(Buffer.from('漢').subarray(0, 2)), 2)
  assert.equal(open(Buffer.from('x🙂').subarray(0, 4)), 3)
  assert.equal(open('x🙂'), 0)
})
