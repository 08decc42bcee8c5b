// Rules 2, 7 and 11: erasing empties bodies and keeps the chain, snapshots are disposable, refolds compare and set.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Head } from '../../schema/heads.ts'
import type { Snapshot } from '../store.ts'
import { after, digest, forking, key, opening } from './drafts.ts'
import { refused, type Suite, wholeFeed, write } from './suite.ts'

const cell = { state: { a: 1 }, metadata: {}, agentData: {} }

function snapshot(head: Head, seq: number, fold = 1): Snapshot {
  return { seq, fold, head: { ...head, seq }, cell }
}

export function folds(suite: Suite): void {
  erasing(suite)
  spreading(suite)
  snapshots(suite)
  refolds(suite)
  outdating(suite)
}

function erasing({ test }: Suite): void {
  test('Erasing empties the bodies it names and keeps everything else of the entries', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const said = await write(anna, after(head, { bodies: ['"a"', '"b"', '"c"'] }))
    const before = await anna.read('one')
    await write(anna, after(said, { kinds: ['entry.erased'], erase: [2, 4] }))
    const expected = before.map((entry) => ([2, 4].includes(entry.seq) ? { ...entry, body: null } : entry))
    deepStrictEqual(await anna.read('one', { until: 4 }), expected)
  })

  test('Erasing is itself an entry of the feed, and the feed shows emptied bodies from then on', async ({
    anna,
    store,
  }) => {
    const said = await write(anna, after(await write(anna, opening('one')), { bodies: ['"a"'] }))
    const tip = await store.tip()
    await write(anna, after(said, { kinds: ['entry.erased'], erase: [2] }))
    deepStrictEqual(
      (await wholeFeed(store, tip)).map((item) => item.entry.kind),
      ['entry.erased'],
    )
    deepStrictEqual(
      (await wholeFeed(store)).map((item) => item.entry.body),
      ['{"n":1}', null, '{"n":3}'],
    )
  })

  test('Erasing twice changes nothing more', async ({ anna }) => {
    const said = await write(anna, after(await write(anna, opening('one')), { bodies: ['"a"'] }))
    const once = await write(anna, after(said, { erase: [2] }))
    const before = await anna.read('one')
    await write(anna, after(once, { erase: [2] }))
    deepStrictEqual(await anna.read('one', { until: 3 }), before)
  })

  test('A repeated erasure is answered by its key', async ({ anna }) => {
    const said = await write(anna, after(await write(anna, opening('one')), { bodies: ['"a"'] }))
    const erasure = after(said, { kinds: ['entry.erased'], erase: [2], key: key('k') })
    await write(anna, erasure)
    deepStrictEqual(await anna.append([erasure]), [{ ok: true, first: 3, last: 3, replayed: true }])
  })
}

