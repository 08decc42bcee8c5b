// Rule 8 again: leases that travel with appends, taken and given back in their transaction.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Append, ScopedStore } from '../store.ts'
import { after, deleting, digest, forking, key, opening } from './drafts.ts'
import { refused, type Suite, write } from './suite.ts'

const a = { holder: 'a', ttl: 1000 } as const
const b = { holder: 'b', ttl: 1000 } as const
const endless = [0, -1, Number.NaN, Number.POSITIVE_INFINITY]

/** Appends one that takes the lease; gives the fence. */
async function taking(scope: ScopedStore, append: Append): Promise<number> {
  const [outcome] = await scope.append([append])
  ok(outcome?.ok, 'the append is taken')
  const { fence } = outcome
  ok(fence !== undefined, 'its outcome tells the fence')
  const last = append.head.seq
  deepStrictEqual(outcome, { ok: true, first: append.entries[0]?.seq, last, replayed: false, fence })
  return fence
}

export function leased(suite: Suite): void {
  taken(suite)
  untaken(suite)
  judged(suite)
  givenBack(suite)
  kept(suite)
}

function taken({ test }: Suite): void {
  test('An append takes the lease as acquire does, and its outcome tells the fence', async ({ anna, clock }) => {
    const one = after(await write(anna, opening('one')), { acquire: a })
    const fence = await taking(anna, one)
    const two = after(one.head, { fence })
    await write(anna, two)
    clock.advance(999)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    clock.advance(2)
    const three = after(two.head, { acquire: b })
    ok((await taking(anna, three)) > fence)
    await refused(anna, after(three.head, { fence }), 'fenced', 4)
    strictEqual(await anna.acquire('one', 'a', 1000), null)
  })

  test('The same holder takes its lease again with an append: the same fence, a new time', async ({ anna, clock }) => {
    const opened = await write(anna, opening('one'))
    const lease = await anna.acquire('one', 'a', 1000)
    clock.advance(600)
    strictEqual(await taking(anna, after(opened, { acquire: a })), lease?.fence)
    clock.advance(600)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
  })

  test('An opening takes the lease of what it opens, a fork too', async ({ anna, store, clock }) => {
    const first = opening('one', { acquire: a, head: { due: clock.now() } })
    const fence = await taking(anna, first)
    deepStrictEqual(await store.due(9), [])
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    const head = await write(anna, after(first.head, { fence }))
    const fork = forking('fork', head, { seq: 1, hash: first.head.hash }, { acquire: b })
    const forked = await taking(anna, fork)
    strictEqual(await anna.acquire('fork', 'a', 1000), null)
    await write(anna, after(fork.head, { fence: forked }))
    clock.advance(1001)
    deepStrictEqual(
      (await store.due(9)).map(({ session }) => session),
      ['one'],
    )
  })

  test('A lease that an append took is renewed and released as any other', async ({ anna }) => {
    const fence = await taking(anna, opening('one', { acquire: a }))
    const lease = { session: 'one', holder: 'a', fence, left: 1000 }
    deepStrictEqual(await anna.renew(lease, 2000), { ...lease, left: 2000 })
    await anna.release(lease)
    ok(((await anna.acquire('one', 'b', 1000))?.fence ?? 0) > fence)
  })

  test('Fences of an id that is opened anew start above the old ones, for openings that take a lease', async (world) => {
    const { anna, store, clock } = world
    const one = opening('one', { acquire: a })
    const fence = await taking(anna, one)
    clock.advance(1001)
    await anna.delete('one', deleting(one.head))
    clock.advance(31 * 24 * 3_600_000)
    await store.admin.sweep()
    ok((await taking(anna, opening('one', { acquire: a }))) > fence)
  })
}

function untaken({ test }: Suite): void {
  test("While another holder's lease lives, an append that would take it is busy and writes nothing", async (world) => {
    const { anna } = world
    const opened = await write(anna, opening('one'))
    const lease = await anna.acquire('one', 'b', 1000)
    ok(lease)
    await refused(anna, after(opened, { acquire: a, key: key('k'), refs: [{ type: 'run', value: 'r' }] }), 'busy', 1)
    deepStrictEqual(await anna.head('one'), opened)
    strictEqual((await anna.read('one')).length, 1)
    deepStrictEqual(await anna.receipts('one', ['k']), [null])
    strictEqual(await anna.locate({ type: 'run', value: 'r' }), null)
    strictEqual((await anna.renew(lease, 1000))?.fence, lease.fence)
  })

  test('A refused append takes no lease', async ({ anna }) => {
    const opened = await write(anna, opening('one', { head: { place: 'trash' } }))
    await write(anna, opening('two', { refs: [{ type: 'run', value: 'r' }] }))
    const back = { acquire: a, head: { place: 'open' } } as const
    await refused(anna, after(opened, { acquire: a }), 'trashed', 1)
    await refused(anna, { ...after(opened, back), prev: digest('other') }, 'conflict', 1)
    await refused(anna, after(opened, { ...back, refs: [{ type: 'run', value: 'r' }] }), 'ref_taken', 1)
    await refused(anna, after(opened, { ...back, blobs: [digest('no such blob')] }), 'blob_missing', 1)
    await refused(anna, opening('one', { acquire: a }), 'exists', 1)
    await refused(anna, after(opening('none').head, { acquire: a }), 'not_found', 0)
    ok(await anna.acquire('one', 'b', 1000), 'nobody has the lease')
  })

  test('A known key gives its receipt, takes no lease and is never busy', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    const append = after(opened, { acquire: a, key: key('k') })
    const fence = await taking(anna, append)
    await anna.release({ session: 'one', holder: 'a', fence, left: 0 })
    const receipt = { ok: true, first: 2, last: 2, replayed: true } as const
    deepStrictEqual(await anna.append([append]), [receipt])
    ok(await anna.acquire('one', 'b', 1000), 'the repeat took nothing')
    deepStrictEqual(await anna.append([append]), [receipt])
    const twice = after(append.head, { acquire: b, key: key('l') })
    const [first, second] = await anna.append([twice, twice])
    deepStrictEqual([first?.ok && first.replayed, second], [false, { ok: true, first: 3, last: 3, replayed: true }])
  })
}

