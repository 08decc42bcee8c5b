// JSON text read with positions: the same texts as JSON.parse takes, and faults pointed at.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { readJson } from './json-text.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('exactly what JSON.parse takes is taken, with the same value', () => {
  const broken = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', ':', '\n', '\\', '\u0000', '1', 'e', '-', '\ufeff'),
    )
    .map(([text, at, put]) => {
      const where = at % (text.length + 1)
      return text.slice(0, where) + put + text.slice(where + (put === '' ? 1 : 0))
    })
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken, fc.string()), (text) => {
      const read = readJson(text)
      assert.equal(read.ok, isJson(text), text)
      if (read.ok) assert.deepEqual(read.value, JSON.parse(text))
    }),
    cases(2000),
  )
})

test('a fault of the syntax is told with line and column', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['', 1, 1],
    ['{\n  "a": 1,\n}', 3, 1],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ["{'a': 1}", 1, 2],
    ['{"a": // why\n 1}', 1, 7],
    ['{"a": "x\n"}', 1, 7],
    ['{"a": 01}', 1, 8],
    ['[1, 2', 1, 6],
    ['{"a": 1} x', 1, 10],
  ]
  for (const [text, line, column] of cases) {
    const read = readJson(text)
    assert.ok(!read.ok, text)
    assert.deepEqual(read.spot, { line, column }, text)
  }
})

test('fields are found where they stand, and the nearest one around a field that is not there', () => {
  const read = readJson('{\n  "skills": [\n    {"name": "x", "name": "y"}\n  ],\n  "we[ird": 1\n}')
  assert.ok(read.ok)
  assert.deepEqual(read.spot('skills[0].name').line, 3)
  assert.deepEqual(read.spot('skills[0].roles[2]'), { line: 3, column: 5 })
  assert.deepEqual(read.spot('we[ird'), { line: 5, column: 3 })
  assert.deepEqual(read.spot('nothing'), { line: 1, column: 1 })
  assert.deepEqual(
    read.twice.map(({ field, spot }) => [field, spot.line, spot.column]),
    [['skills[0].name', 3, 19]],
  )
})

test('a text that is nested without an end is refused, not followed', () => {
  assert.equal(readJson('['.repeat(100_000)).ok, false)
})
