// The worked example of PROTOCOL.md, computed again: from the page's words alone, and by the code that writes logs.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { brokenLink, genesis, link, sha256 } from './chain.ts'

interface Example {
  readonly session: string
  readonly seq?: number
  readonly kind: 'message' | 'session.opened'
  readonly v: number
  readonly at: number
  readonly actor: string
  readonly run?: string
  readonly cause?: number
  readonly body: string
  readonly data_hash: string
  readonly text: string
  readonly hash: string
}

const page = readFileSync(new URL('../../../../PROTOCOL.md', import.meta.url), 'utf8')
const examples = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '') as readonly Example[]
const digest = (text: string): string => createHash('sha256').update(Buffer.from(text, 'utf8')).digest('base64url')

test('the example of the protocol follows from its rules', () => {
  assert.equal(examples.length, 4)
  for (const { text, hash } of examples) assert.equal(digest(text), hash)
  for (const [index, one] of examples.entries()) {
    if (one.seq === undefined) {
      assert.equal(one.text, JSON.stringify(['daybook/1', one.session]))
      continue
    }
    const prev = one.session === 'fork' ? examples[1]?.hash : examples[index - 1]?.hash
    const { session, seq, kind, v, at, actor, run = null, cause = null, data_hash } = one
    assert.equal(digest(one.body), data_hash)
    assert.equal(one.text, JSON.stringify([prev, session, seq, kind, v, at, actor, run, cause, data_hash]))
  }
})

test('the code that writes logs computes the same example', () => {
  const [start, first, second, fork] = examples
  assert.equal(genesis('example'), start?.hash)
  for (const [prev, one] of [
    [start, first],
    [first, second],
    [first, fork],
  ] as const) {
    assert.ok(prev && one?.seq !== undefined)
    const entry = { ...one, seq: one.seq, dataHash: one.data_hash }
    assert.equal(sha256(one.body), one.data_hash)
    assert.equal(link(prev.hash, one.session, entry, one.data_hash), one.hash)
    assert.equal(brokenLink(prev.hash, one.session, one.seq, entry), null)
    assert.equal(brokenLink(prev.hash, one.session, one.seq + 1, entry), 'seq')
    assert.equal(brokenLink(prev.hash, one.session, one.seq, { ...entry, body: `${one.body} ` }), 'data')
    assert.equal(brokenLink(prev.hash, one.session, one.seq, { ...entry, at: 0 }), 'link')
    assert.equal(brokenLink(prev.hash, one.session, one.seq, { ...entry, body: null }), null)
  }
})
