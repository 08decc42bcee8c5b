// Rule 7: a fork copies no entry, reads through its bases, goes on counting, and inherits nothing else.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { Append, ScopedStore } from '../store.ts'
import { after, deleting, digest, forking, key, opening } from './drafts.ts'
import { readsEveryRange } from './reading.ts'
import { anna, range, refused, type Suite, seqs, write } from './suite.ts'

const month = 31 * 24 * 3_600_000

async function entryOf(scope: ScopedStore, session: string, seq: number): Promise<StoredEntry> {
  const [entry] = await scope.read(session, { after: seq - 1, limit: 1 })
  ok(entry, `entry ${seq} of ${session}`)
  return entry
}

/** A base of nine entries, a fork of it at 5 with four of its own, a fork of that at 7 and one at 3. */
async function family(scope: ScopedStore): Promise<Record<'base' | 'fork' | 'late' | 'early', Head>> {
  const opened = await write(scope, opening('base'))
  const base = await write(
    scope,
    after(opened, { kinds: ['message', 'note', 'message', 'note', 'message', 'message', 'note', 'message'] }),
  )
  const first = await write(scope, forking('fork', base, await entryOf(scope, 'base', 5)))
  const fork = await write(scope, after(first, { kinds: ['message', 'note', 'message'] }))
  const third = await write(scope, forking('late', fork, await entryOf(scope, 'fork', 7)))
  const late = await write(scope, after(third, { kinds: ['note', 'message'] }))
  const early = await write(scope, forking('early', fork, await entryOf(scope, 'fork', 3)))
  return { base, fork, late, early }
}

export function forks(suite: Suite): void {
  openings(suite)
  inheriting(suite)
  readings(suite)
  deletions(suite)
  ends(suite)
  lives(suite)
}

function openings({ test }: Suite): void {
  test("A fork's first entry has the seq behind its base's, and both go on apart", async ({ anna }) => {
    const base = await write(anna, after(await write(anna, opening('base'))))
    const fork = await write(anna, forking('fork', base, base))
    strictEqual(fork.seq, 3)
    await write(anna, after(base, { bodies: ['"base goes on"'] }))
    await write(anna, after(fork, { bodies: ['"fork goes on"'] }))
    deepStrictEqual(
      (await anna.read('base', { after: 2 })).map((entry) => entry.body),
      ['"base goes on"'],
    )
    deepStrictEqual(
      (await anna.read('fork', { after: 3 })).map((entry) => entry.body),
      ['"fork goes on"'],
    )
    deepStrictEqual(seqs(await anna.read('fork')), [1, 2, 3, 4])
  })

  test('A fork of what is not there is refused: unknown, past the end, on another chain, deleted', async ({ anna }) => {
    const base = await write(anna, after(await write(anna, opening('base'))))
    await refused(anna, forking('fork', { ...base, session: 'unknown' }, base), 'not_found', 0)
    await refused(anna, forking('fork', base, { seq: 3, hash: base.hash }), 'invalid', 0)
    await refused(anna, forking('fork', base, { seq: 0, hash: base.hash }), 'invalid', 0)
    await refused(anna, forking('fork', base, { seq: 1, hash: base.hash }), 'conflict', 0)
    await refused(anna, forking('base', base, base), 'exists', 2)
    await anna.delete('base', deleting(base))
    await refused(anna, forking('fork', base, base), 'gone', 0)
    strictEqual(await anna.head('fork'), null)
  })

  test('One batch may open a session, write to it, fork it and fork the fork', async ({ anna }) => {
    const open = opening('base')
    const more = after(open.head)
    const fork = forking('fork', more.head, more.head)
    const second = forking('second', fork.head, fork.head)
    const outcomes = await anna.append([open, more, fork, second])
    ok(outcomes.every((outcome) => outcome.ok))
    deepStrictEqual(seqs(await anna.read('second')), [1, 2, 3, 4])
  })
}

function inheriting({ test }: Suite): void {
  test('Cell, keys, refs, marks, snapshots, leases and due are not inherited', async ({
    anna: scope,
    store,
    clock,
  }) => {
    const cell = { state: { a: 1 }, metadata: {}, agentData: {} }
    const draft = { cell, key: key('k'), refs: [{ type: 'run', value: 'r' }], head: { due: clock.now() } }
    const base = await write(scope, opening('base', draft))
    await scope.marks.put('base', anna, { version: 0, draft: 'x' })
    await scope.snapshots.put('base', { seq: 1, fold: 1, head: base, cell })
    const lease = await scope.acquire('base', 'worker', 1000)
    await write(scope, forking('fork', base, base))
    deepStrictEqual((await scope.cell('fork'))?.state, {})
    deepStrictEqual(await scope.receipts('fork', ['k']), [null])
    deepStrictEqual(await scope.refs('fork'), [])
    strictEqual(await scope.locate({ type: 'run', value: 'r' }), 'base')
    deepStrictEqual(await scope.marks.get('fork', anna), { version: 0 })
    strictEqual(await scope.snapshots.latest('fork', 9, 1), null)
    ok(lease)
    ok(await scope.acquire('fork', 'another', 1000))
    clock.advance(5000)
    deepStrictEqual(
      (await store.due(10)).map((due) => due.session),
      ['base'],
    )
  })

  test('Direct forks are named, oldest first, without forks of living forks', async ({ anna }) => {
    await family(anna)
    deepStrictEqual(await anna.forks('base'), ['fork'])
    deepStrictEqual(await anna.forks('fork'), ['late', 'early'])
    deepStrictEqual(await anna.forks('late'), [])
  })
}

