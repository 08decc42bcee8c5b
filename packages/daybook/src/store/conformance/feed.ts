// Rule 9: the feed has every entry once, in an order that keeps each session's own, resumable from each cursor.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { FeedItem, ScopedStore } from '../store.ts'
import { after, deleting, forking, opening } from './drafts.ts'
import { bob, fails, range, refused, type Suite, wholeFeed, write } from './suite.ts'

function names(items: readonly FeedItem[]): string[] {
  return items.map((item) => `${item.session} ${item.entry.seq}`)
}

/** Three sessions written in turns; the names of the entries in commit order. */
async function turns(scope: ScopedStore): Promise<string[]> {
  const a = await write(scope, opening('a'))
  const b = await write(scope, opening('b'))
  const a3 = await write(scope, after(a, { bodies: ['1', '2'] }))
  await write(scope, opening('c'))
  await write(scope, after(b))
  await write(scope, after(a3))
  return ['a 1', 'b 1', 'a 2', 'a 3', 'c 1', 'b 2', 'a 4']
}

export function feed(suite: Suite): void {
  ordering(suite)
  cursors(suite)
  gaps(suite)
  heads(suite)
}

function ordering({ test, supports }: Suite): void {
  if (supports.feed === 'total') {
    test('Every entry is in the feed once, in the order of the commits', async ({ anna, store }) => {
      deepStrictEqual(names(await wholeFeed(store)), [])
      const expected = await turns(anna)
      deepStrictEqual(names(await wholeFeed(store)), expected)
      deepStrictEqual(names(await wholeFeed(anna)), expected)
    })
  }

  test("Every entry is in the feed once, each session's own in the order of its seqs", async ({ anna, store }) => {
    const expected = await turns(anna)
    const found = names(await wholeFeed(store, null, 2))
    deepStrictEqual([...found].sort(), [...expected].sort())
    for (const session of ['a', 'b', 'c']) {
      const own = (all: string[]) => all.filter((name) => name.startsWith(session))
      deepStrictEqual(own(found), own(expected))
    }
  })

  test('Entries of the feed are those of the log; a fork brings only its own', async ({ anna, store }) => {
    const base = await write(anna, opening('base'))
    await write(anna, forking('fork', base, base))
    const items = await wholeFeed(store)
    deepStrictEqual(items[0]?.entry, (await anna.read('base'))[0])
    deepStrictEqual(names(items), ['base 1', 'fork 2'])
  })

  test('While many write, a follower sees every entry once and in order', async ({ anna, store }) => {
    const heads = await Promise.all(range(8).map((n) => write(anna, opening(`s${n}`))))
    const seen: FeedItem[] = []
    let writing = true
    const follow = async () => {
      for (let cursor: string | null = null; ; ) {
        const last = !writing
        const page = await store.feed(cursor, 7)
        seen.push(...page.items)
        if (last && page.cursor === cursor) return
        cursor = page.cursor
      }
    }
    const append = async (opened: (typeof heads)[number]) => {
      let head = opened
      for (const _ of range(25)) head = await write(anna, after(head))
    }
    const following = follow()
    await Promise.all(heads.map(append))
    writing = false
    await following
    strictEqual(new Set(names(seen)).size, 8 * 26)
    strictEqual(seen.length, 8 * 26)
    for (const n of range(8)) {
      const own = seen.filter((item) => item.session === `s${n}`).map((item) => item.entry.seq)
      deepStrictEqual(own, range(26))
    }
  })
}

