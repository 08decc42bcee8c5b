// The fold of unfinished output: pieces once and in order, whoever joins when, and nothing of what has ended.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { mostUnfinished, type Piece, type SoFar, Unfinished } from './deltas.ts'

const place = { run_id: 'r', step: 's' }

function textOf(unfinished: Unfinished): string {
  return unfinished
    .soFar()
    .flatMap(({ so_far }) => so_far.map((part) => (part.type === 'text' ? part.text : '')))
    .join('')
}

test('whoever joins at any moment has the same text, though pieces are lost and told twice', () => {
  const piece = fc.record({ type: fc.constant('piece' as const), lost: fc.boolean(), again: fc.boolean() })
  const other = fc.constantFrom({ type: 'attempt' as const }, { type: 'join' as const })
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, other), { maxLength: 60, size: 'max' }), (acts) => {
      const ring = new Unfinished()
      let reader = new Unfinished()
      let attempt = 1
      const ask = (): void => {
        for (const soFar of ring.soFar()) reader.take(soFar)
      }
      for (const [index, one] of acts.entries()) {
        if (one.type === 'attempt') attempt += 1
        else if (one.type === 'join') {
          reader = new Unfinished()
          ask()
        } else {
          const at = { ...place, attempt }
          const next: Piece = { ...at, n: ring.next(at), text: `${index};` }
          strictEqual(ring.take(next), 'told')
          if (one.lost) continue
          if (reader.take(next) === 'gap') ask()
          if (one.again) strictEqual(reader.take(next), 'known')
          strictEqual(textOf(reader), textOf(ring))
        }
      }
    }),
    cases(200),
  )
})

test('what has ended is not begun again by a late piece', () => {
  const unfinished = new Unfinished()
  unfinished.take({ ...place, n: 0, text: 'half' })
  unfinished.see({ kind: 'message', run: 'r', data: { role: 'assistant', metadata: { step: 's' } } })
  deepStrictEqual(unfinished.soFar(), [])
  strictEqual(unfinished.take({ ...place, n: 1, text: ' an answer' }), 'known')
  strictEqual(unfinished.take({ ...place, n: 0, text: 'half' }), 'known')
  strictEqual(unfinished.take({ ...place, n: 2, so_far: [] }), 'known')
})

test('text, reasoning, calls and output keep their order and stay what they are', () => {
  const unfinished = new Unfinished()
  unfinished.take({ ...place, n: 0, reasoning: 'hm' })
  unfinished.take({ ...place, n: 1, reasoning: 'm' })
  unfinished.take({ ...place, n: 2, text: 'a' })
  unfinished.take({ ...place, n: 3, call: { call_id: 'c', name: 'add' } })
  const expected: readonly SoFar[] = [
    {
      ...place,
      n: 4,
      so_far: [
        { type: 'reasoning', text: 'hmm' },
        { type: 'text', text: 'a' },
        { type: 'call', call_id: 'c', name: 'add' },
      ],
    },
  ]
  deepStrictEqual(unfinished.soFar(), expected)
})

test('what is kept of one answer is bounded: its beginning goes, and that is said', () => {
  const unfinished = new Unfinished()
  for (let n = 0; n < 3000; n += 1) unfinished.take({ ...place, n, text: `${n} `.padEnd(1000, '.') })
  const [soFar] = unfinished.soFar()
  const text = textOf(unfinished)
  ok(text.length <= mostUnfinished && text.length >= mostUnfinished / 2 - 1000)
  ok(text.endsWith('2999 '.padEnd(1000, '.')))
  deepStrictEqual([soFar?.n, soFar?.cut], [3000, true])
})
