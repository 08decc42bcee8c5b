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

test('the size rule leaves plain blocks alone', () => {
  const heads = ['if (a) {', 'for await (const a of b) {', 'class A {', 'const a = {', 'switch (a) {']
  for (const head of heads) assert.equal(faults(`${head}\n${lines(80)}}`), 0, head)
  assert.equal(faults(`const f = (a): B => a.b(c)\nif (x) {\n${lines(80)}}`), 0)
})

test('a group of tests counts what stands outside its tests, and each test counts by itself', () => {
  const heads = [
    "describe('group', () => {",
    'describe(`group ${name} of ${f({ a })}`, () => {',
    'suite(`group ${name}`, { timeout: 1 }, () => {',
    "describe('group', function () {",
    'for (const name of names) {\n  describe(`group ${name}`, (): void => {',
  ]
  const it = (length: number): string => `it('a test', async () => {\n${lines(length - 2)}})\n`
  for (const head of heads) {
    const group = (inner: string): number => faults(`${head}\n${inner}})`, 'p/a.test.ts')
    assert.equal(group(it(40).repeat(5)), 0, head)
    assert.equal(group(`${it(40)}${it(61)}`), 1, head)
    assert.equal(group(`${it(40)}${lines(40)}${it(40)}`), 0, head)
    assert.equal(group(`${it(40)}${lines(80)}`), 1, head)
  }
})

test('no other function is a group: neither what takes a group, nor code of the product', () => {
  const inner = `${"it('a test', () => {\n  f(a)\n})\n".repeat(30)}})`
  assert.equal(faults(`describe('group', () => {\n${inner}`, 'p/a.test.ts'), 0)
  assert.equal(faults(`describe('group', () => {\n${inner}`, 'p/a.ts'), 1)
  for (const head of ["describe('group', wrap(() => {", 'const describe = ((a) => {', 'function describe() {']) {
    assert.equal(faults(`${head}\n${inner}`, 'p/a.test.ts'), 1, head)
  }
})
