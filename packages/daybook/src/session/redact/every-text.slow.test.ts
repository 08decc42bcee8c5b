// Properties of redaction that hold for every text, in one piece or many, friendly or hostile.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anyCharacters, cases } from '../../cases.fixture.ts'
import { MAX_SECRET } from './finder.ts'
import { both, configured, nears, plain, secrets, vectors } from './fixtures.ts'

const glue = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '"',
    "'",
    '\\',
    '\\n',
    '\\"',
    '\\\\',
    '\\/',
    '\\u002d',
    '\\\\u0041',
    '\\u0020',
    '=',
    ': ',
    '@',
    '://',
  ],
  ...[
    'password=',
    '"token": "',
    'api key : ',
    'Authorization: Bearer ',
    'a',
    'Z9',
    '-',
    '_',
    '.',
    ']',
    '[',
    '[redacted:',
    '[redacted:token]',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----',
    'слово',
    '字',
    '\u001b[31m',
    '\ud800',
    '\u0000',
    '\u00a0',
  ],
  ...configured.map((each) => each.value),
  ...['cXdlcnR5', 'correct%20horse'],
)
const piece = fc.oneof(
  { weight: 4, arbitrary: glue },
  { weight: 3, arbitrary: fc.constantFrom(...secrets) },
  { weight: 1, arbitrary: fc.constantFrom(...nears) },
  { weight: 1, arbitrary: anyCharacters({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(...vectors.flatMap(({ match }) => match.map((each) => each.secret))) },
)
const pieces = fc.array(piece, { maxLength: 9 })
const packed = (text: string, times: number): string => (times === 0 ? text : packed(JSON.stringify(text), times - 1))
const anyText = fc.tuple(pieces, fc.nat({ max: 2 })).map(([list, times]) => packed(list.join(''), times))
const anyJson = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    anyText,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('password', 'api_key', 'authorization', 'x-token')), tie('node'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    fc.constantFrom(null, 12, true),
  ),
})).node

/** JSON as another writer might have put it: escapes where none are needed, white space anywhere. */
function foreign(json: unknown, pick: readonly number[]): string {
  let at = 0
  const chance = (of: number) => (pick[at++ % pick.length] ?? 1) % of === 0
  const string = (text: string): string =>
    JSON.stringify(text).replace(/\\u[0-9a-f]{4}|\\.|[^"\\]/gu, (char) => {
      if (char === '/' && chance(2)) return '\\/'
      return char.length === 1 && chance(40) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char
    })
  const space = () => (chance(3) ? ' \n\t'.slice(0, 1 + (at % 3)) : '')
  const write = (value: unknown): string => {
    if (typeof value === 'string') return string(value)
    if (Array.isArray(value)) return `[${value.map((each) => space() + write(each)).join(`${space()},`)}]`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const members = Object.entries(value).map(
      ([key, each]) => `${space()}${string(key)}${space()}:${space()}${write(each)}`,
    )
    return `{${members.join(',')}}`
  }
  return write(json)
}

describe('for every text', () => {
  it('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const each of both) {
          const once = each.text(text).text
          assert.deepEqual(each.text(once), { text: once, found: [] })
        }
      }),
      cases(2000),
    )
  })

  it('the same holds for JSON values', () => {
    fc.assert(
      fc.property(anyJson, (json) => {
        for (const each of both) assert.deepEqual(each.value(each.value(json).value).found, [])
      }),
      cases(1000),
    )
  })

  it('the fast path never calls a text clean in which something would be found', () => {
    fc.assert(
      fc.property(anyJson, fc.array(fc.nat({ max: 1000 }), { minLength: 20, maxLength: 40 }), (json, pick) => {
        for (const each of both) {
          if (each.value(json).found.length === 0) continue
          assert.equal(each.clean(JSON.stringify(json)), false)
          assert.equal(each.clean(JSON.stringify(json, null, 2)), false)
          const other = foreign(json, pick)
          assert.deepEqual(JSON.parse(other), json)
          assert.equal(each.clean(other), false)
        }
      }),
      cases(2000),
    )
  })

  it('a stream gives what the whole text gives, wherever it is cut', () => {
    const cuts = fc.array(fc.nat({ max: 4000 }), { maxLength: 12 })
    fc.assert(
      fc.property(anyText, cuts, fc.boolean(), (text, at, single) => {
        for (const each of both) {
          const expected = each.text(text)
          const stream = each.stream()
          const borders = single
            ? Array.from(text, (_, i) => i)
            : at.map((n) => n % (text.length + 1)).toSorted((a, b) => a - b)
          let out = ''
          let done = 0
          for (const border of [...borders, text.length]) {
            out += stream.push(text.slice(done, border))
            done = Math.max(done, border)
          }
          out += stream.end()
          assert.equal(out, expected.text)
          assert.deepEqual(
            new Map(stream.found.map((f) => [f.shape, f.count])),
            new Map(expected.found.map((f) => [f.shape, f.count])),
          )
        }
      }),
      cases(2000),
    )
  })
})

describe('a stream', () => {
  it('gives finished lines at once and holds back a few words of an unfinished one', () => {
    const stream = plain.stream()
    assert.equal(stream.push('first line\nsecond line\nthird '), 'first line\nsecond line\n')
    assert.equal(stream.end(), 'third ')
    assert.throws(() => stream.push('x'), TypeError)
    assert.equal(stream.end(), '')
  })

  it('never holds back more than the longest secret', () => {
    for (const unit of [
      'a',
      '-----BEGIN PRIVATE KEY-----\n',
      'eyJ',
      'password=',
      '\\u002d',
      `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(9000)}`,
    ]) {
      const stream = plain.stream()
      const text = unit.repeat(Math.ceil(60_000 / unit.length))
      let given = 0
      let out = ''
      for (let at = 0; at < text.length; at += 1000) {
        const chunk = text.slice(at, at + 1000)
        given += chunk.length
        out += stream.push(chunk)
        // What was replaced is shorter in the output, so only texts without a hit can be counted.
        if (stream.found.length === 0) assert.ok(given - out.length <= MAX_SECRET + 32)
      }
      assert.equal(out + stream.end(), plain.text(text).text)
    }
  })
})

describe('hostile texts', () => {
  const size = 1 << 20
  for (const unit of [
    'a',
    'eyJ',
    '-----BEGIN',
    '-----BEGIN PRIVATE KEY-----',
    'password=',
    'password:',
    '://',
    '://a:',
    '\\',
    ' ',
    '[redacted:',
    'sk-',
    '\\u002d',
  ]) {
    it(`of a mebibyte of ${JSON.stringify(unit)} are read to the end and stay as they are`, () => {
      const text = unit.repeat(Math.ceil(size / unit.length))
      assert.equal(plain.text(text).text, text)
      plain.clean(JSON.stringify(text))
    })
  }
})