function spreading({ test }: Suite): void {
  test('Forks, and forks of them, see the emptied body; only the owning session can erase', async ({ anna }) => {
    const base = await write(anna, after(await write(anna, opening('base')), { bodies: ['"a"'] }))
    const fork = await write(anna, forking('fork', base, base))
    const second = await write(anna, forking('second', fork, fork))
    await refused(anna, after(fork, { kinds: ['entry.erased'], erase: [2] }), 'invalid', 3)
    await refused(anna, after(second, { kinds: ['entry.erased'], erase: [3] }), 'invalid', 4)
    await write(anna, after(base, { kinds: ['entry.erased'], erase: [2] }))
    for (const session of ['base', 'fork', 'second']) {
      strictEqual((await anna.read(session, { after: 1, limit: 1 }))[0]?.body, null, session)
    }
  })

  test('Snapshots from the erased entry on go, in forks that read it too; earlier ones and other forks keep theirs', async ({
    anna,
  }) => {
    const opened = await write(anna, opening('base'))
    const base = await write(anna, after(opened, { bodies: ['2', '3', '4', '5'] }))
    const [second, fourth] = [(await anna.read('base'))[1], (await anna.read('base'))[3]]
    if (!second || !fourth) throw new Error('the base has four entries')
    const early = await write(anna, forking('early', base, second))
    const late = await write(anna, forking('late', base, fourth))
    const below = await write(anna, forking('below', late, late))
    for (const seq of [2, 3, 4]) await anna.snapshots.put('base', snapshot(base, seq))
    await anna.snapshots.put('early', snapshot(early, 3))
    await anna.snapshots.put('late', snapshot(late, 5))
    await anna.snapshots.put('below', snapshot(below, 6))
    await write(anna, after(base, { kinds: ['entry.erased'], erase: [3, 5] }))
    strictEqual((await anna.snapshots.latest('base', 99, 1))?.seq, 2)
    strictEqual((await anna.snapshots.latest('early', 99, 1))?.seq, 3)
    strictEqual(await anna.snapshots.latest('late', 99, 1), null)
    strictEqual(await anna.snapshots.latest('below', 99, 1), null)
  })

  test('Heads of forks that folded the erased entry are marked as of no fold with the erasure itself; others are not', async ({
    anna,
  }) => {
    const opened = await write(anna, opening('base'))
    const base = await write(anna, after(opened, { bodies: ['2', '3', '4'] }))
    const second = (await anna.read('base'))[1]
    if (!second) throw new Error('the base has four entries')
    const early = await write(anna, forking('early', base, second))
    const late = await write(anna, forking('late', base, base))
    const below = await write(anna, after(await write(anna, forking('below', late, late)), { bodies: ['"more"'] }))
    const erased = await write(anna, after(base, { kinds: ['entry.erased'], erase: [3] }))
    deepStrictEqual(await anna.head('base'), erased)
    deepStrictEqual(await anna.head('early'), early)
    deepStrictEqual(await anna.head('late'), { ...late, fold: 0, refolds: 1 })
    deepStrictEqual(await anna.head('below'), { ...below, fold: 0, refolds: 1 })
    strictEqual(await anna.refold('late', late, late, null), true)
    deepStrictEqual(await anna.head('late'), { ...late, refolds: 2 })
  })
}

function outdating({ test }: Suite): void {
  test('Who goes on from a fold that was changed without an entry gets conflict, and snapshots of it are not kept', async ({
    anna,
  }) => {
    const opened = await write(anna, opening('base'))
    const base = await write(anna, after(opened, { bodies: ['2', '3'] }))
    const fork = await write(anna, forking('fork', base, base))
    const erased = await write(anna, after(base, { kinds: ['entry.erased'], erase: [2] }))
    await refused(anna, after(fork), 'conflict', fork.seq)
    await anna.snapshots.put('fork', snapshot(fork, fork.seq))
    strictEqual(await anna.snapshots.latest('fork', 99, 1), null)
    await write(anna, after({ ...fork, refolds: 1 }))
    await anna.snapshots.put('base', snapshot(base, 3))
    strictEqual(await anna.snapshots.latest('base', 99, 1), null)
    await refused(anna, after({ ...erased, refolds: 0 }), 'conflict', erased.seq)
    strictEqual(await anna.refold('base', erased, erased, null), true)
    await refused(anna, after(erased), 'conflict', erased.seq)
    await write(anna, after({ ...erased, refolds: 2 }))
  })
}

