// Output on its way into the log: every byte once, lines whole, and no more than its beginning and its end.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { OutputLog, type Piece } from './output.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('however output comes in pieces, and however often it begins again, the log gets every byte once and whole characters', () => {
  const piece = fc.record({ length: fc.integer({ min: 1, max: 40_000 }), take: fc.boolean(), again: fc.nat(9) })
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.array(piece, { maxLength: 30, size: 'max' }),
      (unit, pieces) => {
        const all = bytesOf(`${unit}\n`.repeat(80))
        const bounds = { first: all.length + 1, last: 0 }
        const log: Piece[] = []
        let output = new OutputLog(bounds)
        let at = 0
        for (const { length, take, again } of pieces) {
          output.add(at, all.subarray(at, at + length))
          at = Math.min(at + length, all.length)
          if (take) log.push(...output.take(false))
          if (again > 0) continue
          // Another process goes on from what is in the log, and hears everything from the beginning.
          const last = log.at(-1)
          output = new OutputLog(bounds, last ? last.offset + last.bytes : 0)
          at = 0
        }
        output.add(at, all.subarray(at))
        log.push(...output.end())
        strictEqual(log.map(({ text }) => text).join(''), new TextDecoder().decode(all))
        let next = 0
        for (const { offset, bytes, text } of log) {
          strictEqual(offset, next)
          strictEqual(bytesOf(text).length, bytes)
          next += bytes
        }
      },
    ),
    cases(100),
  )
})

test('a line is told when it is whole, so that nothing in it is cut in two', () => {
  const output = new OutputLog({ first: 100_000, last: 100_000 })
  output.add(0, bytesOf('one\ntw'))
  deepStrictEqual(output.take(false), [{ offset: 0, bytes: 4, text: 'one\n' }])
  output.add(6, bytesOf('o\nthree'))
  deepStrictEqual(output.take(false), [{ offset: 4, bytes: 4, text: 'two\n' }])
  deepStrictEqual(output.end(), [{ offset: 8, bytes: 5, text: 'three' }])
})

test('of much output the log gets the beginning and the end', () => {
  const line = 'x'.repeat(99)
  const output = new OutputLog({ first: 1000, last: 2000 })
  const all = bytesOf(`${line}\n`.repeat(500))
  const told: Piece[] = []
  for (let at = 0; at < all.length; at += 700) {
    output.add(at, all.subarray(at, at + 700))
    told.push(...output.take(false))
  }
  told.push(...output.end())
  const bytes = told.reduce((sum, piece) => sum + piece.bytes, 0)
  strictEqual(bytes, 3000)
  strictEqual(told[0]?.offset, 0)
  const last = told.at(-1)
  strictEqual(last && last.offset + last.bytes, all.length)
  ok(told.some(({ offset }) => offset === all.length - 2000))
})

test('once it is known that a screen is drawn again and again, the log gets less of it', () => {
  const output = new OutputLog({ first: 1000, last: 2000 })
  const told: Piece[] = []
  const frame = bytesOf(`${'x'.repeat(99)}\n`)
  for (let at = 0; at < 50_000; at += frame.length) {
    if (at === 300) output.narrow({ first: 400, last: 500 })
    output.add(at, frame)
    told.push(...output.take(false))
  }
  told.push(...output.end())
  deepStrictEqual(
    told.map(({ offset, bytes }) => [offset, bytes]),
    [...[0, 100, 200, 300].map((at) => [at, 100]), [49_500, 500]],
  )
})

test('no word is cut in two, wherever the log leaves something out or a line is longer than an entry', () => {
  const secret = `sk-${'q'.repeat(60)}`
  const whole = (text: string): boolean => text.replaceAll(secret, '').match(/q/) === null
  // A line of many words, around each place where something is cut: an entry, the beginning, the end.
  for (let shift = 0; shift < 70; shift += 1) {
    const filler = (length: number): string => 'word '.repeat(Math.ceil(length / 5)).slice(0, length)
    for (const at of [16_384, 40_000, 120_000 - 50_000]) {
      const before = filler(at - shift - 1)
      const text = `${before} ${secret} ${filler(120_000 - at - 62 + shift)}`
      const output = new OutputLog({ first: 40_000, last: 50_000 })
      const told: Piece[] = []
      for (let from = 0; from < text.length; from += 9000) {
        output.add(from, bytesOf(text.slice(from, from + 9000)))
        told.push(...output.take(false))
      }
      told.push(...output.end())
      for (const { offset, text: piece, bytes } of told) {
        ok(whole(piece), `${at} ${shift}: ${offset}`)
        strictEqual(piece, text.slice(offset, offset + bytes))
      }
      const last = told.at(-1)
      strictEqual(last && last.offset + last.bytes, text.length)
    }
  }
})

test('where the beginning and the end meet, nothing is left out', () => {
  for (const length of [2999, 3000]) {
    const output = new OutputLog({ first: 1000, last: 2000 })
    const text = 'x'.repeat(length)
    output.add(0, bytesOf(text))
    strictEqual([...output.take(false), ...output.end()].map((piece) => piece.text).join(''), text)
  }
})

test('what is no longer kept is passed over, and what came before it stands for itself', () => {
  const output = new OutputLog({ first: 100_000, last: 0 })
  output.add(0, bytesOf('has beg'))
  output.add(50, bytesOf('gone on\n'))
  deepStrictEqual(output.end(), [
    { offset: 0, bytes: 4, text: 'has ' },
    { offset: 55, bytes: 3, text: 'on\n' },
  ])
})
