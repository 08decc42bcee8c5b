// The line that heads show of a text: which one, where it ends, and that it holds on to nothing else.

import { ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { firstLine } from './lines.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('A text shows its first line that says something, cut at a whole character', () => {
  strictEqual(firstLine(' \n\t\r\n one two \r\nthree'), 'one two')
  strictEqual(firstLine('one\rtwo\nthree'), 'one')
  strictEqual(firstLine('one\u2028two\nthree'), 'one\u2028two')
  strictEqual(firstLine(' \n\u00a0\ufeff'), null)
  strictEqual(firstLine('x'.repeat(200)), 'x'.repeat(200))
  strictEqual(firstLine('x'.repeat(201)), `${'x'.repeat(200)}…`)
  strictEqual(firstLine(`${'x'.repeat(199)}😀 and more`), `${'x'.repeat(199)}…`)
  strictEqual(firstLine(`${' '.repeat(4096)}beyond`), null)
})

test('The line is what a search for it finds, whatever signs stand around it', () => {
  const sign = fc.constantFrom(...'ab \n\r\t\v\f…😀я\ud83d\u2028\u2029\u00a0\u0085\u180e\u3000\ufeff\u200b')
  const texts = fc.array(sign, { size: 'max', maxLength: 400 }).map((signs) => signs.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      const found = /\S[^\r\n]*/.exec(text)?.[0].trimEnd() ?? null
      const line = firstLine(text)
      if (found === null || found.length <= 200) strictEqual(line, found)
      else ok(line?.endsWith('…') && found.startsWith(line.slice(0, -1)) && line.length >= 200)
    }),
    cases(300),
  )
})

test('The line of a long text does not keep the text in memory', () => {
  const lines: (string | null)[] = []
  collect()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 100; n += 1) {
    const text = JSON.parse(
      JSON.stringify(`${'word '.repeat(n % 2 === 0 ? 10 : 100)}\n${`${n} `.repeat(100_000)}`),
    ) as string
    lines.push(firstLine(text))
  }
  collect()
  const kept = process.memoryUsage().heapUsed - before
  strictEqual(lines.length, 100)
  ok(kept < 2_000_000, `${kept} bytes are kept for 100 lines`)
})
