// No value-import cycle anywhere in the repository.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cycles } from './cycles.ts'
import { allSources, source } from './sources.ts'

test('no files import each other in a circle', () => {
  assert.deepEqual(cycles(allSources()), [])
})

test('the cycle rule finds a planted circle and lets type and lazy imports pass', () => {
  const a = source('p/a.ts', `import { b } from './b.ts'`)
  const b = source('p/b.ts', `export * from './sub/c.ts'`)
  assert.equal(cycles([a, b, source('p/sub/c.ts', `import { a } from '../a.ts'`)]).length, 1)
  assert.equal(cycles([a, b, source('p/sub/c.ts', `import type { A } from '../a.ts'\nimport('../a.ts')`)]).length, 0)
})
