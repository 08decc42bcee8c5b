// Rule 4: a key is looked up before all else, answers with its receipt, and lives as long as the log and its tombstone.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Outcome } from '../store.ts'
import { after, deleting, digest, forking, key, opening } from './drafts.ts'
import { range, refused, type Suite, seqs, write } from './suite.ts'

function receipt(first: number, last: number): Outcome {
  return { ok: true, first, last, replayed: true }
}

export function keys(suite: Suite): void {
  replays(suite)
  receipts(suite)
  order(suite)
  lifetime(suite)
}

function replays({ test }: Suite): void {
  test('The same key and digest gets the receipt again and writes nothing', async ({ anna, store }) => {
    const head = await write(anna, opening('one'))
    const append = after(head, { bodies: ['1', '2'], key: key('k') })
    await write(anna, append)
    const tip = await store.tip()
    deepStrictEqual(await anna.append([append]), [receipt(2, 3)])
    deepStrictEqual(await anna.append([after(append.head, { key: key('k') })]), [receipt(2, 3)])
    deepStrictEqual(seqs(await anna.read('one')), [1, 2, 3])
    strictEqual(await store.tip(), tip)
  })

  test('The same key with another digest is key_reused and writes nothing', async ({ anna }) => {
    const head = await write(anna, opening('one', { key: key('k') }))
    await refused(anna, after(head, { key: key('k', 'other body') }), 'key_reused', 1)
    deepStrictEqual(await anna.head('one'), head)
  })

  test('An opening with a known key is a receipt, not exists', async ({ anna }) => {
    const append = opening('one', { key: key('k') })
    await write(anna, after(await write(anna, append)))
    deepStrictEqual(await anna.append([append]), [receipt(1, 1)])
  })

  test('A fork opened again with its key is a receipt', async ({ anna }) => {
    const base = await write(anna, opening('one'))
    const fork = forking('fork', base, base, { key: key('k') })
    await write(anna, fork)
    deepStrictEqual(await anna.append([fork]), [receipt(2, 2)])
  })

  test('The same key twice in one batch is written once', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const first = after(head, { bodies: ['1'], key: key('k') })
    const outcomes = await anna.append([
      first,
      first,
      after(first.head, { key: key('k') }),
      after(first.head, { key: key('k', 'other body') }),
    ])
    deepStrictEqual(outcomes, [
      { ok: true, first: 2, last: 2, replayed: false },
      receipt(2, 2),
      receipt(2, 2),
      { ok: false, code: 'key_reused', seq: 2 },
    ])
    deepStrictEqual(seqs(await anna.read('one')), [1, 2])
  })

  test('Of 16 sendings of one keyed append at once one writes, the others get its receipt', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const append = after(head, { key: key('k') })
    const outcomes = (await Promise.all(range(16).map(() => anna.append([append])))).flat()
    strictEqual(outcomes.filter((outcome) => outcome.ok && !outcome.replayed).length, 1)
    strictEqual(outcomes.filter((outcome) => outcome.ok && outcome.replayed).length, 15)
    deepStrictEqual(seqs(await anna.read('one')), [1, 2])
  })
}

function receipts({ test }: Suite): void {
  test('Receipts name first and last seq of each known key, and null for unknown ones', async ({ anna }) => {
    const head = await write(anna, opening('one', { key: key('a', 'x') }))
    await write(anna, after(head, { bodies: ['1', '2', '3'], key: key('b', 'y') }))
    deepStrictEqual(await anna.receipts('one', ['b', 'nobody', 'a']), [
      { digest: digest('y'), first: 2, last: 4 },
      null,
      { digest: digest('x'), first: 1, last: 1 },
    ])
    deepStrictEqual(await anna.receipts('unknown', ['a']), [null])
    deepStrictEqual(await anna.receipts('one', []), [])
  })

  test('Keys are told apart to the last character, spaces and marks included', async ({ anna }) => {
    let head = await write(anna, opening('one'))
    const ids = ['k', 'K', 'k ', ' k', 'ä', 'a\u0308', "k'", '%', 'k\u0000', '🔑']
    for (const id of ids) head = await write(anna, after(head, { key: key(id) }))
    const found = await anna.receipts('one', ids)
    deepStrictEqual(
      found.map((known) => known?.first),
      ids.map((_, index) => index + 2),
    )
  })
}

function order({ test }: Suite): void {
  test('A known key is looked up before expect, fence, refs and blobs', async ({ anna }) => {
    const append = after(await write(anna, opening('one')), { key: key('k') })
    const later = await write(anna, after(await write(anna, append)))
    const lease = await anna.acquire('one', 'worker', 1000)
    strictEqual(lease === null, false)
    const tries = [
      append,
      { ...append, fence: 99 },
      { ...append, blobs: [digest('never stored')] },
      after({ ...later, seq: 9 }, { key: key('k') }),
    ]
    for (const tried of tries) deepStrictEqual(await anna.append([tried]), [receipt(2, 2)])
    await refused(anna, after({ ...later, seq: 9 }, { key: key('k', 'other') }), 'key_reused', 3)
  })

  test('A key that came with a refused append is not kept', async ({ anna }) => {
    const old = await write(anna, opening('one'))
    const head = await write(anna, after(old))
    await refused(anna, after(old, { key: key('k') }), 'conflict')
    await refused(anna, after(head, { key: key('k'), blobs: [digest('never stored')] }), 'blob_missing')
    await write(anna, after(head, { key: key('k', 'other body') }))
  })
}

function lifetime({ test }: Suite): void {
  test('A key belongs to one session: others, forks included, know nothing of it', async ({ anna }) => {
    const head = await write(anna, opening('one', { key: key('k') }))
    await write(anna, opening('two', { key: key('k', 'other body') }))
    const fork = await write(anna, forking('fork', head, head))
    deepStrictEqual(await anna.receipts('fork', ['k']), [null])
    await write(anna, after(fork, { key: key('k', 'third body') }))
  })

  test('Keys answer from the trash and from the tombstone', async ({ anna, clock }) => {
    const append = after(await write(anna, opening('one')), { key: key('k') })
    const trashed = await write(anna, after(await write(anna, append), { head: { place: 'trash' } }))
    deepStrictEqual(await anna.append([append]), [receipt(2, 2)])
    strictEqual((await anna.delete('one', deleting(trashed))).ok, true)
    clock.advance(29 * 24 * 3_600_000)
    deepStrictEqual(await anna.append([append]), [receipt(2, 2)])
    deepStrictEqual((await anna.receipts('one', ['k']))[0]?.digest, key('k').digest)
    await refused(anna, after(trashed, { key: key('k', 'other body') }), 'key_reused')
    await refused(anna, after(trashed), 'gone')
  })

  test('Keys end with the tombstone', async ({ anna, store, clock }) => {
    const append = opening('one', { key: key('k') })
    await anna.delete('one', deleting(await write(anna, append)))
    clock.advance(31 * 24 * 3_600_000)
    await store.admin.sweep()
    deepStrictEqual(await anna.receipts('one', ['k']), [null])
    await write(anna, opening('one', { key: key('k', 'other body') }))
  })
}
