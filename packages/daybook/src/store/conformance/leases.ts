// Rule 8: leases by the clock, fences that only rise, and what is due.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Lease, ScopedStore } from '../store.ts'
import { after, deleting, opening } from './drafts.ts'
import { fails, range, refused, type Suite, write } from './suite.ts'

async function take(scope: ScopedStore, holder: string, session = 'one', ttl = 1000): Promise<Lease> {
  const lease = await scope.acquire(session, holder, ttl)
  ok(lease, `${holder} gets the lease`)
  return lease
}

export function leases(suite: Suite): void {
  holding(suite)
  rivals(suite)
  fences(suite)
  rises(suite)
  time(suite)
  due(suite)
}

function holding({ test }: Suite): void {
  test('A lease belongs to one holder until it runs out', async ({ anna, clock }) => {
    await write(anna, opening('one'))
    const lease = await take(anna, 'a')
    deepStrictEqual([lease.session, lease.holder, lease.left], ['one', 'a', 1000])
    clock.advance(999)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    clock.advance(2)
    ok((await take(anna, 'b')).fence > lease.fence)
  })

  test('The same holder gets its lease again, with the same fence and a new time', async ({ anna, clock }) => {
    await write(anna, opening('one'))
    const first = await take(anna, 'a')
    clock.advance(600)
    const second = await take(anna, 'a')
    deepStrictEqual([second.fence, second.left], [first.fence, 1000])
    clock.advance(600)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
  })

  test('Renewing counts from now; a lease that was taken over or released cannot be renewed', async ({
    anna,
    clock,
  }) => {
    await write(anna, opening('one'))
    const first = await take(anna, 'a')
    clock.advance(900)
    deepStrictEqual(await anna.renew(first, 2000), { ...first, left: 2000 })
    clock.advance(1900)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    clock.advance(200)
    const taken = await take(anna, 'b')
    strictEqual(await anna.renew(first, 1000), null)
    await anna.release(taken)
    strictEqual(await anna.renew(taken, 1000), null)
  })

  test('A lease that ran out but that nobody took can be renewed', async ({ anna, clock }) => {
    await write(anna, opening('one'))
    const lease = await take(anna, 'a')
    clock.advance(5000)
    strictEqual((await anna.renew(lease, 1000))?.fence, lease.fence)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
  })
}

function rivals({ test }: Suite): void {
  test('Releasing frees the session; releasing a lost lease leaves the new one alone', async ({ anna, clock }) => {
    await write(anna, opening('one'))
    const first = await take(anna, 'a')
    await anna.release(first)
    const second = await take(anna, 'b')
    await anna.release(first)
    strictEqual(await anna.acquire('one', 'c', 1000), null)
    clock.advance(1001)
    const third = await take(anna, 'c')
    await anna.release(second)
    strictEqual((await anna.renew(third, 1000))?.fence, third.fence)
  })

  test('Of 16 who ask at once one gets the lease', async ({ anna }) => {
    await write(anna, opening('one'))
    const got = await Promise.all(range(16).map((n) => anna.acquire('one', `holder ${n}`, 1000)))
    strictEqual(got.filter((lease) => lease !== null).length, 1)
  })

  test('There is no lease on what is not there, and none without time', async ({ anna }) => {
    strictEqual(await anna.acquire('unknown', 'a', 1000), null)
    await write(anna, opening('one'))
    for (const ttl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      await fails(() => anna.acquire('one', 'a', ttl), 'invalid')
  })
}

function fences({ test }: Suite): void {
  test('An append under the present fence is taken, under an older or unknown one fenced', async ({ anna, clock }) => {
    const opened = await write(anna, opening('one'))
    const first = await take(anna, 'a')
    const head = await write(anna, after(opened, { fence: first.fence }))
    clock.advance(1001)
    const still = await write(anna, after(head, { fence: first.fence }))
    const second = await take(anna, 'b')
    await refused(anna, after(still, { fence: first.fence }), 'fenced', 3)
    await refused(anna, after(still, { fence: second.fence + 1 }), 'fenced', 3)
    await write(anna, after(still, { fence: second.fence }))
  })

  test('An opening is under no lease: whatever fence it names is fenced', async ({ anna }) => {
    for (const fence of [0, 1]) await refused(anna, { ...opening('one'), fence }, 'fenced', 0)
    strictEqual(await anna.head('one'), null)
  })

  test('An opening under a fence is fenced: nobody holds a lease on what is not there', async ({ anna }) => {
    await refused(anna, opening('one', { fence: 1 }), 'fenced', 0)
    strictEqual(await anna.head('one'), null)
  })

  test('The fence is checked when it is written, for each append of a batch', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    const lease = await take(anna, 'a')
    const first = after(opened, { fence: lease.fence })
    const outcomes = await anna.append([
      first,
      after(first.head, { fence: lease.fence - 1 }),
      after(first.head, { fence: lease.fence }),
    ])
    deepStrictEqual(
      outcomes.map((outcome) => outcome.ok || outcome.code),
      [true, 'fenced', true],
    )
  })

  test('An append without a fence is taken while a lease lives', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    await take(anna, 'a')
    await write(anna, after(opened))
  })
}

