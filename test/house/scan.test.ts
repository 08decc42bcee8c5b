// The scanner that the house rules stand on: strings, templates, regular expressions and comments are told apart.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closing, scan } from './scan.ts'

const shape = (source: string): string => scan(source).code.replace(/\s+/g, ' ').trim()

test('strings, comments and regular expressions are blanked in code', () => {
  assert.equal(shape(`const a = 'x { y' // any {`), `const a = ' '`)
  assert.equal(shape(`/* { */ const r = /[/'"{]/.test(b) ? 1 / 2 : 3 / 4`), 'const r = / /.test(b) ? 1 / 2 : 3 / 4')
  assert.equal(shape(`const s = "a // not a comment"; f()`), 'const s = " "; f()')
})

test('templates are blanked, the code in their holes is kept', () => {
  const source = 'const t = `a ${f({ b: `in ${c} ner` })} {` + g()'
  const { code } = scan(source)
  assert.equal(code.length, source.length)
  assert.match(code, /f\(\{ b:.*c.*\}\).*\+ g\(\)/)
  assert.doesNotMatch(code, /inner|a \$/)
})

test('the braces of a hole leave no bracket in code without its partner', () => {
  for (const hole of ['`${a}`', '`a ${b} c`', '`${a}${b}`', '`a ${`b ${c}`} d ${{ e }}`', '`} ${a} {`']) {
    const { code } = scan(`{ ${hole} }`)
    assert.equal(closing(code, 0), code.length, hole)
  }
})

test('every layer keeps the length and the lines of the text', () => {
  const source = `#!/usr/bin/env node\n// head\nconst a = \`\n\${b}\n\` /* c\n */\n`
  for (const layer of Object.values(scan(source))) {
    assert.equal(layer.length, source.length)
    assert.equal(layer.split('\n').length, source.split('\n').length)
  }
  assert.match(scan(source).comments, /\/\/ head/)
  assert.doesNotMatch(scan(source).uncommented, /head/)
})

test('a bracket finds its partner', () => {
  assert.equal(closing('a(b[c]{d})e', 1), 10)
})

test('markup is code: its slashes begin no regular expression', () => {
  const source = 'const a = <p>{b}</p> || <p x={c} /> || <q>{d}</q>'
  assert.equal(scan(source).code, source)
})
