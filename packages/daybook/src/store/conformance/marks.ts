// What one person keeps about a session: versioned, compared and set, outside the log.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { after, opening } from './drafts.ts'
import { anna as annaSubject, bob, fails, range, type Suite, write } from './suite.ts'

export function marks(suite: Suite): void {
  versions(suite)
  persons(suite)
}

function versions({ test }: Suite): void {
  test('A mark starts at version 0 and rises by one with each write, which replaces it whole', async ({ anna }) => {
    await write(anna, opening('one'))
    deepStrictEqual(await anna.marks.get('one', annaSubject), { version: 0 })
    const first = await anna.marks.put('one', annaSubject, {
      version: 0,
      seen: 3,
      draft: 'half a \u0000 thought \ud800',
      pinned: 12,
    })
    deepStrictEqual(first, { version: 1, seen: 3, draft: 'half a \u0000 thought \ud800', pinned: 12 })
    deepStrictEqual(await anna.marks.get('one', annaSubject), first)
    deepStrictEqual(await anna.marks.put('one', annaSubject, { version: 1, seen: 4 }), { version: 2, seen: 4 })
    deepStrictEqual(await anna.marks.get('one', annaSubject), { version: 2, seen: 4 })
  })

  test('A write on another version changes nothing', async ({ anna }) => {
    await write(anna, opening('one'))
    await anna.marks.put('one', annaSubject, { version: 0, seen: 1 })
    for (const version of [0, 2]) strictEqual(await anna.marks.put('one', annaSubject, { version, seen: 9 }), null)
    deepStrictEqual(await anna.marks.get('one', annaSubject), { version: 1, seen: 1 })
  })

  test('Of 16 writes at once on one version one is stored', async ({ anna }) => {
    await write(anna, opening('one'))
    const puts = range(16).map((seen) => anna.marks.put('one', annaSubject, { version: 0, seen }))
    const stored = (await Promise.all(puts)).filter((mark) => mark !== null)
    strictEqual(stored.length, 1)
    deepStrictEqual(await anna.marks.get('one', annaSubject), stored[0])
  })
}

function persons({ test }: Suite): void {
  test('Each person has marks of their own, for each session', async ({ anna, bob: scope, all }) => {
    await write(anna, opening('one', { head: { readers: [bob] } }))
    await write(anna, opening('two'))
    await anna.marks.put('one', annaSubject, { version: 0, draft: 'hers' })
    await scope.marks.put('one', bob, { version: 0, draft: 'his' })
    strictEqual((await anna.marks.get('one', annaSubject)).draft, 'hers')
    strictEqual((await scope.marks.get('one', bob)).draft, 'his')
    deepStrictEqual(await anna.marks.get('two', annaSubject), { version: 0 })
    strictEqual((await all.marks.get('one', bob)).draft, 'his')
  })

  test("A scope of subjects does not reach another's marks", async ({ anna, bob: scope }) => {
    await write(anna, opening('one', { head: { readers: [bob] } }))
    await anna.marks.put('one', annaSubject, { version: 0, draft: 'hers' })
    deepStrictEqual(await scope.marks.get('one', annaSubject), { version: 0 })
    await fails(() => scope.marks.put('one', annaSubject, { version: 1, draft: 'not hers' }), 'not_found')
    strictEqual((await anna.marks.get('one', annaSubject)).draft, 'hers')
  })

  test('Who pinned a session is known to all who see it', async ({ anna, bob: scope }) => {
    await write(anna, opening('one', { head: { readers: [bob] } }))
    deepStrictEqual(await anna.marks.pinnedBy('one'), [])
    await anna.marks.put('one', annaSubject, { version: 0, draft: 'no pin' })
    await scope.marks.put('one', bob, { version: 0, pinned: 5 })
    deepStrictEqual(await anna.marks.pinnedBy('one'), [bob])
    await anna.marks.put('one', annaSubject, { version: 1, pinned: 9 })
    deepStrictEqual([...(await scope.marks.pinnedBy('one'))].sort(), [annaSubject, bob].sort())
    await scope.marks.put('one', bob, { version: 1 })
    deepStrictEqual(await anna.marks.pinnedBy('one'), [annaSubject])
  })

  test('Marks are outside the log and stay in archive and trash', async ({ anna, store }) => {
    const head = await write(anna, opening('one'))
    const tip = await store.tip()
    await anna.marks.put('one', annaSubject, { version: 0, seen: 1 })
    strictEqual(await store.tip(), tip)
    deepStrictEqual(await anna.head('one'), head)
    const archived = await write(anna, after(head, { head: { place: 'archived' } }))
    await write(anna, after(archived, { head: { place: 'trash' } }))
    strictEqual((await anna.marks.get('one', annaSubject)).seen, 1)
    await fails(() => anna.marks.put('unknown', annaSubject, { version: 0 }), 'not_found')
  })
}
