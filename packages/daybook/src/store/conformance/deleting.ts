// Rule 6: the trash refuses writes, deletion leaves a tombstone of 30 days, and then the id is free.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Head } from '../../schema/heads.ts'
import type { ScopedStore } from '../store.ts'
import { after, deleting as deletionOf, digest, forking, key, opening } from './drafts.ts'
import { anna as annaSubject, fails, refused, type Suite, seqs, wholeFeed, write } from './suite.ts'

const day = 24 * 3_600_000

async function threeEntries(scope: ScopedStore, session = 'one'): Promise<Head> {
  return write(scope, after(await write(scope, opening(session)), { bodies: ['"a"', '"b"'] }))
}

export function deleting(suite: Suite): void {
  trash(suite)
  tombstones(suite)
  endings(suite)
  refusals(suite)
  sweeping(suite)
}

function trash({ test }: Suite): void {
  test('The trash refuses writes, is still read, and gives back what is restored', async ({ anna }) => {
    const head = await threeEntries(anna)
    const trashed = await write(anna, after(head, { kinds: ['session.trashed'], head: { place: 'trash' } }))
    await refused(anna, after(trashed), 'trashed', 4)
    deepStrictEqual(seqs(await anna.read('one')), [1, 2, 3, 4])
    const restored = after(trashed, { kinds: ['session.restored'], head: { place: 'open' } })
    await write(anna, after(await write(anna, restored)))
  })

  test('The archive takes writes', async ({ anna }) => {
    const head = await threeEntries(anna)
    const archived = await write(anna, after(head, { kinds: ['session.archived'], head: { place: 'archived' } }))
    await write(anna, after(archived, { kinds: ['session.reopened', 'message'], head: { place: 'open' } }))
  })

  test('A session can be deleted from every place', async ({ anna }) => {
    for (const place of ['open', 'archived', 'trash'] as const) {
      const head = await write(anna, after(await threeEntries(anna, place), { head: { place } }))
      deepStrictEqual(await anna.delete(place, deletionOf(head)), { ok: true, first: 5, last: 5, replayed: false })
    }
  })
}

function tombstones({ test }: Suite): void {
  test('A deleted session has a head that says so, no entries, no cell, no place in any list', async ({
    anna,
    store,
  }) => {
    const cell = { state: { a: 1 }, metadata: {}, agentData: {} }
    const head = await write(anna, after(await threeEntries(anna), { cell, head: { due: 1, name: 'Name' } }))
    const deletion = deletionOf(head)
    await anna.delete('one', deletion)
    deepStrictEqual(await anna.head('one'), deletion.head)
    deepStrictEqual(await anna.read('one'), [])
    strictEqual(await anna.cell('one'), null)
    for (const place of ['open', 'archived', 'trash'] as const) {
      const page = await anna.list({ place })
      deepStrictEqual([page.items, page.total], [[], 0])
    }
    deepStrictEqual(await store.due(9), [])
  })

  test('Marks, snapshots and leases go with the session', async ({ anna }) => {
    const head = await threeEntries(anna)
    await anna.marks.put('one', annaSubject, { version: 0, pinned: 5 })
    await anna.snapshots.put('one', { seq: 1, fold: 1, head, cell: { state: {}, metadata: {}, agentData: {} } })
    await anna.delete('one', deletionOf(head))
    deepStrictEqual(await anna.marks.get('one', annaSubject), { version: 0 })
    deepStrictEqual(await anna.marks.pinnedBy('one'), [])
    await fails(() => anna.marks.put('one', annaSubject, { version: 0 }), 'not_found')
    strictEqual(await anna.snapshots.latest('one', 9, 1), null)
    strictEqual(await anna.acquire('one', 'worker', 1000), null)
    strictEqual(await anna.refold('one', head, head, null), false)
  })

  test('The feed keeps of a deleted session only session.deleted, for all who resume before or behind it', async ({
    anna,
    store,
  }) => {
    await write(anna, opening('before'))
    const head = await threeEntries(anna)
    const tip = await store.tip()
    await write(anna, opening('after'))
    const deletion = deletionOf(head)
    await anna.delete('one', deletion)
    for (const feed of [store, anna]) {
      const items = await wholeFeed(feed)
      deepStrictEqual(
        items.map((item) => item.session),
        ['before', 'after', 'one'],
      )
      deepStrictEqual(items[2]?.entry, deletion.entry)
      deepStrictEqual(items[2]?.head, deletion.head)
      deepStrictEqual(
        (await wholeFeed(feed, tip)).map((item) => item.session),
        ['after', 'one'],
      )
    }
  })
}

function endings({ test }: Suite): void {
  test('A deleted id is gone for 30 days: writes, openings, forks and deletions are refused', async ({
    anna,
    store,
    clock,
  }) => {
    const head = await threeEntries(anna)
    await anna.delete('one', deletionOf(head))
    clock.advance(29 * day)
    strictEqual((await store.admin.sweep()).tombstones, 0)
    await refused(anna, after(head), 'gone', 4)
    await refused(anna, opening('one'), 'gone', 4)
    await refused(anna, forking('fork', head, head), 'gone', 0)
    deepStrictEqual(await anna.delete('one', deletionOf(head)), { ok: false, code: 'gone', seq: 4 })
    strictEqual((await anna.head('one'))?.place, 'deleted')
  })

  test('After 30 days and a sweep the id is unknown and free again', async ({ anna, store, clock }) => {
    const head = await threeEntries(anna)
    await anna.delete('one', deletionOf(head))
    clock.advance(30 * day)
    strictEqual((await store.admin.sweep()).tombstones, 1)
    strictEqual(await anna.head('one'), null)
    await refused(anna, after(head), 'not_found', 0)
    deepStrictEqual(await wholeFeed(store), [])
    await write(anna, opening('one'))
    deepStrictEqual(seqs(await anna.read('one')), [1])
    deepStrictEqual(
      (await wholeFeed(anna)).map((item) => item.entry.seq),
      [1],
    )
  })
}

