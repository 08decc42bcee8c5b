// Keys, marks and leases as a whole, for whoever moves a store or looks after it: none is missed, none is somebody else's.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { HeldMark } from '../admin.ts'
import type { Lease, ScopedStore, Store } from '../store.ts'
import { after, deleting, key, opening } from './drafts.ts'
import {
  anna as annaSubject,
  bob as bobSubject,
  range,
  refused,
  type Suite,
  tenant,
  type World,
  write,
} from './suite.ts'

export function held(suite: Suite): void {
  keys(suite)
  marks(suite)
  leases(suite)
}

function keys({ test }: Suite): void {
  test('The keys of appends are told by the range that they begin in, each with its digest and its seqs', async ({
    store,
    all,
  }) => {
    let head = await write(all, opening('one', { key: key('k1') }))
    head = await write(all, after(head, { kinds: ['message', 'message', 'message'], key: key('\ud800', 'other') }))
    head = await write(all, after(head))
    await write(all, after(head, { kinds: ['message', 'message'], key: key('k3') }))
    await write(all, opening('two', { key: key('k1', 'of another') }))
    const first = { id: 'k1', digest: key('k1').digest, first: 1, last: 1 }
    const second = { id: '\ud800', digest: key('', 'other').digest, first: 2, last: 4 }
    const third = { id: 'k3', digest: key('k3').digest, first: 6, last: 7 }
    const asked = [
      { session: 'one', first: 1, last: 99 },
      { session: 'one', first: 2, last: 5 },
      { session: 'one', first: 3, last: 5 },
      { session: 'two', first: 1, last: 1 },
      { session: 'none', first: 1, last: 9 },
    ]
    const own = { id: 'k1', digest: key('k1', 'of another').digest, first: 1, last: 1 }
    const callers = await callersKeys(store, asked)
    deepStrictEqual(callers, [[first, second, third], [second], [], [own], []])
    deepStrictEqual(await store.admin.keys('other', asked.slice(0, 1)), [[]])
  })

  test('The keys of a deleted session are not told', async ({ store, all }) => {
    const head = await write(all, opening('one', { key: key('k1') }))
    await all.delete('one', deleting(head))
    deepStrictEqual(await store.admin.keys(tenant, [{ session: 'one', first: 1, last: 9 }]), [[]])
  })
}

/** Without those that an engine made for itself, where a commit's answer can be lost. */
async function callersKeys(store: Store, ranges: Parameters<Store['admin']['keys']>[1]) {
  const known = new Set(['k1', '\ud800', 'k3'])
  return (await store.admin.keys(tenant, ranges)).map((held) => held.filter(({ id }) => known.has(id)))
}

function marks({ test }: Suite): void {
  test('Every mark of every tenant is told once over the pages, those of deleted sessions not', async (world) => {
    const { store, all } = world
    const other = world.within('all', 'other')
    for (const scope of [all, other]) {
      for (const n of range(5)) {
        const head = await write(scope, opening(`s${n}`))
        await scope.marks.put(`s${n}`, annaSubject, { version: 0, seen: n, draft: '\u0000 \ud800' })
        await scope.marks.put(`s${n}`, bobSubject, { version: 0, pinned: n })
        if (n === 4) await scope.delete('s4', deleting(head))
      }
    }
    const wanted = ['acme', 'other'].flatMap((name) =>
      [1, 2, 3, 5].flatMap((n) => [
        { tenant: name, session: `s${n}`, subject: annaSubject, mark: { version: 1, seen: n, draft: '\u0000 \ud800' } },
        { tenant: name, session: `s${n}`, subject: bobSubject, mark: { version: 1, pinned: n } },
      ]),
    )
    for (const limit of [undefined, 1, 3]) deepStrictEqual(inOrder(await allMarks(store, limit)), inOrder(wanted))
  })
}

/** A lease on a session that is due, which is called like the holder where nothing else is said. */
async function leaseOn(
  scope: ScopedStore,
  { clock }: World,
  holder: string,
  ttl: number,
  session = holder,
): Promise<Lease> {
  await write(scope, opening(session, { head: { due: clock.now() } }))
  const lease = await scope.acquire(session, holder, ttl)
  ok(lease)
  return lease
}

function leases({ test }: Suite): void {
  test('The live leases on what is due are told, the one that runs out soonest first, of holders that begin so', async (world) => {
    const { store, all, clock } = world
    const other = world.within('all', 'other')
    const a = await leaseOn(all, world, 'a', 3000)
    const ba = await leaseOn(other, world, 'ba', 1000)
    const b = await leaseOn(all, world, 'b\u00e9', 2000, 'c')
    await leaseOn(all, world, 'over', 10)
    await write(all, opening('free', { head: { due: clock.now() } }))
    for (const [session, due] of [['later', clock.now() + 50] as const, ['never', null] as const]) {
      await write(all, opening(session, { head: { due } }))
      ok(await all.acquire(session, 'b', 500))
    }
    clock.advance(10)
    const told = [
      { tenant: 'other', lease: { ...ba, left: 990 } },
      { tenant, lease: { ...b, left: 1990 } },
      { tenant, lease: { ...a, left: 2990 } },
    ]
    deepStrictEqual(await store.admin.leases(9), told)
    deepStrictEqual(await store.admin.leases(2), told.slice(0, 2))
    deepStrictEqual(await store.admin.leases(9, 'b'), told.slice(0, 2))
    deepStrictEqual(await store.admin.leases(9, 'b\u00e9'), told.slice(1, 2))
    deepStrictEqual(await store.admin.leases(9, 'a'), told.slice(2))
    deepStrictEqual(await store.admin.leases(9, 'B'), [])
  })

  test('A lease as it is told can be released: what is due shows again, and whoever held it is fenced', async (world) => {
    const { store, all } = world
    const lease = await leaseOn(all, world, 'one', 60_000)
    deepStrictEqual(await store.due(9), [])
    const [told] = await store.admin.leases(9)
    ok(told)
    await all.release(told.lease)
    deepStrictEqual(
      (await store.due(9)).map(({ session }) => session),
      ['one'],
    )
    const head = await all.head('one')
    ok(head)
    await refused(all, after(head, { fence: lease.fence }), 'fenced', 1)
    strictEqual(await all.renew(lease, 1000), null)
    deepStrictEqual(await store.admin.leases(9), [])
  })
}

async function allMarks(store: Store, limit: number | undefined): Promise<HeldMark[]> {
  const found: HeldMark[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.admin.marks(cursor ?? null, limit)
    found.push(...page.items)
    cursor = page.cursor
  }
  return found
}

function inOrder(marks: readonly HeldMark[]): HeldMark[] {
  const placeOf = ({ tenant, session, subject }: HeldMark): string => `${tenant} ${session} ${subject}`
  return marks.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}
