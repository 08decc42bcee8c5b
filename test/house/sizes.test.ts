// Files stay within 300 lines (suites and tests 400), functions within 60.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sizeFaults } from './sizes.ts'
import { allSources, source } from './sources.ts'

test('no file and no function is longer than the limits', () => {
  assert.deepEqual(allSources().flatMap(sizeFaults), [])
})

const lines = (count: number): string => '  f(a)\n'.repeat(count)
const faults = (text: string, path = 'p/a.ts'): number => sizeFaults(source(path, text)).length

test('the size rule finds long files', () => {
  assert.equal(faults(lines(301)), 1)
  assert.equal(faults(lines(300)), 0)
  assert.equal(faults(lines(400), 'p/a.test.ts'), 0)
  assert.equal(faults(lines(401), 'p/conformance.ts'), 1)
})

test('the size rule finds long functions of every form', () => {
  const heads = [
    'function f(a: number) {',
    'function f<T>(a: T): Promise<Map<string, T[]>> {',
    'function f(a: { b: 1 }): { c: number } {',
    "function f(a: 'x' | 'y'): a is 'x' {",
    'const f = (a) => {',
    'const f = async (a): Promise<void> => {',
    'const f = a => {',
    'const f = (a) => ({',
    'class A {\n  async *f(a = {}): AsyncIterable<B> {',
    'class A {\n  constructor() {',
    "test('long', { timeout: 1 }, async () => {",
    'function f(): () => void {',
  ]
  for (const head of heads) {
    assert.equal(faults(`${head}\n${lines(59)}}`), 1, head)
    assert.equal(faults(`${head}\n${lines(58)}}`), 0, head)
  }
})

test('the size rule leaves plain blocks and groups of tests alone', () => {
  const heads = [
    'if (a) {',
    'for await (const a of b) {',
    'class A {',
    'const a = {',
    "describe('group', () => {",
    'switch (a) {',
  ]
  for (const head of heads) assert.equal(faults(`${head}\n${lines(80)}}`), 0, head)
  assert.equal(faults(`const f = (a): B => a.b(c)\nif (x) {\n${lines(80)}}`), 0)
})
