// Rule 10: lists by the position of the last entry, each untouched session once over the pages, with every filter.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { facets, type Head } from '../../schema/heads.ts'
import { statuses } from '../../schema/states.ts'
import type { Query, ScopedStore } from '../store.ts'
import { after, forking, opening } from './drafts.ts'
import { anna as annaSubject, bob, fails, range, type Suite, write } from './suite.ts'

/** Ids of all pages of a query, in their order. */
async function listed(scope: ScopedStore, query: Query = {}): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await scope.list(cursor === undefined ? query : { ...query, cursor })
    found.push(...page.items.map((head) => head.session))
    cursor = page.cursor
  }
  return found
}

async function openAll(scope: ScopedStore, names: readonly string[], head?: Partial<Head>): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>()
  for (const name of names) heads.set(name, await write(scope, opening(name, head ? { head } : {})))
  return heads
}

export function lists(suite: Suite): void {
  ordering(suite)
  moving(suite)
  totals(suite)
  filters(suite)
  words(suite)
  pinned(suite)
}

function ordering({ test }: Suite): void {
  test('Sessions are listed by their last entry, newest first, or oldest first', async ({ anna }) => {
    const heads = await openAll(anna, ['a', 'b', 'c'])
    deepStrictEqual(await listed(anna), ['c', 'b', 'a'])
    const a = heads.get('a')
    ok(a)
    const moved = await write(anna, after(a))
    deepStrictEqual(await listed(anna), ['a', 'c', 'b'])
    deepStrictEqual(await listed(anna, { order: 'oldest' }), ['b', 'c', 'a'])
    deepStrictEqual((await anna.list()).items[0], moved)
  })

  test('Every page size joins to the whole list, in both orders, full pages before the last', async ({ anna }) => {
    const names = range(23).map((n) => `s${n}`)
    await openAll(anna, names)
    for (const limit of [1, 2, 7, 22, 23, 24]) {
      deepStrictEqual(await listed(anna, { limit, order: 'oldest' }), names)
      deepStrictEqual(await listed(anna, { limit }), [...names].reverse())
      const page = await anna.list({ limit })
      strictEqual(page.items.length, Math.min(limit, 23))
      strictEqual(page.cursor === null, limit >= 23)
    }
    deepStrictEqual((await anna.list()).items.length, 23)
  })

  test('A page has 50 sessions where no limit is given', async ({ anna }) => {
    await openAll(
      anna,
      range(51).map((n) => `s${n}`),
    )
    strictEqual((await anna.list()).items.length, 50)
    strictEqual((await listed(anna)).length, 51)
  })

  test('Each place has its own list, and a session is in exactly one', async ({ anna }) => {
    const heads = await openAll(anna, ['a', 'b', 'c'])
    const places = async () =>
      Promise.all(
        [undefined, 'archived', 'trash'].map((place) => listed(anna, place ? { place: place as 'trash' } : {})),
      )
    const a = heads.get('a')
    ok(a)
    const archived = await write(anna, after(a, { head: { place: 'archived' } }))
    deepStrictEqual(await places(), [['c', 'b'], ['a'], []])
    const trashed = await write(anna, after(archived, { head: { place: 'trash' } }))
    deepStrictEqual(await places(), [['c', 'b'], [], ['a']])
    await write(anna, after(trashed, { head: { place: 'open' } }))
    deepStrictEqual(await places(), [['a', 'c', 'b'], [], []])
  })

  test('A cursor of another order, or of no list, is invalid', async ({ anna }) => {
    await openAll(anna, ['a', 'b', 'c'])
    const { cursor } = await anna.list({ limit: 1 })
    ok(cursor)
    await fails(() => anna.list({ cursor, order: 'oldest' }), 'invalid')
    for (const strange of ['', 'x', '12', '-1', 'newest', 'newest x', "' OR 1=1", '\u0000']) {
      await fails(() => anna.list({ cursor: strange }), 'invalid')
    }
  })
}

function moving({ test }: Suite): void {
  for (const order of ['newest', 'oldest'] as const) {
    for (const subjects of [[annaSubject], [annaSubject, bob], 'all'] as const) {
      const who = subjects === 'all' ? 'all' : `${subjects.length} subject(s)`
      test(`While sessions move, each untouched one is listed exactly once: ${order} first, ${who}`, async (world) => {
        const names = range(40).map((n) => `s${n}`)
        const heads = new Map<string, Head>()
        for (const [index, name] of names.entries()) {
          const head = index % 3 ? {} : { readers: [bob] }
          heads.set(name, await write(world.anna, opening(name, { head })))
        }
        const scope = world.within(subjects)
        const touched = names.filter((_, index) => index % 4 === 1)
        const found: string[] = []
        let moves = 0
        for (let cursor: string | null | undefined; cursor !== null && found.length < 200; ) {
          const page = await scope.list({ order, limit: 3, ...(cursor === undefined ? {} : { cursor }) })
          found.push(...page.items.map((head) => head.session))
          cursor = page.cursor
          const name = touched[moves]
          moves += 1
          const head = name === undefined ? undefined : heads.get(name)
          if (head) await write(world.anna, after(head))
        }
        ok(moves > 10)
        const still = names.filter((name) => !touched.includes(name))
        const expected = order === 'newest' ? [...still].reverse() : still
        deepStrictEqual(
          found.filter((name) => still.includes(name)),
          expected,
        )
      })
    }
  }
}

