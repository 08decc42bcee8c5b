// What is read as Markdown, and what is left as it was written because reading it would do harm.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markdownTokens, safeAddress, withSigns } from './markdown.ts'

test('a text is read in blocks, also tables and tasks', () => {
  const text = '# One\n\n- [x] done\n\n| a |\n|---|\n| 1 |\n\n```ts\ncode\n```\n\n> quoted'
  const types = markdownTokens(text)?.map(({ type }) => type)
  assert.deepEqual(
    types?.filter((type) => type !== 'space'),
    ['heading', 'list', 'table', 'code', 'blockquote'],
  )
})

test('what is nested without end is not read, and what a person nests is', () => {
  const hostile = [
    '>'.repeat(16_000),
    '> '.repeat(8_000),
    '- '.repeat(8_000),
    '1. '.repeat(5_000),
    `x\n${'> - '.repeat(4_000)}a`,
    '**a '.repeat(2_000) + ' b**'.repeat(2_000),
  ]
  for (const text of hostile) assert.equal(markdownTokens(text), null, text.slice(0, 20))
  const fine = [
    `${'> '.repeat(20)}deep`,
    '-'.repeat(5_000),
    `|${'---|'.repeat(300)}`,
    Array.from({ length: 40 }, (_, depth) => `${' '.repeat(2 * depth)}- item`).join('\n'),
    '**bold** '.repeat(400),
    '['.repeat(16_000),
    '`'.repeat(16_000),
  ]
  for (const text of fine) assert.notEqual(markdownTokens(text), null, text.slice(0, 20))
})

test('only addresses that load a page or begin a letter are followed', () => {
  for (const fine of ['https://a.example', 'HTTP://a.example', 'mailto:a@example.org', '/s/k3f9', '#here', 'a/b:c'])
    assert.equal(safeAddress(fine), fine)
  for (const no of [
    'javascript:x',
    ' JavaScript:x',
    '\u0001javascript:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc',
  ])
    assert.equal(safeAddress(no), undefined, no)
})

test('signs that are written by name or number are signs, and nothing else is changed', () => {
  assert.equal(withSigns('a &amp;&lt;b&gt; &copy; &#1103;&#x44F; &nbsp;'), 'a &<b> © яя \u00a0')
  assert.equal(withSigns('&unknown; &constructor; & &; &#0; &#xD800; &#9999999;'), '&unknown; &constructor; & &; � � �')
})