function snapshots({ test }: Suite): void {
  test('The latest snapshot at or before a seq with the same fold version is found, as it was put', async ({
    anna,
  }) => {
    const head = await write(anna, after(await write(anna, opening('one')), { bodies: ['2', '3', '4', '5'] }))
    for (const seq of [4, 2]) await anna.snapshots.put('one', snapshot(head, seq))
    await anna.snapshots.put('one', snapshot(head, 3, 2))
    deepStrictEqual(await anna.snapshots.latest('one', 4, 1), snapshot(head, 4))
    deepStrictEqual(await anna.snapshots.latest('one', 3, 1), snapshot(head, 2))
    deepStrictEqual(await anna.snapshots.latest('one', 99, 2), snapshot(head, 3, 2))
    strictEqual(await anna.snapshots.latest('one', 1, 1), null)
    strictEqual(await anna.snapshots.latest('one', 99, 3), null)
  })

  test('A snapshot put again replaces the one of the same seq and fold', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await anna.snapshots.put('one', snapshot(head, 1))
    await anna.snapshots.put('one', { ...snapshot(head, 1), cell: { ...cell, state: { a: 2 } } })
    deepStrictEqual((await anna.snapshots.latest('one', 1, 1))?.cell.state, { a: 2 })
  })

  test('Dropping takes the snapshots of one session only', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const other = await write(anna, opening('two'))
    await anna.snapshots.put('one', snapshot(head, 1))
    await anna.snapshots.put('two', snapshot(other, 1))
    await anna.snapshots.drop('one')
    strictEqual(await anna.snapshots.latest('one', 1, 1), null)
    strictEqual((await anna.snapshots.latest('two', 1, 1))?.seq, 1)
  })

  test('A snapshot for a session that is not there is let go', async ({ anna }) => {
    await anna.snapshots.put('one', snapshot(opening('one').head, 1))
    strictEqual(await anna.snapshots.latest('one', 1, 1), null)
    await write(anna, opening('one'))
    strictEqual(await anna.snapshots.latest('one', 1, 1), null)
  })
}

function refolds({ test }: Suite): void {
  test('A refold replaces head and cell where seq and hash are still these, without an entry', async ({
    anna,
    store,
  }) => {
    const head = await write(anna, opening('one', { cell }))
    const tip = await store.tip()
    const better: Head = { ...head, fold: 2, title: 'Refolded', tokens: 22 }
    const other = { state: { a: 2 }, metadata: { b: [] }, agentData: {} }
    strictEqual(await anna.refold('one', head, better, other), true)
    deepStrictEqual(await anna.head('one'), { ...better, refolds: 1 })
    deepStrictEqual(await anna.cell('one'), other)
    strictEqual(await store.tip(), tip)
    await write(anna, after({ ...better, refolds: 1 }))
  })

  test('A refold without a cell keeps the stored one', async ({ anna }) => {
    const head = await write(anna, opening('one', { cell }))
    strictEqual(await anna.refold('one', head, { ...head, fold: 2 }, null), true)
    deepStrictEqual(await anna.cell('one'), cell)
  })

  test('A refold on a seq or hash that moved on changes nothing', async ({ anna }) => {
    const old = await write(anna, opening('one'))
    const head = await write(anna, after(old))
    strictEqual(await anna.refold('one', old, { ...old, fold: 2 }, null), false)
    const elsewhere = digest('other')
    strictEqual(await anna.refold('one', { seq: 2, hash: elsewhere }, { ...head, hash: elsewhere }, null), false)
    strictEqual(await anna.refold('unknown', head, { ...head, session: 'unknown' }, null), false)
    deepStrictEqual(await anna.head('one'), head)
  })

  test('A refold keeps the place in the list and moves facets, due and readers', async ({
    anna,
    bob,
    store,
    clock,
  }) => {
    const head = await write(anna, opening('one'))
    await write(anna, opening('two'))
    const better: Head = { ...head, agent: 'coder', due: clock.now(), readers: ['user:bob'] }
    strictEqual(await anna.refold('one', head, better, null), true)
    deepStrictEqual(
      (await anna.list()).items.map((item) => item.session),
      ['two', 'one'],
    )
    const stored = { ...better, refolds: 1 }
    deepStrictEqual((await anna.list({ where: { agent: 'coder' } })).items, [stored])
    deepStrictEqual(
      (await store.due(9)).map((item) => item.session),
      ['one'],
    )
    deepStrictEqual((await bob.list()).items, [stored])
  })
}
