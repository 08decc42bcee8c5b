// Markdown on a terminal: what it looks like, that it comes out the same however it is cut, and that no row is too wide.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { width } from '../format/width.ts'
import { type Look, Markdown } from './markdown.ts'

const shown = (looks: readonly Look[], text: string): string => `<${looks.join('+')}:${text}>`

function rows(text: string, columns = 40, paint: (looks: readonly Look[], text: string) => string = shown): string[] {
  const markdown = new Markdown(() => columns, paint)
  return [...markdown.push(text), ...markdown.end()]
}

test('headings, lists, quotes, code, rules and tables look like themselves', () => {
  deepStrictEqual(
    rows(
      '# A title\n\nSome **strong** and *fine* `code` words.\n\n- one\n  - two\n12. twelve\n> said\n\n```ts\nconst a = 1\n  # no title\n```\n---\n| a | **b** |\n|---|---|\nend',
    ),
    [
      '<heading:A><heading: ><heading:title>',
      '',
      'Some <strong:strong> and <emphasis:fine> <code:code> words.',
      '',
      '• one',
      '  • two',
      '12. twelve',
      '<dim:│> said',
      '',
      '<dim:  ts>',
      '  <code:const a = 1>',
      '  <code:  # no title>',
      `<dim:${'─'.repeat(40)}>`,
      '| a | **b** |',
      '|---|---|',
      'end',
    ],
  )
})

test('what looks like a mark and is none stays as it is', () => {
  deepStrictEqual(rows('2 * 3 * 4, snake_case_name, a ** b, `a*b*c`, -1, #tag, 3.14', 80), [
    '2 * 3 * 4, snake_case_name, a ** b, <code:a*b*c>, -1, #tag, 3.14',
  ])
  deepStrictEqual(rows('***both*** and **open'), ['<strong+emphasis:both> and <strong:open>'])
})

test('long lines are broken between words, or where a word is too long; list items hang', () => {
  const plain = (_: readonly Look[], text: string): string => text
  deepStrictEqual(rows('- the quick brown fox jumps', 12, plain), ['• the quick', '  brown fox', '  jumps'])
  deepStrictEqual(rows('abcdefghijklmnop', 6, plain), ['abcdef', 'ghijkl', 'mnop'])
  deepStrictEqual(rows('会议室已经预订好了', 8, plain), ['会议室已', '经预订好', '了'])
})

test('what a terminal would obey is shown, not sent', () => {
  ok(!rows('a\u001b[31mred\u0007\n```\n\u001b]0;x\u0007\n```').join('').includes('\u001b'))
})

const piece = fc.oneof(
  fc.constantFrom('# ', '- ', '1. ', '> ', '```\n', '**', '*', '`', '_', '\n', '\n\n', '| a | b |\n', '---\n', '\r\n'),
  fc.stringMatching(/^[a-z ]{1,12}$/),
  fc.constantFrom('会议', '日本語の', '👩‍👩‍👧', 'é', ' ', '~~~\n', '_x_', '2*3'),
)
const texts = fc.array(piece, { maxLength: 40, size: 'max' }).map((all) => all.join(''))

test('it comes out the same however the text is cut into pieces', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(80), { maxLength: 12, size: 'max' }), (text, at) => {
      const cuts = [0, ...at.map((each) => Math.min(each, text.length)).sort((one, other) => one - other), text.length]
      const markdown = new Markdown(() => 20, shown)
      const got = cuts.slice(1).flatMap((end, index) => markdown.push(text.slice(cuts[index], end)))
      // A pair of surrogates is never cut by whoever streams text; a lone half is another letter.
      fc.pre(cuts.every((each) => !/[\ud800-\udbff]$/.test(text.slice(0, each))))
      deepStrictEqual([...got, ...markdown.end()], rows(text, 20))
    }),
    cases(300),
  )
})

test('no row of text is wider than the terminal, and nothing that was said is missing', () => {
  const words = fc.array(fc.oneof(fc.stringMatching(/^[a-z]{1,30}$/), fc.constantFrom('会议', '日本', 'é')), {
    maxLength: 30,
    size: 'max',
  })
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 60 }), (all, columns) => {
      const found = rows(all.join(' '), columns, (_, text) => text)
      for (const row of found) ok(width(row) <= columns, row)
      strictEqual(found.join('').replaceAll(' ', ''), all.join(''))
    }),
    cases(300),
  )
})
