// Every promise that is called kept is proved by a test that cites it, and no test cites an open one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/lib/files.ts'
import { citations, type PromiseRow, promiseFaults, readPromises } from './promises.ts'
import { allSources, isSuite, source } from './sources.ts'

test('docs/promises.md and the tests that cite it agree', () => {
  const rows = readPromises(readFileSync(join(root, 'docs/promises.md'), 'utf8'))
  assert.ok(rows.length > 60)
  const tests = allSources().filter(({ path }) => /\.test\.ts$/.test(path) || isSuite(path))
  const house = 'test/house/promises.test.ts' // its planted citations are no proofs
  assert.deepEqual(promiseFaults(rows, citations(tests.filter(({ path }) => path !== house))), [])
})

test('the promise rule finds every disagreement', () => {
  const cited = citations([source('a.test.ts', `test('[S1.1] [B2, B3] it holds', () => {}) // [B9]`)])
  assert.deepEqual([...cited.keys()], ['S1.1', 'B2', 'B3'])
  const row = (id: string, status: string, ...tests: string[]): PromiseRow => ({ id, status, tests })
  const faults = (...rows: PromiseRow[]): number =>
    promiseFaults(rows, new Map([['B1', new Set(['a.test.ts'])]])).length
  assert.equal(faults(row('B1', 'kept', 'a.test.ts')), 0)
  assert.equal(faults(row('B1', 'kept')), 1)
  assert.equal(faults(row('B1', 'kept', 'a.test.ts', 'b.test.ts')), 1)
  assert.equal(faults(row('B1', 'open')), 1)
  assert.equal(faults(row('B1', 'kept', 'a.test.ts'), row('B2', 'kept', 'a.test.ts')), 2)
  assert.equal(faults(row('B1', 'kept', 'a.test.ts'), row('B2', 'perhaps')), 1)
  assert.equal(faults(row('B2', 'open')), 1)
  assert.equal(faults(row('B1', 'kept', 'a.test.ts'), row('B1', 'kept', 'a.test.ts')), 1)
})

test('rows are read with their id, status and tests', () => {
  const page =
    '| id | promise | status | test |\n|---|---|---|---|\n| B1 | text | kept | `a.test.ts`, `b.test.ts` |\n| S1.10 | text | open | |\n'
  assert.deepEqual(readPromises(page), [
    { id: 'B1', status: 'kept', tests: ['a.test.ts', 'b.test.ts'] },
    { id: 'S1.10', status: 'open', tests: [] },
  ])
})
