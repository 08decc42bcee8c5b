// No `any`, no silenced type error.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allSources, source } from './sources.ts'
import { typingFaults } from './typing.ts'

test('no source says any or silences the compiler', () => {
  assert.deepEqual(allSources().flatMap(typingFaults), [])
})

test('the typing rule finds planted violations and nothing else', () => {
  const faults = (text: string): number => typingFaults(source('p/a.ts', text)).length
  const bad = [
    'let a: any',
    'f<any>()',
    'a as any',
    'type A = any',
    'Map<string, any>',
    'let a: B | any[]',
    '// @ts-ignore',
    '/* @ts-expect-error */',
  ]
  for (const text of bad) assert.equal(faults(text), 1, text)
  const fine = [
    'Promise.any([])',
    '// any case',
    "'a: any'",
    '({ any: 1 })',
    'AbortSignal.any(a)',
    'let a: anyone',
    '`${a}: any`',
  ]
  for (const text of fine) assert.equal(faults(text), 0, text)
})