function totals({ test }: Suite): void {
  test("The total of one's own unfiltered list is exact on every page and follows every move", async ({
    anna,
    all,
  }) => {
    const heads = await openAll(anna, ['a', 'b', 'c'])
    await openAll(all, ['d'], { owner: bob })
    const total = async (scope: ScopedStore, query: Query = {}) => {
      const page = await scope.list(query)
      return [page.total, page.totalIs]
    }
    deepStrictEqual(await total(anna), [3, 'exact'])
    deepStrictEqual(await total(anna, { limit: 1 }), [3, 'exact'])
    deepStrictEqual(await total(all), [4, 'exact'])
    const a = heads.get('a')
    ok(a)
    const archived = await write(anna, after(a, { head: { place: 'archived' } }))
    deepStrictEqual(await total(anna), [2, 'exact'])
    deepStrictEqual(await total(anna, { place: 'archived' }), [1, 'exact'])
    await write(anna, after(archived, { head: { place: 'open', readers: [annaSubject, bob, bob] } }))
    deepStrictEqual(await total(anna), [3, 'exact'])
    deepStrictEqual(await listed(anna), ['a', 'c', 'b'])
  })

  test('Other totals are lower bounds', async ({ anna, all }) => {
    await openAll(anna, ['a', 'b'])
    await openAll(all, ['c'], { owner: bob })
    const filtered = await anna.list({ status: 'idle' })
    strictEqual(filtered.totalIs, 'at_least')
    ok(filtered.total <= 2)
  })

  test('The union of two subjects counts no session twice', async (world) => {
    await openAll(world.anna, ['a', 'b'], { readers: [bob] })
    await openAll(world.anna, ['c'])
    const page = await world.within([annaSubject, bob, annaSubject]).list()
    deepStrictEqual(
      page.items.map((head) => head.session),
      ['c', 'b', 'a'],
    )
    ok(page.total <= 3)
    strictEqual(page.totalIs, 'at_least')
  })
}

function filters({ test }: Suite): void {
  for (const facet of facets) {
    test(`Sessions are found by ${facet}, alone and with others`, async ({ anna }) => {
      await openAll(anna, ['a', 'b'], { [facet]: 'x', agent: facet === 'agent' ? 'x' : 'coder' })
      await openAll(anna, ['c'], { [facet]: 'X' })
      await openAll(anna, ['d'])
      deepStrictEqual(await listed(anna, { where: { [facet]: 'x' } }), ['b', 'a'])
      deepStrictEqual(await listed(anna, { where: { [facet]: 'x' }, limit: 1 }), ['b', 'a'])
      deepStrictEqual(await listed(anna, { where: { [facet]: 'x' }, order: 'oldest' }), ['a', 'b'])
      deepStrictEqual(await listed(anna, { where: { [facet]: 'x', agent: 'nobody' } }), [])
      deepStrictEqual(await listed(anna, { where: { [facet]: '' } }), [])
    })
  }

  test('A facet follows the head from one value to the next', async ({ anna }) => {
    const head = await write(anna, opening('a', { head: { branch: 'main' } }))
    await write(anna, after(head, { head: { branch: 'next' } }))
    deepStrictEqual(await listed(anna, { where: { branch: 'main' } }), [])
    deepStrictEqual(await listed(anna, { where: { branch: 'next' } }), ['a'])
  })

  test('Sessions are found by status, and by whether they need somebody', async ({ anna }) => {
    for (const status of statuses) {
      const attention = status === 'waiting' ? [{ kind: 'question' as const, since: 1, summary: 'Which one?' }] : []
      await write(anna, opening(status, { head: { status, attention } }))
    }
    for (const status of statuses) deepStrictEqual(await listed(anna, { status }), [status])
    deepStrictEqual(await listed(anna, { attention: true }), ['waiting'])
    deepStrictEqual(await listed(anna, { attention: true, status: 'idle' }), [])
  })

  test('Forks are found by what they came from, alone and with others, and forks of forks only by those', async ({
    anna,
  }) => {
    const head = await write(anna, opening('a'))
    const fork = await write(anna, forking('b', head, { seq: 1, hash: head.hash }, { head: { branch: 'main' } }))
    await write(anna, forking('c', head, { seq: 1, hash: head.hash }))
    await write(anna, forking('d', fork, { seq: 1, hash: head.hash }))
    await write(anna, opening('e'))
    deepStrictEqual(await listed(anna, { base: 'a' }), ['c', 'b'])
    deepStrictEqual(await listed(anna, { base: 'a', limit: 1 }), ['c', 'b'])
    deepStrictEqual(await listed(anna, { base: 'a', where: { branch: 'main' } }), ['b'])
    deepStrictEqual(await listed(anna, { base: 'b' }), ['d'])
    for (const base of ['d', 'e', 'nobody']) deepStrictEqual(await listed(anna, { base }), [])
  })

  test('A few among many are found however the pages fall', async ({ anna }) => {
    const rare: string[] = []
    for (const n of range(150)) {
      const head = n % 37 ? {} : { team: 'rare' }
      if (n % 37 === 0) rare.unshift(`s${n}`)
      await write(anna, opening(`s${n}`, { head }))
    }
    for (const limit of [1, 2, 50]) deepStrictEqual(await listed(anna, { where: { team: 'rare' }, limit }), rare)
  })
}

