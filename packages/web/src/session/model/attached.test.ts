// Files that go with a text: what each is told to be, and which cannot go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputOf, isText, mediaType, mostBytes, mostFiles, refusalOf, saidIn } from './attached.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 8, 0])

test('pictures go as what they are, texts as texts whatever the browser calls them, and nothing else goes', () => {
  for (const type of ['image/png', 'image/jpeg', 'image/gif', 'image/webp']) assert.equal(mediaType(type, zip), type)
  assert.equal(mediaType('text/markdown', bytes('# hi')), 'text/markdown')
  assert.equal(mediaType('application/json', bytes('{}')), 'application/json')
  // Browsers take a .ts for a film, and a .log for nothing at all.
  assert.equal(mediaType('video/mp2t', bytes('export const a = 1')), 'text/plain')
  assert.equal(mediaType('', bytes('Größe — 好')), 'text/plain')
  assert.equal(mediaType('image/svg+xml', bytes('<svg/>')), 'text/plain')
  assert.equal(mediaType('application/zip', zip), null)
  assert.equal(mediaType('', new Uint8Array([0xff, 0xd8, 0xff])), null)
})

test('a text that is cut within a letter is a text still', () => {
  const whole = bytes('好'.repeat(10))
  for (const end of [3, 4, 5, 29, 30]) assert.ok(isText(whole.subarray(0, end)), String(end))
})

test('a file is refused for its size or for those before it, and says which', () => {
  assert.equal(refusalOf({ size: 0 }, 0), 'empty')
  assert.equal(refusalOf({ size: mostBytes }, mostFiles - 1), null)
  assert.equal(refusalOf({ size: mostBytes + 1 }, 0), 'tooLarge')
  assert.equal(refusalOf({ size: 1 }, mostFiles), 'tooMany')
})

test('what is said goes with its files and comes back with them', () => {
  const file = { blob: 'b'.repeat(43), name: 'a.png' }
  assert.equal(inputOf('hi', []), 'hi')
  assert.deepEqual(saidIn(inputOf('hi', [file])), { text: 'hi', files: [file] })
  assert.deepEqual(saidIn('hi'), { text: 'hi', files: [] })
  assert.deepEqual(saidIn({ a: 1 }), { text: '{\n  "a": 1\n}', files: [] })
  assert.deepEqual(saidIn(null), { text: '', files: [] })
})
