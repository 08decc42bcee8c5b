// The printed tables: kinds, places, runs, errors. Each is total, and its numbers never change.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { DaybookError, errorCodes, errorTable, isDaybookError } from './errors.ts'
import { facets } from './heads.ts'
import type { Json } from './json.ts'
import { firstRareKind, isKind, kindNames, kindOfNumber, kinds, lastKindNumber, mayWrite } from './kinds.ts'
import { noteTypes, placeEvents, places, placeTable, roles } from './states.ts'
import { upcast } from './upcasters.ts'
import { totalTokens } from './usage.ts'

test('every error code has a status, an exit code and a retry, and carries what it is told', () => {
  for (const code of errorCodes) {
    const { status, exit, retry, when } = errorTable[code]
    ok(status >= 400 && status < 600, code)
    ok(exit >= 1 && exit <= 6, code)
    ok(['no', 'yes', 'reread', 'restore', 'after'].includes(retry), code)
    ok(when.endsWith('.') || when.length > 0, code)
  }
  const cause = new Error('why')
  const error = new DaybookError('conflict', 'text', { seq: 5, field: 'f', hint: 'h', cause })
  deepStrictEqual([error.code, error.seq, error.field, error.hint, error.cause], ['conflict', 5, 'f', 'h', cause])
  deepStrictEqual([error.row.status, error.name, error instanceof Error], [409, 'DaybookError', true])
  deepStrictEqual([isDaybookError(error), isDaybookError(cause), isDaybookError(null)], [true, false, false])
  strictEqual('cause' in new DaybookError('gone', 'text'), false)
})

test('the kinds: numbers, writers, and which are rare', () => {
  for (const name of kindNames) {
    const { number, version, writers } = kinds[name]
    strictEqual(kindOfNumber(number), name)
    ok(version >= 1 && writers.length > 0)
    strictEqual(number < firstRareKind, ['message', 'process.output', 'foreign.recorded'].includes(name))
  }
  deepStrictEqual([kindOfNumber(999), isKind('toString'), isKind('message')], [undefined, false, true])
  strictEqual(lastKindNumber, Math.max(...kindNames.map((name) => kinds[name].number)))
  const byClients = kindNames.filter((name) => mayWrite(name, 'C'))
  deepStrictEqual(byClients, ['message', 'foreign.recorded', 'state.changed', 'note', 'pin'])
})

test('the table of places is total, and a deleted session stays deleted', () => {
  for (const place of places) deepStrictEqual(Object.keys(placeTable[place]).sort(), [...placeEvents].sort())
  ok(Object.values(placeTable.deleted).every((next) => next === 'gone'))
  ok(places.slice(0, 3).every((place) => placeTable[place].delete === 'deleted'))
})

test('closed words', () => {
  deepStrictEqual([...roles], ['system', 'user', 'assistant', 'tool'])
  deepStrictEqual([...noteTypes], ['decision', 'problem', 'insight', 'idea', 'todo', 'instruction'])
  deepStrictEqual([...facets], ['agent', 'user', 'team', 'workflow', 'branch', 'repository'])
})

test('old data is lifted step by step, newer and present data is left alone', () => {
  const table = {
    note: { 1: (data: Json) => ({ ...(data as object), two: true }), 2: (data: Json) => ({ three: data }) },
  }
  deepStrictEqual(upcast('note', 1, { a: 1 }, table, 3), { three: { a: 1, two: true } })
  deepStrictEqual(upcast('note', 2, { a: 1 }, table, 3), { three: { a: 1 } })
  deepStrictEqual(upcast('note', 3, { a: 1 }, table, 3), { a: 1 })
  deepStrictEqual(upcast('note', 9, { a: 1 }, table, 3), { a: 1 })
  deepStrictEqual(upcast('pin', 1, { a: 1 }, table, 3), { a: 1 })
  deepStrictEqual(upcast('message', 1, { a: 1 }), { a: 1 })
})

test('tokens: the total where it is given, else the sum', () => {
  const cases = [
    undefined,
    {},
    { input_tokens: 2 },
    { input_tokens: 2, output_tokens: 3 },
    { input_tokens: 2, total_tokens: 9 },
  ]
  deepStrictEqual(cases.map(totalTokens), [0, 0, 2, 5, 9])
})
