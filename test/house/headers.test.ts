// Every source file begins with a comment that says what it is for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allSources, type Source, source } from './sources.ts'

function headerFault({ path, text, comments }: Source): string | null {
  const first = text
    .replace(/^#!.*\n/, '')
    .trimStart()
    .slice(0, 2)
  const words =
    comments
      .trim()
      .split('\n')[0]
      ?.match(/\p{L}+/gu) ?? []
  return (first === '//' || first === '/*') &&
    words.length +
      (comments
        .trim()
        .split('\n')[1]
        ?.match(/\p{L}+/gu)?.length ?? 0) >=
      4
    ? null
    : `${path}: begins without a sentence that says what the file is for`
}

const faults = (sources: readonly Source[]): string[] => sources.map(headerFault).filter((fault) => fault !== null)

test('every source file begins with a sentence that says what it is for', () => {
  assert.deepEqual(faults(allSources()), [])
})

test('the header rule finds files without one', () => {
  const planted = [
    'export const a = 1',
    '// short\nexport const a = 1',
    "import a from 'a'\n// A comment that comes too late to help.",
  ]
  assert.equal(faults(planted.map((text, index) => source(`p/${index}.ts`, text))).length, planted.length)
  const fine = [
    '// Says what this file is for.\n',
    '#!/usr/bin/env node\n// Says what this file is for.\n',
    '/**\n * Says what this file is for.\n */',
  ]
  assert.deepEqual(faults(fine.map((text, index) => source(`p/${index}.ts`, text))), [])
})