function readings({ test }: Suite): void {
  test('Forks and forks of forks read every range over the bounds of their bases', async ({ anna }) => {
    await family(anna)
    const base = await anna.read('base')
    const fork = [...base.slice(0, 5), ...(await anna.read('fork', { after: 5 }))]
    const late = [...fork.slice(0, 7), ...(await anna.read('late', { after: 7 }))]
    const early = [...base.slice(0, 3), ...(await anna.read('early', { after: 3 }))]
    deepStrictEqual(
      [fork, late, early].map((log) => log.length),
      [9, 10, 4],
    )
    await readsEveryRange(anna, 'fork', fork, [0, 4, 5, 6, 9])
    await readsEveryRange(anna, 'late', late, [0, 5, 7, 8, 10])
    await readsEveryRange(anna, 'early', early, [0, 2, 3, 4])
  })

  test('A chain of 1,000 forks reads its last 50, its first 50 and its middle', async ({ anna }) => {
    const batch: Append[] = []
    let last = opening('fork-0')
    batch.push(last)
    for (const n of range(1000)) {
      last = forking(`fork-${n}`, last.head, last.head)
      batch.push(last)
    }
    ok((await anna.append(batch)).every((outcome) => outcome.ok))
    deepStrictEqual(seqs(await anna.read('fork-1000', { order: 'desc', limit: 50 })), range(1001).slice(-50).reverse())
    deepStrictEqual(seqs(await anna.read('fork-1000', { limit: 50 })), range(50))
    deepStrictEqual(seqs(await anna.read('fork-1000', { after: 500, until: 503 })), [501, 502, 503])
    deepStrictEqual(seqs(await anna.read('fork-400', { order: 'desc', limit: 1 })), [401])
  })
}

function deletions({ test }: Suite): void {
  test('A deleted base is read by its forks, and by nobody else', async ({ anna }) => {
    const { base } = await family(anna)
    const before = await anna.read('late')
    strictEqual((await anna.delete('base', deleting(base))).ok, true)
    deepStrictEqual(await anna.read('base'), [])
    deepStrictEqual(await anna.read('late'), before)
    deepStrictEqual(seqs(await anna.read('early')), [1, 2, 3, 4])
    deepStrictEqual(await anna.forks('base'), ['fork'])
  })

  test('A deleted fork between stays readable for the forks of it', async ({ anna, store, clock }) => {
    const { base, fork } = await family(anna)
    const before = await anna.read('late')
    await anna.delete('fork', deleting(fork))
    deepStrictEqual(await anna.forks('base'), ['late', 'early'])
    await anna.delete('base', deleting(base))
    clock.advance(month)
    strictEqual((await store.admin.sweep()).tombstones, 2)
    deepStrictEqual(await anna.read('late'), before)
    deepStrictEqual(seqs(await anna.read('early')), [1, 2, 3, 4])
    strictEqual(await anna.head('base'), null)
  })

  test('Hidden entries go with the last fork that reads them', async ({ anna, store }) => {
    const { base, fork, late, early } = await family(anna)
    const count = async () => (await store.admin.stats()).entries
    await anna.delete('base', deleting(base))
    await anna.delete('fork', deleting(fork))
    await store.admin.sweep()
    const kept = await count()
    await anna.delete('late', deleting(late))
    ok((await store.admin.sweep()).hiddenEntries > 0)
    ok((await count()) < kept)
    deepStrictEqual(seqs(await anna.read('early')), [1, 2, 3, 4])
    await anna.delete('early', deleting(early))
    ok((await store.admin.sweep()).hiddenEntries > 0)
    strictEqual((await store.admin.sweep()).hiddenEntries, 0)
  })
}

function ends({ test }: Suite): void {
  test('A base that ends before its fork is kept for the tombstone of the fork, and goes with it', async ({
    anna,
    store,
    clock,
  }) => {
    const base = await write(anna, opening('base'))
    const fork = await write(anna, forking('fork', base, base))
    await anna.delete('base', deleting(base))
    clock.advance(month)
    await anna.delete('fork', deleting(fork))
    const left = async () => (await store.admin.rows(null)).items.map((row) => [row.session, row.base?.session])
    const { blobs: _, ...first } = await store.admin.sweep()
    deepStrictEqual(first, { tombstones: 1, hiddenEntries: 1 })
    deepStrictEqual(await left(), [
      ['base', undefined],
      ['fork', 'base'],
    ])
    clock.advance(month)
    strictEqual((await store.admin.sweep()).tombstones, 1)
    deepStrictEqual(await left(), [])
  })
}

function lives({ test }: Suite): void {
  test('When the id of a deleted base is opened anew, old forks go on reading the old entries', async ({
    anna,
    store,
    clock,
  }) => {
    const { base } = await family(anna)
    const before = await anna.read('fork')
    await anna.delete('base', deleting(base))
    clock.advance(month)
    await store.admin.sweep()
    const again = await write(anna, opening('base', { bodies: ['"another life"'] }))
    await write(anna, after(again, { bodies: range(9).map((n) => `"other ${n}"`) }))
    deepStrictEqual(await anna.read('fork'), before)
    deepStrictEqual(await anna.forks('base'), [])
    strictEqual((await anna.read('base'))[0]?.body, '"another life"')
  })

  test('A fork goes on when its base is trashed, archived or written to', async ({ anna }) => {
    const { base, fork } = await family(anna)
    const before = await anna.read('fork')
    const more = await write(anna, after(base, { bodies: ['"more"'], head: { place: 'archived' } }))
    await write(anna, after(more, { head: { place: 'trash' } }))
    deepStrictEqual(await anna.read('fork'), before)
    await write(anna, after(fork, { blobs: [await anna.blobs.put(new TextEncoder().encode(digest('x')))] }))
  })
}
