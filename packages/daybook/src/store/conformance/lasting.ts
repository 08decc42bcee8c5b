// Rule 16 and the life of a store: what it supports, what a reopened store still has, what two instances share.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type Hint, hintTopic } from '../bus.ts'
import type { ScopedStore, Store } from '../store.ts'
import { after, deleting, forking, key, opening } from './drafts.ts'
import { anna as annaSubject, fails, range, type Suite, until, type World, wholeFeed, write } from './suite.ts'

export function lasting(suite: Suite): void {
  living(suite)
  meeting(suite)
  if (suite.supports.durable !== 'none') reopening(suite)
  if (suite.supports.shared !== 'process') sharing(suite)
  if (suite.supports.shared !== 'process' && suite.supports.push) hearing(suite)
}

function living({ test, supports }: Suite): void {
  test('A store says frozen what it supports, as its factory does', async ({ store }) => {
    deepStrictEqual(store.supports, supports)
    ok(Object.isFrozen(store.supports))
    ok(store.name.length > 0)
  })

  test('Opening and closing twice is fine; a closed store refuses every verb with shutting_down', async (world) => {
    const { store, anna } = world
    const head = await write(anna, opening('one'))
    const lease = await anna.acquire('one', 'a', 1000)
    ok(lease)
    await store.open()
    await store.close()
    await store.close()
    const verbs: (() => Promise<unknown>)[] = [
      () => anna.append([after(head)]),
      () => anna.receipts('one', ['k']),
      () => anna.read('one'),
      () => anna.head('one'),
      () => anna.cell('one'),
      () => anna.list(),
      () => anna.locate({ type: 'run', value: 'r' }),
      () => anna.refs('one'),
      () => anna.feed(null),
      () => anna.forks('one'),
      () => anna.refold('one', head, head, null),
      () => anna.delete('one', deleting(head)),
      () => anna.acquire('one', 'a', 1000),
      () => anna.renew(lease, 1000),
      () => anna.release(lease),
      () => anna.marks.get('one', annaSubject),
      () => anna.marks.put('one', annaSubject, { version: 0 }),
      () => anna.blobs.put(new Uint8Array(1)),
      () => anna.blobs.get('x'),
      () => anna.snapshots.latest('one', 1, 1),
      () => anna.snapshots.drop('one'),
      () => store.feed(null),
      () => store.tip(),
      () => store.due(1),
      () => store.admin.stats(),
      () => store.admin.sweep(),
    ]
    for (const verb of verbs) await fails(verb, 'shutting_down')
  })
}

function meeting({ test }: Suite): void {
  test('Closing waits for what was accepted', async ({ store, anna }) => {
    const append = anna.append([opening('one')])
    const closing = store.close()
    deepStrictEqual(await append, [{ ok: true, first: 1, last: 1, replayed: false }])
    await closing
  })

  test('The bus carries any JSON value to whoever listens to its topic', async ({ store }) => {
    const heard: unknown[] = []
    const stop = store.bus.subscribe('topic', (message) => heard.push(message))
    store.bus.publish('topic', { text: 'one', n: [1, null] })
    store.bus.publish('other', 'not this')
    stop()
    store.bus.publish('topic', 'too late')
    deepStrictEqual(heard, [{ text: 'one', n: [1, null] }])
  })
}

/** One of everything; what it looks like is compared before and after. */
async function furnish({ anna, clock }: World): Promise<void> {
  const blob = await anna.blobs.put(new TextEncoder().encode('bytes'))
  const large = await anna.blobs.put(new Uint8Array(2 * 1024 * 1024).fill(7))
  const cell = { state: { a: 1 }, metadata: { b: 'x' }, agentData: {} }
  const draft = { cell, key: key('k'), refs: [{ type: 'run', value: 'r' }], blobs: [blob, large] }
  const opened = await write(anna, opening('one', draft))
  const one = await write(anna, after(opened, { bodies: ['"a"', '"b"'], head: { due: clock.now(), name: 'One' } }))
  await write(anna, after(await write(anna, forking('fork', one, opened)), { erase: [2] }))
  const archived = await write(anna, opening('two'))
  await write(anna, after(archived, { head: { place: 'archived' } }))
  const lost = await write(anna, opening('lost', { key: key('old'), refs: [{ type: 'foreign.x', value: 'f' }] }))
  await anna.delete('lost', deleting(lost, { key: key('gone') }))
  await anna.marks.put('one', annaSubject, { version: 0, draft: 'd', pinned: 3 })
  await anna.snapshots.put('one', { seq: 1, fold: 1, head: opened, cell })
  await anna.acquire('two', 'worker', 60_000)
}

async function portrait(scope: ScopedStore, store: Store): Promise<unknown> {
  const blobs = await store.admin.blobHashes(null)
  return [
    ...(await Promise.all(['one', 'fork', 'two', 'lost'].map((session) => scope.read(session)))),
    ...(await Promise.all(['one', 'fork', 'two', 'lost'].map((session) => scope.head(session)))),
    await scope.cell('one'),
    await scope.receipts('one', ['k', 'x']),
    await scope.receipts('lost', ['old', 'gone']),
    await scope.list(),
    await scope.list({ place: 'archived' }),
    await scope.list({ pinned: annaSubject }),
    await scope.locate({ type: 'run', value: 'r' }),
    await scope.locate({ type: 'foreign.x', value: 'f' }),
    await wholeFeed(store),
    await store.tip(),
    await scope.forks('one'),
    await store.due(9),
    await scope.marks.get('one', annaSubject),
    await scope.snapshots.latest('one', 9, 1),
    await scope.acquire('two', 'rival', 1000),
    blobs,
    await Promise.all(blobs.items.map((blob) => scope.blobs.get(blob.hash))),
    await store.admin.check(),
  ]
}

