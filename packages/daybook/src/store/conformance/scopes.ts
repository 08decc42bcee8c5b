// Rules 5 and 15: nothing is seen or touched from outside a scope; tenants may invent the same ids and never meet.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Head } from '../../schema/heads.ts'
import type { Hash } from '../../schema/ids.ts'
import type { Lease, Ref, ScopedStore } from '../store.ts'
import { after, deleting, forking, key, opening } from './drafts.ts'
import { anna, bob, fails, refused, type Suite, seqs, tenant, type World, wholeFeed, write } from './suite.ts'

const ref: Ref = { type: 'run', value: 'run_1' }
const text = (words: string) => new TextEncoder().encode(words)

interface Furnished {
  readonly head: Head
  readonly lease: Lease
  readonly blob: Hash
}

/** A session of anna with one of everything that a scope could leak. */
async function furnish(scope: ScopedStore): Promise<Furnished> {
  const blob = await scope.blobs.put(text('secret bytes'))
  const cell = { state: { secret: 1 }, metadata: {}, agentData: {} }
  const opened = await write(scope, opening('one', { cell, key: key('k'), refs: [ref], blobs: [blob] }))
  const head = await write(scope, after(opened, { head: { due: 1, name: 'Secret name' } }))
  await write(scope, forking('fork', head, head))
  await scope.marks.put('one', anna, { version: 0, draft: 'secret draft', pinned: 1 })
  await scope.snapshots.put('one', { seq: 2, fold: 1, head, cell })
  const lease = await scope.acquire('one', 'worker', 60_000)
  if (!lease) throw new Error('a free session can be leased')
  return { head, lease, blob }
}

/** Every verb of a scope that must not know of the furnished session. */
async function provesBlind(scope: ScopedStore, { head, lease }: Furnished): Promise<void> {
  deepStrictEqual(await scope.append([after(head)]), [{ ok: false, code: 'not_found', seq: 0 }])
  deepStrictEqual(await scope.append([after(head, { key: key('k') })]), [{ ok: false, code: 'not_found', seq: 0 }])
  deepStrictEqual(await scope.append([{ ...forking('mine', head, head) }]), [{ ok: false, code: 'not_found', seq: 0 }])
  deepStrictEqual(await scope.receipts('one', ['k']), [null])
  deepStrictEqual(await scope.read('one'), [])
  strictEqual(await scope.head('one'), null)
  strictEqual(await scope.cell('one'), null)
  const page = await scope.list()
  deepStrictEqual([page.items, page.cursor, page.total], [[], null, 0])
  for (const query of [{ text: 'secret' }, { tail: 'one' }, { pinned: anna }, { order: 'oldest' as const }]) {
    deepStrictEqual((await scope.list(query)).items, [])
  }
  strictEqual(await scope.locate(ref), null)
  deepStrictEqual(await scope.refs('one'), [])
  deepStrictEqual(await wholeFeed(scope), [])
  deepStrictEqual(await scope.forks('one'), [])
  strictEqual(await scope.refold('one', head, { ...head, name: 'Taken over' }, null), false)
  deepStrictEqual(await scope.delete('one', deleting(head)), { ok: false, code: 'not_found', seq: 0 })
  strictEqual(await scope.acquire('one', 'thief', 1000), null)
  strictEqual(await scope.renew(lease, 1000), null)
  await scope.release(lease)
  deepStrictEqual(await scope.marks.get('one', anna), { version: 0 })
  deepStrictEqual(await scope.marks.pinnedBy('one'), [])
  await fails(() => scope.marks.put('one', anna, { version: 1, draft: 'mine' }), 'not_found')
  strictEqual(await scope.snapshots.latest('one', 2, 1), null)
  await scope.snapshots.drop('one')
  await scope.snapshots.put('one', { seq: 1, fold: 7, head, cell: { state: {}, metadata: {}, agentData: {} } })
}