function rises({ test }: Suite): void {
  test('Releasing raises the fence: what the holder still sends is fenced', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    const lease = await take(anna, 'a')
    await anna.release(lease)
    await refused(anna, after(opened, { fence: lease.fence }), 'fenced', 1)
    ok((await take(anna, 'a')).fence > lease.fence)
  })

  test('Fences only rise, whoever takes, loses or releases', async ({ anna, clock }) => {
    await write(anna, opening('one'))
    let last = 0
    for (const n of range(12)) {
      const lease = await take(anna, `holder ${n % 3}`)
      ok(lease.fence > last, `fence ${lease.fence} after ${last}`)
      last = lease.fence
      if (n % 2) await anna.release(lease)
      else clock.advance(1001)
    }
  })

  for (const end of ['released', 'run out'] as const) {
    test(`Deletion never resets the fence: one that was ${end} is fenced when its id is opened anew`, async (world) => {
      const { anna, store, clock } = world
      const head = await write(anna, opening('one'))
      const lease = await take(anna, 'a')
      if (end === 'released') await anna.release(lease)
      clock.advance(1001)
      await anna.delete('one', deleting(head))
      clock.advance(31 * 24 * 3_600_000)
      await store.admin.sweep()
      const again = await write(anna, opening('one'))
      await refused(anna, after(again, { fence: lease.fence }), 'fenced', 1)
      ok((await take(anna, 'b')).fence > lease.fence)
    })
  }
}

function time({ test, supports }: Suite): void {
  test('The store tells the time that it judges by, and an instance beside it the same', async (world) => {
    const { anna, store, clock } = world
    const then = store.now() + 1000
    await write(anna, opening('one', { head: { due: then } }))
    await write(anna, opening('two'))
    await take(anna, 'a', 'two')
    const stores = supports.shared === 'process' ? [store] : [store, (await world.twin()).store]
    clock.advance(999)
    for (const each of stores) strictEqual(each.now(), then - 1)
    deepStrictEqual(await store.due(9), [])
    strictEqual(await anna.acquire('two', 'b', 1000), null)
    clock.advance(1)
    for (const each of stores) {
      strictEqual(each.now(), then)
      deepStrictEqual(await each.due(9), [{ tenant: 'acme', session: 'one', due: then }])
    }
    await take(anna, 'b', 'two')
  })
}

function due({ test }: Suite): void {
  test('What is due comes longest due first, of all tenants, and only when its time has come', async (world) => {
    const { anna, store, clock } = world
    const now = clock.now()
    await write(anna, opening('later', { head: { due: now + 1000 } }))
    await write(anna, opening('second', { head: { due: now - 5 } }))
    await write(world.within('all', 'other'), opening('first', { head: { due: now - 10 } }))
    await write(anna, opening('never'))
    await write(anna, opening('third', { head: { due: now } }))
    deepStrictEqual(await store.due(10), [
      { tenant: 'other', session: 'first', due: now - 10 },
      { tenant: 'acme', session: 'second', due: now - 5 },
      { tenant: 'acme', session: 'third', due: now },
    ])
    deepStrictEqual(
      (await store.due(2)).map((item) => item.session),
      ['first', 'second'],
    )
    clock.advance(1000)
    deepStrictEqual((await store.due(10)).map((item) => item.session).at(-1), 'later')
  })

  test('What is due in one place is found behind any number of others', async ({ anna, store, clock }) => {
    const now = clock.now()
    for (const session of ['one', 'two']) await write(anna, opening(session, { head: { due: now - 9 } }))
    const trashed = after(await write(anna, opening('three')), { head: { place: 'trash', due: now } })
    await write(anna, trashed)
    deepStrictEqual(await store.due(2, 'trash'), [{ tenant: 'acme', session: 'three', due: now }])
    deepStrictEqual(await store.due(2, 'archived'), [])
  })

  test('A live lease hides what is due, a dead or released one shows it again', async ({ anna, store, clock }) => {
    const now = clock.now()
    for (const session of ['one', 'two']) await write(anna, opening(session, { head: { due: now } }))
    const sessions = async () => (await store.due(1)).map((item) => item.session)
    const lease = await take(anna, 'a')
    deepStrictEqual(await sessions(), ['two'])
    await anna.release(lease)
    deepStrictEqual(await sessions(), ['one'])
    await take(anna, 'b')
    deepStrictEqual(await sessions(), ['two'])
    clock.advance(1001)
    deepStrictEqual(await sessions(), ['one'])
  })

  test('Due follows the head: set, moved, cleared, kept in the trash', async ({ anna, store, clock }) => {
    const sessions = async () => (await store.due(9)).map((item) => item.session)
    let head = await write(anna, opening('one'))
    deepStrictEqual(await sessions(), [])
    head = await write(anna, after(head, { head: { due: clock.now() } }))
    deepStrictEqual(await sessions(), ['one'])
    head = await write(anna, after(head, { head: { due: clock.now() + 50 } }))
    deepStrictEqual(await sessions(), [])
    head = await write(anna, after(head, { head: { place: 'trash' } }))
    clock.advance(50)
    deepStrictEqual(await sessions(), ['one'])
    await write(anna, after(head, { head: { place: 'open', due: null } }))
    deepStrictEqual(await sessions(), [])
  })
}