function reopening({ test }: Suite): void {
  test('A reopened store has everything: logs, heads, keys, refs, feed, tombstones, leases, marks, blobs', async (world) => {
    await furnish(world)
    const before = await portrait(world.anna, world.store)
    const again = await world.reopened()
    deepStrictEqual(await portrait(again.anna, again.store), before)
  })

  test('After reopening, seqs, fences, versions and the feed go on where they were', async (world) => {
    const head = await write(world.anna, opening('one'))
    const lease = await world.anna.acquire('one', 'a', 1000)
    await world.anna.marks.put('one', annaSubject, { version: 0 })
    const tip = await world.store.tip()
    const again = await world.reopened()
    world.clock.advance(2000)
    ok(lease)
    ok(((await again.anna.acquire('one', 'b', 1000))?.fence ?? 0) > lease.fence)
    await write(again.anna, after(head))
    strictEqual((await again.anna.marks.put('one', annaSubject, { version: 1 }))?.version, 2)
    deepStrictEqual(
      (await wholeFeed(again.store, tip)).map((item) => item.entry.seq),
      [2],
    )
  })
}

function sharing({ test }: Suite): void {
  test('Two instances on one backing see what the other wrote, at once', async (world) => {
    const twin = await world.twin()
    const head = await write(world.anna, opening('one', { key: key('k'), refs: [{ type: 'run', value: 'r' }] }))
    deepStrictEqual(await twin.anna.head('one'), head)
    const second = await write(twin.anna, after(head))
    deepStrictEqual(await world.anna.head('one'), second)
    deepStrictEqual((await world.anna.append([after(head)]))[0], { ok: false, code: 'conflict', seq: 2 })
    deepStrictEqual(await twin.anna.append([after(second, { key: key('k') })]), [
      { ok: true, first: 1, last: 1, replayed: true },
    ])
    await write(world.anna, after(second))
    strictEqual(await twin.anna.locate({ type: 'run', value: 'r' }), 'one')
    deepStrictEqual(
      (await twin.anna.list()).items.map((item) => item.seq),
      [3],
    )
    deepStrictEqual(
      (await wholeFeed(twin.store)).map((item) => item.entry.seq),
      [1, 2, 3],
    )
    const lease = await twin.anna.acquire('one', 'twin', 1000)
    ok(lease)
    strictEqual(await world.anna.acquire('one', 'first', 1000), null)
  })

  test('Two instances append to the same sessions: every accepted write is there once, every conflict is true', async (world) => {
    const twin = await world.twin()
    const sessions = ['a', 'b', 'c']
    for (const session of sessions) await write(world.anna, opening(session))
    const accepted = new Map(sessions.map((session) => [session, [] as string[]]))
    const worker = async (scope: ScopedStore, name: string) => {
      for (const n of range(20)) {
        for (const session of sessions) await insist(scope, session, `"${name} ${n}"`, accepted)
      }
    }
    await Promise.all([world, twin].flatMap(({ anna }, store) => range(3).map((n) => worker(anna, `${store}.${n}`))))
    for (const session of sessions) {
      const bodies = (await world.anna.read(session, { after: 1 })).map((entry) => entry.body)
      deepStrictEqual([...bodies].sort(), [...(accepted.get(session) ?? [])].sort())
      strictEqual(bodies.length, 120)
      deepStrictEqual(await twin.anna.read(session), await world.anna.read(session))
      strictEqual((await twin.anna.head(session))?.seq, 121)
    }
    strictEqual((await wholeFeed(twin.store, null, 50)).length, 3 * 121)
    deepStrictEqual(await twin.store.admin.check(), [])
  })

  test('Of two instances that ask for one lease, one gets it', async (world) => {
    const twin = await world.twin()
    await write(world.anna, opening('one'))
    for (const round of range(10)) {
      const got = await Promise.all(
        [world, twin].map(({ anna }, index) => anna.acquire('one', `${index}.${round}`, 1000)),
      )
      strictEqual(got.filter((lease) => lease !== null).length, 1)
      world.clock.advance(1001)
    }
  })
}

function hearing({ test }: Suite): void {
  test('What one instance writes or deletes, the other is hinted of, whatever the tenant is called', async (world) => {
    const twin = await world.twin()
    const heard: string[] = []
    const stop = twin.store.bus.subscribe(hintTopic, (message) => {
      const { tenant, session, seq } = message as Hint
      heard.push(`${tenant} ${session} ${seq}`)
    })
    const strange = world.within('all', 'a "tenant"\u0000\n\ud800')
    const head = await write(world.anna, opening('one'))
    const last = await write(world.anna, after(head, { bodies: ['1', '2'] }))
    await write(strange, opening('two'))
    await world.anna.delete('one', deleting(last))
    await until(() =>
      ['acme one 3', 'acme one 4', 'a "tenant"\u0000\n\ud800 two 1'].every((hint) => heard.includes(hint)),
    )
    stop()
  })
}

/** Appends until it is accepted; each conflict must tell a seq that was not the expected one. */
async function insist(
  scope: ScopedStore,
  session: string,
  body: string,
  accepted: ReadonlyMap<string, string[]>,
): Promise<void> {
  for (;;) {
    const head = await scope.head(session)
    ok(head)
    const [outcome] = await scope.append([after(head, { bodies: [body] })])
    ok(outcome)
    if (outcome.ok) {
      accepted.get(session)?.push(body)
      return
    }
    strictEqual(outcome.code, 'conflict')
    ok(outcome.seq > head.seq, `conflict at ${head.seq} tells ${outcome.seq}`)
  }
}