function cursors({ test, supports }: Suite): void {
  if (supports.feed === 'total') {
    test('Cursors of a feed in one order are digits, and rise as numbers', async ({ anna, store }) => {
      await turns(anna)
      for (const items of [await wholeFeed(store), await wholeFeed(anna)]) {
        const cursors = items.map(({ cursor }) => cursor)
        ok(cursors.every((cursor) => /^\d+$/.test(cursor)))
        deepStrictEqual(
          cursors,
          cursors.toSorted((left, right) => Number(left) - Number(right)),
        )
        strictEqual(new Set(cursors).size, 7)
      }
    })
  }

  test('The feed resumes behind each of its cursors, with every page size', async ({ anna, store }) => {
    await turns(anna)
    const whole = await wholeFeed(store)
    for (const [index, item] of whole.entries()) {
      for (const limit of [1, 2, 100]) {
        deepStrictEqual(names(await wholeFeed(store, item.cursor, limit)), names(whole.slice(index + 1)))
      }
    }
    for (const limit of [1, 2, 3, 7, 8]) deepStrictEqual(names(await wholeFeed(store, null, limit)), names(whole))
  })

  test('The tip is the cursor behind the last entry', async ({ anna, store }) => {
    const empty = await store.tip()
    deepStrictEqual((await store.feed(empty)).items, [])
    const head = await write(anna, opening('one'))
    deepStrictEqual(names(await wholeFeed(store, empty)), ['one 1'])
    const tip = await store.tip()
    deepStrictEqual((await store.feed(tip)).items, [])
    await write(anna, after(head))
    deepStrictEqual(names(await wholeFeed(store, tip)), ['one 2'])
    deepStrictEqual(names(await wholeFeed(anna, tip)), ['one 2'])
  })

  test('At the end the cursor stays, and what is written later comes behind it', async ({ anna, store }) => {
    const head = await write(anna, opening('one'))
    const { cursor } = await store.feed(null)
    strictEqual((await store.feed(cursor)).cursor, cursor)
    await write(anna, after(head))
    deepStrictEqual(names((await store.feed(cursor)).items), ['one 2'])
  })
}

function gaps({ test }: Suite): void {
  test('A cursor moves over what the scope does not see', async ({ anna, bob: scope, store }) => {
    const mine = await write(scope, opening('mine', { head: { owner: bob } }))
    let head = await write(anna, opening('hers'))
    for (const _ of range(40)) head = await write(anna, after(head, { bodies: range(20).map(String) }))
    await write(scope, after(mine))
    const start = await wholeFeed(scope, null, 1)
    deepStrictEqual(names(start), ['mine 1', 'mine 2'])
    await write(anna, after(head))
    const tip = await store.tip()
    let cursor = start[1]?.cursor ?? null
    for (let moved = true; moved; ) {
      const page = await scope.feed(cursor)
      deepStrictEqual(page.items, [])
      moved = page.cursor !== cursor
      cursor = page.cursor
    }
    strictEqual(cursor, tip)
  })

  test('Positions are never reused: a cursor from before deletions and sweeps misses and repeats nothing', async ({
    anna,
    store,
    clock,
  }) => {
    await write(anna, opening('one'))
    const last = await write(anna, opening('last'))
    const before = await store.tip()
    await anna.delete('last', deleting(last))
    clock.advance(31 * 24 * 3_600_000)
    await store.admin.sweep()
    await store.admin.vacuum()
    const between = await store.tip()
    await write(anna, opening('next'))
    deepStrictEqual(names(await wholeFeed(store, before)), ['next 1'])
    deepStrictEqual(names(await wholeFeed(store, between)), ['next 1'])
    deepStrictEqual(names(await wholeFeed(store)), ['one 1', 'next 1'])
  })

  test('A cursor that no feed made is invalid', async ({ anna, store }) => {
    for (const cursor of ['', 'x', '-1', '1.5', "1' OR 1=1", '{}', '1 2', '\u0000']) {
      await fails(() => store.feed(cursor), 'invalid')
      await fails(() => anna.feed(cursor), 'invalid')
    }
  })

  test('Refused appends leave no trace in the feed', async ({ anna, store }) => {
    const head = await write(anna, opening('one'))
    await write(anna, after(head))
    await refused(anna, after(head), 'conflict')
    deepStrictEqual(names(await wholeFeed(store)), ['one 1', 'one 2'])
  })
}

function heads({ test }: Suite): void {
  test('The present head comes with the newest entry of each session in the page, and only with it', async ({
    anna,
    store,
  }) => {
    await turns(anna)
    for (const source of [store, anna]) {
      const { items } = await source.feed(null)
      const withHead = items.filter((item) => item.head !== undefined)
      deepStrictEqual(names(withHead), ['c 1', 'b 2', 'a 4'])
      for (const item of withHead) deepStrictEqual(item.head, await anna.head(item.session))
      const first = (await source.feed(null, 3)).items
      deepStrictEqual(
        first.map((item) => item.head?.seq),
        [undefined, 2, 4],
      )
      ok(first.every((item) => item.head === undefined || !('head' in item) || item.head.session === item.session))
    }
  })
}
