// Proves that the runner's counts are those of leaf tests, on real files with every outcome.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { complete, percent, typesOnly } from './coverage.ts'
import { ignores } from './files.ts'
import { compareSkips } from './skips.ts'
import { type Result, Tally } from './tally.ts'

async function tallied(): Promise<{ line: string; results: { name: string; status: string; detail: string }[] }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env // else the inner run refuses to recurse
  const files = ['tally.fixture.ts', 'mixed.fixture.ts', 'empty.fixture.ts'].map((file) =>
    join(import.meta.dirname, file),
  )
  const { stdout } = await promisify(execFile)(process.execPath, files, { env })
  return JSON.parse(stdout)
}

test('leaf tests are counted: suites and passing parents are not, their own failures are', async () => {
  const { line, results } = await tallied()
  const named = (status: string): string[] => results.filter((one) => one.status === status).map(({ name }) => name)
  assert.deepEqual(named('passed'), [
    'passes',
    'suite > passes inside',
    'parent of one > child',
    'parent that fails itself > child',
  ])
  assert.deepEqual(named('skipped'), ['suite > is skipped inside', 'skipped suite'])
  assert.deepEqual(named('failed'), [
    'fails',
    'parent that fails itself',
    'parent of a failure > failing child',
    join(import.meta.dirname, 'empty.fixture.ts'),
  ])
  assert.equal(line, '4 passed, 4 failed, 2 skipped')
})

test('another run of a file takes the place of its results, and tells which failures did not come again', () => {
  const result = (file: string, name: string, status: Result['status']): Result => ({ file, name, status, detail: '' })
  const [first, second] = [new Tally('/'), new Tally('/')]
  first.results.push(result('a', 'one', 'failed'), result('a', 'two', 'failed'), result('b', 'one', 'failed'))
  second.results.push(result('a', 'one', 'passed'), result('a', 'two', 'failed'))
  assert.deepEqual(
    first.replace('a', second).map(({ file, name }) => [file, name]),
    [['a', 'one']],
  )
  assert.equal(first.line(), '1 passed, 2 failed, 0 skipped')
})

test('a file that was never loaded counts as uncovered, a file of types alone does not count', () => {
  const sources: Record<string, string> = {
    'a.ts': '// loaded\nexport const a = 1\n',
    'b.ts': '// never loaded\nexport const b = 1\n',
    'types.ts': "// types\nimport type { A } from './a.ts'\nexport interface B { a: A }\nexport type { A }\n",
  }
  const files = complete([{ path: 'a.ts', lines: 2, covered: 2 }], Object.keys(sources), (path) => sources[path] ?? '')
  assert.deepEqual(files.at(-1), { path: 'b.ts', lines: 2, covered: 0 })
  assert.equal(files.length, 2)
  assert.equal(percent(files), 50)
  assert.equal(typesOnly('export const one = 1'), false)
})

test('[S4.13] the run that decides measures the core with a floor of 90 % of its lines', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  assert.match(read('../../.ci/run'), /^stage test .* test -- --coverage\b/m)
  assert.match(read('../test.ts'), /^const coreFolders = \['schema', 'store', 'session'\]/m)
  assert.match(read('../test.ts'), /^const leastCoverage = 90$/m)
})

test('the list of allowed skips must agree in both directions', () => {
  assert.deepEqual(compareSkips(['a'], [{ name: 'a', reason: 'r' }]), [])
  assert.equal(compareSkips(['a'], []).length, 1)
  assert.equal(compareSkips([], [{ name: 'a', reason: 'r' }]).length, 1)
})

test('ignored files are those of the ignore file', () => {
  const ignored = ignores('node_modules/\n*.tgz\nbench/out/\n')
  assert.deepEqual(['packages/a/node_modules/x', 'x.tgz', 'bench/out/a.json', 'bench/a.ts', 'out/a'].map(ignored), [
    true,
    true,
    true,
    false,
    false,
  ])
})