async function provesUntouched({ anna: scope }: World, { head, lease, blob }: Furnished): Promise<void> {
  deepStrictEqual(await scope.head('one'), head)
  deepStrictEqual(seqs(await scope.read('one')), [1, 2])
  strictEqual((await scope.cell('one'))?.state.secret, 1)
  strictEqual(await scope.locate(ref), 'one')
  strictEqual((await scope.marks.get('one', anna)).draft, 'secret draft')
  strictEqual((await scope.snapshots.latest('one', 2, 1))?.seq, 2)
  strictEqual(await scope.snapshots.latest('one', 2, 7), null)
  strictEqual((await scope.renew(lease, 60_000))?.fence, lease.fence)
  strictEqual(await scope.blobs.size(blob), 12)
}

export function scopes(suite: Suite): void {
  tenants(suite)
  people(suite)
  sharing(suite)
  unions(suite)
  systemSessions(suite)
}

function tenants({ test }: Suite): void {
  test('Another tenant is blind and harmless with every verb, even in the scope of all', async (world) => {
    const furnished = await furnish(world.anna)
    const other = world.within('all', 'other')
    await provesBlind(other, furnished)
    await provesBlind(world.within([anna], 'other'), furnished)
    strictEqual(await other.blobs.get(furnished.blob), null)
    strictEqual(await other.blobs.size(furnished.blob), null)
    await refused(other, opening('two', { blobs: [furnished.blob] }), 'blob_missing', 0)
    await provesUntouched(world, furnished)
  })

  test('Two tenants use the same ids, keys, refs, blobs and leases without meeting', async (world) => {
    const furnished = await furnish(world.anna)
    const other = world.within([anna], 'other')
    const theirs = await furnish(other)
    strictEqual(theirs.lease.fence, furnished.lease.fence)
    const more = await write(other, after(theirs.head, { key: key('k2'), head: { name: 'Theirs' } }))
    await other.release(theirs.lease)
    strictEqual((await other.delete('one', deleting(more))).ok, true)
    await provesUntouched(world, furnished)
    deepStrictEqual(
      (await world.anna.list()).items.map((head) => head.session),
      ['fork', 'one'],
    )
    deepStrictEqual(seqs(await world.anna.read('fork')), [1, 2, 3])
    deepStrictEqual(await world.anna.receipts('one', ['k', 'k2']).then((found) => found.map((known) => known?.first)), [
      1,
      undefined,
    ])
  })

  test('The feed of a tenant has that tenant only; the feed of the store has all, named', async (world) => {
    await write(world.anna, opening('one'))
    await write(world.within('all', 'other'), opening('one'))
    await write(world.anna, opening('two'))
    deepStrictEqual(
      (await wholeFeed(world.all)).map((item) => item.session),
      ['one', 'two'],
    )
    deepStrictEqual(
      (await wholeFeed(world.store)).map((item) => item.tenant),
      [tenant, 'other', tenant],
    )
  })
}

function people({ test }: Suite): void {
  test('A person who is neither owner nor reader is blind and harmless with every verb', async (world) => {
    const furnished = await furnish(world.anna)
    await provesBlind(world.bob, furnished)
    await provesBlind(world.within([]), furnished)
    await provesUntouched(world, furnished)
  })

  test('An id that another person uses cannot be opened, and says no more than that', async ({ anna, bob: scope }) => {
    const head = await write(anna, after(await write(anna, opening('one', { key: key('k') }))))
    await refused(scope, opening('one', { head: { owner: bob }, key: key('k') }), 'exists', 0)
    await anna.delete('one', deleting(head))
    await refused(scope, opening('one', { head: { owner: bob }, key: key('k') }), 'gone', 0)
  })

  test('A session is opened only by who will see it', async ({ anna: own, bob: scope, all }) => {
    await refused(scope, opening('one'), 'invalid', 0)
    await write(scope, opening('two', { head: { readers: [bob] } }))
    await write(all, opening('three', { head: { owner: 'user:carol' } }))
    deepStrictEqual(
      (await own.list()).items.map((head) => head.session),
      ['two'],
    )
  })
}

