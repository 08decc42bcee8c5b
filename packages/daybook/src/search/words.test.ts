// Words, names of code and queries: what texts and questions are cut into, and that no text can break it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCharacters, cases } from '../cases.fixture.ts'
import { columnsOf } from './columns.ts'
import { knownOf } from './known.ts'
import { readQuery } from './query.ts'
import { snippetOf } from './snippet.ts'
import { textsOf } from './texts.ts'
import { eachWord, gramsOf, identifiersOf } from './words.ts'

function words(text: string): string[] {
  const found: string[] = []
  eachWord(text, ({ plain }) => found.push(plain))
  return found
}

test('words are folded, and signs without spaces cut into pairs', () => {
  assert.deepEqual(words('Ёлка, Café-Crème: ＡＢＣ №5 don’t'), ['елка', 'cafe', 'creme', 'abc', '5', 'don', 't'])
  assert.deepEqual(words('数据库 vs数据x'), ['数据', '据库', '库', 'vs', '数据', '据', 'x'])
  assert.deepEqual(words('й ё за́мок ΟΔΌΣ'), ['й', 'е', 'замок', 'οδοσ'])
})

test('names of code are told from words, and cut into threes and parts', () => {
  const names = (text: string, all = false) => identifiersOf(text, all).map(({ plain }) => plain)
  assert.deepEqual(names('call getUserToken in src/a.ts, then wait.'), ['getusertoken', 'src/a.ts'])
  assert.deepEqual(names('plain words only, really'), [])
  assert.deepEqual(names('let it be', true), ['let'])
  assert.deepEqual(gramsOf('a.bc'), ['a.b', '.bc'])
  assert.deepEqual(knownOf('parseHTTPHeader2').parts, ['parse', 'http', 'header', '2'])
  assert.deepEqual(knownOf('word').parts, [])
})

test('every word stands in its text where it says', () => {
  fc.assert(
    fc.property(anyCharacters({ maxLength: 200, size: 'max' }), (text) => {
      let last = 0
      eachWord(text, ({ plain }, start, end) => {
        assert.equal(knownOf(text.slice(start, end)).plain, plain)
        assert.ok(start >= last && end > start && !/\s/.test(plain))
        last = start
      })
      for (const { plain, start, end } of identifiersOf(text, true)) {
        assert.ok(end <= text.length && end > start && !/\s/.test(plain))
      }
    }),
    cases(500),
  )
})

test('columns hold nothing but tokens between single spaces', () => {
  fc.assert(
    fc.property(anyCharacters({ maxLength: 300, size: 'max' }), (content) => {
      const columns = columnsOf(textsOf('message', { role: 'user', content }))
      for (const text of Object.values(columns)) assert.ok(!/[\s\u0000](?! ?[^\s\u0000])|^ | $/.test(text), text)
    }),
    cases(2000),
  )
})

test('the words of a text are those that are met one by one, however they are taken', () => {
  const common = fc.constantFrom(..."aZ9бЁйЯ .,-—«»…'’\u00a0\n_数ｅé", 'x'.repeat(70), 'Ж'.repeat(64))
  fc.assert(
    fc.property(fc.array(common, { maxLength: 60, size: 'max' }), (signs) => {
      const content = signs.join('')
      const met = words(content).join(' ')
      assert.equal(columnsOf(textsOf('message', { role: 'user', content })).words.replaceAll('  ', ' '), met)
    }),
    cases(3000),
  )
})

test('a query is read into words, phrases, beginnings and names', () => {
  const read = (text: string) =>
    readQuery(text)?.terms.map(({ kind, words, isName }) => [kind, words.join(' '), isName])
  assert.deepEqual(read('clock  skew'), [
    ['word', 'clock', false],
    ['word', 'skew', false],
  ])
  assert.deepEqual(read('"clock skew" x*'), [
    ['phrase', 'clock skew', false],
    ['beginning', 'x', false],
  ])
  assert.deepEqual(read('«часы спешат» “a b” 「数据库」'), [
    ['phrase', 'часы спешат', false],
    ['phrase', 'a b', false],
    ['phrase', '数据 据库', false],
  ])
  assert.deepEqual(read('src/auth/token.ts'), [['word', 'src auth token ts', true]])
  assert.deepEqual(read('库'), [['beginning', '库', false]])
  assert.deepEqual(read('"unfinished phrase'), [
    ['word', 'unfinished', false],
    ['word', 'phrase', false],
  ])
  for (const text of ['', ' ', '"', '->', '""', '*', '()']) assert.equal(readQuery(text), null, text)
})

test('a snippet of any text for any query is a piece of it, and its marks lie inside', () => {
  const text = fc.oneof(anyCharacters({ maxLength: 600, size: 'max' }), fc.lorem({ maxCount: 200 }))
  fc.assert(
    fc.property(text, text, fc.constantFrom('all', 'parts', 'some'), (content, q, level) => {
      const wanted = readQuery(q)
      const snippet = snippetOf([{ field: 'content', text: content }], wanted, level)
      assert.ok(snippet)
      assert.equal(snippet.text, content.slice(snippet.start, snippet.start + snippet.text.length))
      assert.ok(snippet.text.length <= 400 && snippet.length === content.length)
      let last = snippet.start
      for (const { start, end } of snippet.marks) {
        assert.ok(start >= last && end > start && end <= snippet.start + snippet.text.length)
        last = end
      }
    }),
    cases(1500),
  )
})

test('a snippet shows where most of the query stands together', () => {
  const text = `${'filler text about clocks. '.repeat(40)}Then we added 30 s of clock skew to the jwt check. ${'more filler. '.repeat(40)}`
  const snippet = snippetOf([{ field: 'content', text }], readQuery('clock skew jwt'), 'all')
  assert.ok(snippet)
  const marked = snippet.marks.map(({ start, end }) => text.slice(start, end))
  assert.deepEqual(marked.slice(-3), ['clock', 'skew', 'jwt'])
  assert.ok(snippet.text.length < 220)
})
