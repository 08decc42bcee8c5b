// Bytes into lines: the same however they come in pieces, and bounded.
import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { Lines, longestLine } from './lines.ts'

test('however bytes come in pieces, the lines are the same, in whole characters', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[\n\r]/g, ''))
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      line,
      fc.array(fc.integer({ min: 1, max: 30 })),
      (all, rest, cuts) => {
        const bytes = new TextEncoder().encode(all.map((each) => `${each}\n`).join('') + rest)
        const lines = new Lines()
        const found: string[] = []
        let at = 0
        for (const cut of [...cuts, bytes.length]) {
          found.push(...lines.push(bytes.subarray(at, at + cut)))
          at += cut
        }
        deepStrictEqual(found, all)
        strictEqual(lines.end(), rest === '' ? null : rest)
      },
    ),
    cases(200),
  )
})

test('the end of a line may be that of other systems', () => {
  deepStrictEqual(new Lines().push(new TextEncoder().encode('one\r\ntwo\n')), ['one', 'two'])
})

test('a line without an end is refused where it is too long', () => {
  const lines = new Lines()
  const chunk = new Uint8Array(1024 * 1024).fill(65)
  throws(
    () => {
      for (let bytes = 0; bytes <= longestLine; bytes += chunk.length) lines.push(chunk)
    },
    { code: 'too_large' },
  )
})
