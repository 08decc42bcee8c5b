// Promises of the redactor: its vectors with their near misses, JSON values and configured values.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain, vectors, withValues } from './redact/fixtures.ts'
import { ALL_SHAPES } from './redact/scan.ts'
import { redactor } from './redact.ts'

describe('the vectors of the redactor', () => {
  for (const { shape, match, near } of vectors) {
    it(`takes out ${shape} and nothing around it`, () => {
      for (const { before, secret, after } of match) {
        const { text, found } = plain.text(before + secret + after)
        assert.equal(text, `${before}[redacted:${shape}]${after}`)
        assert.deepEqual(found, [{ shape, count: 1 }])
      }
    })
    it(`leaves what only resembles ${shape}`, () => {
      for (const text of near) assert.equal(plain.text(text).text, text)
    })
  }

  it('cover every shape, each with near misses', () => {
    assert.deepEqual(vectors.map(({ shape }) => shape).toSorted(), ALL_SHAPES.toSorted())
    assert.ok(vectors.length >= 25)
    for (const { match, near } of vectors) assert.ok(match.length > 0 && near.length > 0)
  })

  it('pass the fast path for plain text about tokens, secrets, passwords and keys', () => {
    const texts = [
      'The token, the secret, a password: all kept with the key.',
      'Токен и password: не для журнала.',
      '密钥 key 和 token=无',
    ]
    for (const text of texts) assert.ok(plain.clean(JSON.stringify({ role: 'user', content: text })))
  })
})

describe('a redacted value', () => {
  const key = vectors.find(({ shape }) => shape === 'github-token')?.match[0]?.secret ?? ''

  it('is the same reference when nothing matched', () => {
    const json = { a: ['b', 1, null, true], c: { d: 'token' } }
    assert.equal(plain.value(json).value, json)
    assert.deepEqual(plain.value(json).found, [])
  })

  it('loses secrets in strings and in keys at any depth, and the source stays', () => {
    const json = { list: [{ [key]: `a ${key} b` }], n: 1 }
    const copy = structuredClone(json)
    assert.deepEqual(plain.value(json), {
      value: { list: [{ '[redacted:github-token]': 'a [redacted:github-token] b' }], n: 1 },
      found: [{ shape: 'github-token', count: 2 }],
    })
    assert.deepEqual(json, copy)
  })

  it('keeps both entries when two keys become equal', () => {
    const { value } = plain.value<unknown>({ [key]: 1, '[redacted:github-token]': 2, [`${key.slice(0, -2)}zz`]: 3 })
    assert.deepEqual(value, {
      '[redacted:github-token]~2': 1,
      '[redacted:github-token]': 2,
      '[redacted:github-token]~3': 3,
    })
  })

  it('judges a string by the key it stands under', () => {
    assert.deepEqual(plain.value({ password: 'a"b\\c(12)x9', token: 'string', count: 'a1b2c3d4' }).value, {
      password: '[redacted:password]',
      token: 'string',
      count: 'a1b2c3d4',
    })
    assert.deepEqual(plain.value({ Authorization: 'Basic dXNlcjpwYXNz', api_token: key }).value, {
      Authorization: 'Basic [redacted:authorization]',
      api_token: '[redacted:github-token]',
    })
  })

  it('keeps a key __proto__ as a key', () => {
    const json: unknown = JSON.parse(`{"__proto__":{"a":"${key}"}}`)
    assert.equal(JSON.stringify(plain.value(json).value), '{"__proto__":{"a":"[redacted:github-token]"}}')
  })

  it('may be nested a hundred thousand deep', () => {
    const depth = 100_000
    const json: unknown = JSON.parse(`${'['.repeat(depth)}"${key}"${']'.repeat(depth)}`)
    assert.equal(plain.value(json).found[0]?.count, 1)
  })
})

describe('configured values', () => {
  it('are found in every form and reported by name', () => {
    const value = 'ключ"/\\\n7 horse+battery'
    const one = redactor({ values: [{ name: 'it', value }] })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const forms = [
      value,
      JSON.stringify(value).slice(1, -1),
      JSON.stringify(JSON.stringify(value)).slice(3, -3),
      base64(value),
      Buffer.from(value).toString('base64url'),
      encodeURIComponent(value),
      encodeURIComponent(value).toLowerCase(),
    ]
    for (const form of forms) {
      assert.deepEqual(one.text(`<${form}>`), { text: '<[redacted:it]>', found: [{ shape: 'it', count: 1 }] })
      assert.equal(one.clean(JSON.stringify({ a: `<${form}>` })), false)
    }
    for (const user of ['u:', 'us:', 'use:']) assert.equal(one.text(base64(user + value)).found[0]?.shape, 'it')
  })

  it('are found in the middle of words and win over shapes', () => {
    assert.equal(
      withValues.text('xqwertyx password=qwerty123456').text,
      'x[redacted:short]x password=[redacted:short]123456',
    )
  })

  it('are refused when they are too short, too long, broken or badly named', () => {
    const bad = [
      { name: 'a', value: '12345' },
      { name: 'a', value: 'x'.repeat(4097) },
      { name: 'a', value: 'abcdef\ud800' },
      { name: 'a', value: 'x[redacted:y' },
      { name: 'a b', value: '123456' },
      { name: '', value: '123456' },
    ]
    for (const each of bad) assert.throws(() => redactor({ values: [each] }), TypeError)
  })
})