function sharing({ test }: Suite): void {
  test('A reader sees and writes from the append on that names them, and no longer after the one that does not', async (world) => {
    const { anna: own, bob: scope, store } = world
    const opened = await write(own, opening('one', { refs: [ref] }))
    const shared = await write(
      own,
      after(opened, { kinds: ['session.shared'], head: { readers: ['user:carol', bob] } }),
    )
    deepStrictEqual(seqs(await scope.read('one')), [1, 2])
    deepStrictEqual((await scope.list()).items, [shared])
    strictEqual((await scope.list()).total, 1)
    strictEqual(await scope.locate(ref), 'one')
    deepStrictEqual(
      (await wholeFeed(scope)).map((item) => item.entry.seq),
      [1, 2],
    )
    const written = await write(scope, after(shared))
    const tip = await store.tip()
    await write(own, after(written, { kinds: ['session.shared'], head: { readers: ['user:carol'] } }))
    deepStrictEqual(await scope.read('one'), [])
    strictEqual(await scope.head('one'), null)
    deepStrictEqual((await scope.list()).items, [])
    strictEqual((await scope.list()).total, 0)
    deepStrictEqual(await wholeFeed(scope, tip), [])
    strictEqual((await world.within(['user:carol']).list()).total, 1)
  })

  test('A new owner takes the place of the old one', async ({ anna: own, bob: scope }) => {
    const head = await write(own, opening('one'))
    await write(own, after(head, { head: { owner: bob } }))
    strictEqual(await own.head('one'), null)
    strictEqual((await own.list()).total, 0)
    strictEqual((await scope.list()).total, 1)
  })
}

function unions({ test }: Suite): void {
  test('Several subjects see the union of what each sees', async (world) => {
    const { anna: own, bob: scope } = world
    await write(own, opening('one', { head: { readers: [bob] } }))
    await write(own, opening('two'))
    await write(scope, opening('three', { head: { owner: bob } }))
    await write(world.all, opening('four', { head: { owner: 'user:carol' } }))
    const both = world.within([anna, bob])
    deepStrictEqual(
      (await both.list()).items.map((head) => head.session),
      ['three', 'two', 'one'],
    )
    deepStrictEqual(
      (await wholeFeed(both)).map((item) => item.session),
      ['one', 'two', 'three'],
    )
  })

  test('Only forks that the scope sees are named', async ({ anna: own, bob: scope, all }) => {
    const base = await write(own, opening('one', { head: { readers: [bob] } }))
    await write(own, forking('hers', base, base))
    await write(scope, forking('his', base, base, { head: { owner: bob } }))
    deepStrictEqual(await scope.forks('one'), ['his'])
    deepStrictEqual(await own.forks('one'), ['hers'])
    deepStrictEqual(await all.forks('one'), ['hers', 'his'])
  })
}

function systemSessions({ test }: Suite): void {
  test('System sessions are in no list, and only in the feeds of the store and of all', async ({
    anna: own,
    all,
    store,
  }) => {
    const head = await write(own, opening('@user:x'))
    await write(own, opening('one'))
    await write(own, after(head))
    for (const scope of [own, all]) {
      const page = await scope.list()
      deepStrictEqual(
        page.items.map((listed) => listed.session),
        ['one'],
      )
      strictEqual(page.total, 1)
    }
    await own.marks.put('@user:x', anna, { version: 0, pinned: 1 })
    deepStrictEqual((await own.list({ pinned: anna })).items, [])
    deepStrictEqual(
      (await wholeFeed(own)).map((item) => item.session),
      ['one'],
    )
    deepStrictEqual(
      (await wholeFeed(all)).map((item) => item.session),
      ['@user:x', 'one', '@user:x'],
    )
    strictEqual((await wholeFeed(store)).length, 3)
    deepStrictEqual(seqs(await own.read('@user:x')), [1, 2])
  })
}
