// Proves that marks of Markdown are gone from lines, and that what only looks like them stays.

import assert from 'node:assert/strict'
import test from 'node:test'
import { plainLine, plainText } from './plain-line.ts'

test('headings, bullets, emphasis, code, links and pictures leave their words', () => {
  const lines: readonly (readonly [string, string])[] = [
    ['**Now**', 'Now'],
    ['## Done', 'Done'],
    ['> - [x] *ready* to ~~ship~~ go', 'ready to ship go'],
    ['***Both*** and _soft_ and __two words__', 'Both and soft and two words'],
    ['I added it in `src/auth/token.ts`: **41** passed', 'I added it in src/auth/token.ts: 41 passed'],
    ['see [the guide](https://example.org/a "b"), ![a map](m.png)', 'see the guide, a map'],
    ['<https://example.org>', 'https://example.org'],
    ['# One\n\ntwo\n---\n```ts\nconst three', 'One two const three'],
    ['| a | b |\n| --- | :-: |', '| a | b |'],
    ['**bold with `code` in it**: so', 'bold with code in it: so'],
    ['1\\. not a list \\*', '1. not a list *'],
    ['**Готово**: три страницы', 'Готово: три страницы'],
    ['**完成**：三页', '完成：三页'],
  ]
  for (const [text, plain] of lines) assert.equal(plainLine(text), plain, text)
})

test('what is not a mark stays as it was written', () => {
  const lines = [
    '2 * 3 * 4',
    'src/*.ts and test/*.ts',
    '*.ts, *.js',
    'snake_case_name and __init__.py and __init__',
    '#42 is fixed, C# too',
    '-5 degrees',
    'a [draft] of (it)',
    'npm test -- --watch',
    '`**kwargs`'.slice(1, -1),
    '1. first',
    '***',
  ]
  for (const text of lines) assert.equal(plainLine(text), text)
  assert.equal(plainLine('`**kwargs**` and `_a_`'), '**kwargs** and _a_')
  assert.equal(plainLine(' \n'), '')
})

test('a text keeps its lines: points stay points, and code stays as it is', () => {
  const text =
    '# Why\n\nThe **clock** skew of `a.ts`:\n\n- late by *less*\n  - set in\n\n```ts\nconst a = **b**\n  - c\n```\nend'
  assert.equal(
    plainText(text),
    'Why\n\nThe clock skew of a.ts:\n\n• late by less\n  • set in\n\nconst a = **b**\n  - c\nend',
  )
  assert.equal(plainText(' \n'), '')
})