function judged({ test }: Suite): void {
  test('Busy is told behind gone and invalid, before exists and conflict, like fenced', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    await anna.acquire('one', 'b', 1000)
    await refused(anna, after({ ...opened, seq: 4 }, { acquire: a }), 'busy', 1)
    await refused(anna, opening('one', { acquire: a }), 'busy', 1)
    await refused(anna, { ...after(opened, { acquire: a }), entries: [] }, 'invalid', 1)
    const two = await write(anna, opening('two'))
    await anna.delete('two', deleting(two))
    await refused(anna, after(two, { acquire: a }), 'gone', 2)
  })

  test('A lease is taken in place of a fence and for a time, and given back under one: else invalid', async (world) => {
    const { anna } = world
    const opened = await write(anna, opening('one'))
    const lease = await anna.acquire('one', 'a', 1000)
    const wrong: Partial<Append>[] = [
      { acquire: a, fence: lease?.fence ?? 0 },
      { release: true },
      { release: true, acquire: a },
      ...endless.map((ttl) => ({ acquire: { holder: 'a', ttl } })),
    ]
    for (const each of wrong) {
      await refused(anna, after(opened, each), 'invalid', 1)
      await refused(anna, opening('two', each), 'invalid', 0)
    }
    strictEqual(await anna.head('two'), null)
  })

  test('Leases are judged for each append of a batch', async ({ anna }) => {
    const opened = await write(anna, opening('one'))
    const lease = await anna.acquire('one', 'a', 1000)
    const first = after(opened, { fence: lease?.fence ?? 0, release: true })
    const second = after(first.head, { acquire: b })
    const outcomes = await anna.append([
      after(opened, { acquire: b }),
      first,
      after(first.head, { fence: lease?.fence ?? 0 }),
      second,
      after(second.head, { acquire: a }),
      after(second.head, { acquire: b }),
    ])
    deepStrictEqual(
      outcomes.map((outcome) => outcome.ok || outcome.code),
      ['busy', true, 'fenced', true, 'busy', true],
    )
    deepStrictEqual(outcomes[3], { ...outcomes[5], first: 3, last: 3 })
  })
}

function givenBack({ test }: Suite): void {
  test('An append gives the lease of its fence back: others are free, what the holder still sends is fenced', async (world) => {
    const { anna, store, clock } = world
    const opened = await write(anna, opening('one', { head: { due: clock.now() } }))
    const lease = await anna.acquire('one', 'a', 1000)
    ok(lease)
    const last = await write(anna, after(opened, { fence: lease.fence, release: true }))
    strictEqual((await store.due(9)).length, 1)
    await refused(anna, after(last, { fence: lease.fence }), 'fenced', 2)
    strictEqual(await anna.renew(lease, 1000), null)
    const next = await anna.acquire('one', 'b', 1000)
    ok((next?.fence ?? 0) > lease.fence)
    await anna.release(lease)
    strictEqual(await anna.acquire('one', 'a', 1000), null)
  })

  test('A lease that ran out but that nobody took is given back by an append too', async ({ anna, clock }) => {
    const one = opening('one', { acquire: a })
    const fence = await taking(anna, one)
    clock.advance(5000)
    const last = await write(anna, after(one.head, { fence, release: true }))
    await refused(anna, after(last, { fence }), 'fenced', 2)
    strictEqual(await anna.renew({ session: 'one', holder: 'a', fence, left: 0 }, 1000), null)
  })

  test('A refused append gives no lease back, a repeat none that was taken since', async ({ anna }) => {
    const one = opening('one', { acquire: a })
    const fence = await taking(anna, one)
    await refused(anna, { ...after(one.head, { fence, release: true }), prev: digest('other') }, 'conflict', 1)
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    const last = after(one.head, { fence, release: true, key: key('k') })
    await write(anna, last)
    ok(await anna.acquire('one', 'a', 1000))
    deepStrictEqual(await anna.append([last]), [{ ok: true, first: 2, last: 2, replayed: true }])
    strictEqual(await anna.acquire('one', 'b', 1000), null)
  })
}

function kept({ test, supports }: Suite): void {
  if (supports.durable === 'none') return
  test('Leases that appends took or gave back are so after reopening', async (world) => {
    const [one, two, three] = ['one', 'two', 'three'].map((id) => opening(id, { acquire: a })) as [
      Append,
      Append,
      Append,
    ]
    const fence = await taking(world.anna, one)
    await write(world.anna, after(two.head, { fence: await taking(world.anna, two), release: true }))
    await world.anna.append([three, after(three.head, { acquire: { holder: 'a', ttl: 9000 } })])
    const { anna, clock } = await world.reopened()
    strictEqual(await anna.acquire('one', 'b', 1000), null)
    await write(anna, after(one.head, { fence }))
    ok(await anna.acquire('two', 'b', 1000))
    clock.advance(8999)
    strictEqual(await anna.acquire('three', 'b', 1000), null)
  })
}