function refusals({ test }: Suite): void {
  test('A deletion on a stale head is a conflict, of an unknown session not_found', async ({ anna }) => {
    const old = await write(anna, opening('one'))
    await write(anna, after(old))
    deepStrictEqual(await anna.delete('one', deletionOf(old)), { ok: false, code: 'conflict', seq: 2 })
    const unknown = deletionOf({ ...old, session: 'two' })
    deepStrictEqual(await anna.delete('two', unknown), { ok: false, code: 'not_found', seq: 0 })
    deepStrictEqual(seqs(await anna.read('one')), [1, 2])
  })

  test('A deletion on another chain is a conflict', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const elsewhere = deletionOf({ ...head, hash: digest('other') })
    deepStrictEqual(await anna.delete('one', elsewhere), { ok: false, code: 'conflict', seq: 1 })
  })

  test('A live lease makes a deletion busy; a dead or released one does not', async ({ anna, clock }) => {
    for (const end of ['expiry', 'release'] as const) {
      const head = await threeEntries(anna, end)
      const lease = await anna.acquire(end, 'worker', 1000)
      ok(lease)
      deepStrictEqual(await anna.delete(end, deletionOf(head)), { ok: false, code: 'busy', seq: 3 })
      if (end === 'release') await anna.release(lease)
      else clock.advance(1001)
      strictEqual((await anna.delete(end, deletionOf(head))).ok, true)
    }
  })

  test('A deletion repeated with its key gets its receipt, with another digest key_reused', async ({ anna }) => {
    const head = await threeEntries(anna)
    const deletion = deletionOf(head, { key: key('k') })
    await anna.delete('one', deletion)
    deepStrictEqual(await anna.delete('one', deletion), { ok: true, first: 4, last: 4, replayed: true })
    deepStrictEqual(await anna.delete('one', deletionOf(head, { key: key('k', 'other') })), {
      ok: false,
      code: 'key_reused',
      seq: 4,
    })
  })

  test('Of two deletions at once one deletes', async ({ anna }) => {
    const head = await threeEntries(anna)
    const outcomes = await Promise.all([1, 2].map(() => anna.delete('one', deletionOf(head))))
    deepStrictEqual(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.code)).sort(), ['gone', 'ok'])
  })
}

function sweeping({ test }: Suite): void {
  test('The operator sees every session of every tenant, tombstones and system sessions included', async (world) => {
    const { anna, store, clock } = world
    const base = await threeEntries(anna)
    const fork = await write(anna, forking('fork', base, base))
    await write(world.within('all', 'other'), opening('one'))
    await write(anna, opening('@app'))
    const lone = await threeEntries(anna, 'lone')
    await anna.delete('one', deletionOf(base))
    await anna.delete('lone', deletionOf(lone))
    const seen = async () => {
      const items = []
      for (let cursor: string | null = null; ; ) {
        const page = await store.admin.rows(cursor, 2)
        items.push(...page.items)
        if (!page.cursor) break
        cursor = page.cursor
      }
      return items.map((row) => `${row.tenant} ${row.session} ${row.head?.place}${row.hidden ? ' hidden' : ''}`).sort()
    }
    const { sessions, systemSessions } = await store.admin.stats()
    deepStrictEqual([sessions, systemSessions], [2, 1])
    const living = ['acme @app open', 'acme fork open', 'other one open']
    deepStrictEqual(await seen(), [...living, 'acme lone deleted', 'acme one deleted hidden'].sort())
    const rows = await store.admin.rows(null)
    deepStrictEqual(rows.items.find((row) => row.session === 'fork')?.base, { session: 'one', seq: 3 })
    deepStrictEqual(rows.items.find((row) => row.session === 'fork')?.head, fork)
    clock.advance(31 * day)
    await store.admin.sweep()
    deepStrictEqual(await seen(), [...living, 'acme one deleted hidden'].sort())
  })

  test('The kept counters agree with the rows after writes, moves, deletions and a sweep', async ({
    anna,
    store,
    clock,
  }) => {
    const head = await write(
      anna,
      after(await threeEntries(anna), { head: { place: 'archived', readers: ['user:x'] } }),
    )
    await write(anna, after(await threeEntries(anna, 'two'), { head: { place: 'trash' } }))
    await anna.delete('one', deletionOf(head))
    clock.advance(31 * day)
    await store.admin.sweep()
    deepStrictEqual(await store.admin.check(), [])
    deepStrictEqual(await store.admin.mend(), [])
    const stats = await store.admin.stats()
    deepStrictEqual([stats.sessions, stats.entries], [1, 4])
    await store.admin.vacuum()
  })
}
