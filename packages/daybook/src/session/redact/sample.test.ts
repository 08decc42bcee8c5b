// The quick look at a value may only refuse what the judge refuses, whatever stood before it in the same word.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { SAMPLE, secretive } from './judge.ts'
import { Samples } from './sample.ts'

const pieces = ['pwd:', 'md5', 'sha-256', 'utf-8mb4', 'aes256', 'es256', 'oauth', 'hs256', 'http2', 'v1', 'argon2id']
const units = ['a', 'B', 'Q', 'é', '7', '42', '!', '=', '-', '.', '/', ' ', 'x'.repeat(60), 'Kq'.repeat(40)]
const texts = fc
  .array(fc.constantFrom(...pieces, ...units), { minLength: 1, maxLength: 80, size: 'max' })
  .map((parts) => `pwd:${parts.join('')}`)

test('every value that the judge takes for a secret is promising, asked for behind any of the signs before it', () => {
  let secrets = 0
  const holds = (text: string): void => {
    for (const kind of ['quoted', 'bare'] as const) {
      const samples = new Samples(text, kind)
      for (const match of text.matchAll(/[:=]/g)) {
        const start = match.index + 1
        const value = text.slice(start, samples.end(start))
        assert.ok(value.length <= SAMPLE)
        if (!secretive(value)) continue
        secrets += 1
        assert.ok(samples.promising(start), value)
      }
    }
  }
  fc.assert(fc.property(texts, holds), cases(500))
  assert.ok(secrets > 100, `${secrets}`)
})

test('no value that the judge takes for a secret begins where a word is told to be barren', () => {
  let barren = 0
  const holds = (text: string): void => {
    for (const kind of ['quoted', 'bare'] as const) {
      const samples = new Samples(text, kind)
      let until = 0
      for (const match of text.matchAll(/[:=]/g)) {
        const start = match.index + 1
        const value = text.slice(start, new Samples(text, kind).end(start))
        if (start < until) {
          barren += 1
          assert.equal(secretive(value), false, value)
          continue
        }
        samples.end(start)
        if (!samples.promising(start)) until = samples.barren(start)
        else assert.ok(samples.end(start) - start === value.length)
      }
    }
  }
  const long = fc.array(texts, { minLength: 1, maxLength: 12, size: 'max' }).map((parts) => parts.join(''))
  fc.assert(fc.property(long, holds), cases(300))
  assert.ok(barren > 100, `${barren}`)
})

test('a word of nothing but names and words of the trade is barren to its end; digits that a sample may cut end it', () => {
  const samples = new Samples('Pwd:md5'.repeat(1000), 'bare')
  samples.end(4)
  assert.equal(samples.barren(4), 7000)
  const cut = `Pwd:${'x'.repeat(1000)}`
  const second = new Samples(`${cut}base64`, 'bare')
  second.end(4)
  assert.equal(second.barren(4), cut.length + 'base'.length - SAMPLE + 1)
})

test('a value of nothing but names and words of the trade is not promising: it is not judged', () => {
  const samples = new Samples('Pwd:md5'.repeat(100), 'bare')
  for (let start = 4; start < 300; start += 7) {
    assert.equal(samples.end(start), start + SAMPLE)
    assert.equal(samples.promising(start), false)
  }
})