function words({ test }: Suite): void {
  test('A tail finds whole ids that end so, letters in any case', async ({ anna }) => {
    await openAll(anna, ['ses_01ABCD', 'ses_02abcd', 'ses_03ABCE', 'abcd', 'ses_1.a-c_d'])
    deepStrictEqual(await listed(anna, { tail: 'aBcD' }), ['abcd', 'ses_02abcd', 'ses_01ABCD'])
    deepStrictEqual(await listed(anna, { tail: 'ses_01ABCD' }), ['ses_01ABCD'])
    deepStrictEqual(await listed(anna, { tail: '_01abcd', limit: 1 }), ['ses_01ABCD'])
    deepStrictEqual(await listed(anna, { tail: 'a_cd' }), [])
    deepStrictEqual(await listed(anna, { tail: '%' }), [])
    deepStrictEqual(await listed(anna, { tail: 'xses_01ABCD' }), [])
    deepStrictEqual(await listed(anna, { tail: 'ses_01' }), [])
  })

  test('A text is found in name or title, letters of any language in any case, and nothing in it is a pattern', async ({
    anna,
  }) => {
    await write(anna, opening('a', { head: { name: 'Fix the LOGIN form', title: 'hello' } }))
    await write(anna, opening('b', { head: { title: 'Größe ändern — 100 % sicher' } }))
    await write(anna, opening('c', { head: { title: 'ΑΒΓ a_b "quoted" \\ back' } }))
    await write(anna, opening('d'))
    const found: [string, string[]][] = [
      ['login', ['a']],
      ['HELLO', ['a']],
      ['GRÖSSE', []],
      ['GRÖßE ÄND', ['b']],
      ['0 %', ['b']],
      ['%', ['b']],
      ['_', ['c']],
      ['αβγ', ['c']],
      ['"QUOTED" \\', ['c']],
      ['a.b', []],
      ['l', ['a']],
    ]
    for (const [text, expected] of found) deepStrictEqual(await listed(anna, { text }), expected, text)
  })
}

function pinned({ test }: Suite): void {
  test('Pinned sessions come earliest pin first, whatever else moves, and only to who pinned them', async (world) => {
    const { anna } = world
    const heads = await openAll(anna, ['a', 'b', 'c', 'd'], { readers: [bob] })
    const pins = { c: 10, a: 20, d: 30 }
    for (const [session, at] of Object.entries(pins))
      await anna.marks.put(session, annaSubject, { version: 0, pinned: at })
    await world.bob.marks.put('b', bob, { version: 0, pinned: 5 })
    const c = heads.get('c')
    ok(c)
    await write(anna, after(c))
    for (const limit of [1, 2, 50]) {
      deepStrictEqual(await listed(anna, { pinned: annaSubject, limit }), ['c', 'a', 'd'])
      deepStrictEqual(await listed(anna, { pinned: annaSubject, order: 'oldest', limit }), ['c', 'a', 'd'])
    }
    deepStrictEqual(await listed(world.bob, { pinned: bob }), ['b'])
    deepStrictEqual(await listed(world.bob, { pinned: annaSubject }), [])
    deepStrictEqual(await listed(world.all, { pinned: annaSubject }), ['c', 'a', 'd'])
    await anna.marks.put('a', annaSubject, { version: 1 })
    deepStrictEqual(await listed(anna, { pinned: annaSubject }), ['c', 'd'])
  })

  test('Pins made at the same millisecond come by id', async ({ anna }) => {
    await openAll(anna, ['b', 'a', 'c'])
    for (const session of ['c', 'a', 'b']) await anna.marks.put(session, annaSubject, { version: 0, pinned: 7 })
    for (const limit of [1, 2, 9]) deepStrictEqual(await listed(anna, { pinned: annaSubject, limit }), ['a', 'b', 'c'])
  })

  test('Pinned obeys place and the other filters', async ({ anna }) => {
    const heads = await openAll(anna, ['a', 'b'], { team: 'x' })
    for (const session of ['a', 'b']) await anna.marks.put(session, annaSubject, { version: 0, pinned: 1 })
    const a = heads.get('a')
    ok(a)
    await write(anna, after(a, { head: { place: 'archived', team: 'y' } }))
    deepStrictEqual(await listed(anna, { pinned: annaSubject }), ['b'])
    deepStrictEqual(await listed(anna, { pinned: annaSubject, place: 'archived' }), ['a'])
    deepStrictEqual(await listed(anna, { pinned: annaSubject, where: { team: 'y' } }), [])
  })
}
