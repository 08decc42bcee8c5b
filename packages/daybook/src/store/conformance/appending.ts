// Rules 1 to 3: an append is whole or nothing, expects are exact and chain within a batch, refusals stay alone.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Head } from '../../schema/heads.ts'
import { type Hint, hintTopic } from '../bus.ts'
import type { Append, Outcome } from '../store.ts'
import { after, digest, key, opening } from './drafts.ts'
import { anna, fails, range, refused, type Suite, seqs, tenant, until, wholeFeed, write } from './suite.ts'

export function appending(suite: Suite): void {
  whole(suite)
  refusals(suite)
  hinting(suite)
  expects(suite)
  chains(suite)
  batches(suite)
  forms(suite)
}

function whole({ test }: Suite): void {
  test('An opening takes seq 1, a following append the next seqs without a hole', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    strictEqual(head.seq, 1)
    await write(anna, after(head, { bodies: ['1', '2', '3'] }))
    deepStrictEqual(seqs(await anna.read('one')), [1, 2, 3, 4])
  })

  test('Entries come back field by field as they were stored', async ({ anna }) => {
    const append = after(await write(anna, opening('one')), { kinds: ['run.started', 'message'] })
    const entries = append.entries.map((entry, index) => ({
      ...entry,
      v: 3,
      run: `run_${index}`,
      cause: 1,
      actor: 'agent:coder',
    }))
    await write(anna, { ...append, entries })
    deepStrictEqual(await anna.read('one', { after: 1 }), entries)
  })

  test('Head and cell are those of the last append; an append without a cell leaves it', async ({ anna }) => {
    const cell = { state: { step: 1 }, metadata: { tags: ['x'] }, agentData: {} }
    const first = await write(anna, opening('one', { head: { name: 'First', tokens: 12, cost: 0.1 }, cell }))
    deepStrictEqual(await anna.head('one'), first)
    deepStrictEqual(await anna.cell('one'), cell)
    const second = await write(anna, after(first, { head: { name: null, title: 'Second' } }))
    deepStrictEqual(await anna.head('one'), second)
    deepStrictEqual(await anna.cell('one'), cell)
  })

  test('An append of 1,500 entries is stored whole', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const big = after(head, { bodies: range(1500).map((n) => `{"text":"${'x'.repeat(n)}"}`) })
    await write(anna, big)
    const stored = [...(await anna.read('one', { after: 1 })), ...(await anna.read('one', { after: 1001 }))]
    deepStrictEqual(stored, big.entries)
  })
}

function refusals({ test }: Suite): void {
  test('A refused append leaves nothing behind: entry, head, cell, key, ref, list place, feed', async ({
    anna,
    store,
  }) => {
    const first = await write(anna, opening('one', { cell: { state: { a: 1 }, metadata: {}, agentData: {} } }))
    await write(anna, opening('two'))
    const tip = await store.tip()
    const bad = after(first, {
      cell: { state: { a: 2 }, metadata: {}, agentData: {} },
      key: key('k'),
      refs: [{ type: 'run', value: 'r1' }],
      blobs: [digest('never stored')],
      head: { name: 'Never', due: 1 },
    })
    await refused(anna, bad, 'blob_missing', 1)
    deepStrictEqual(seqs(await anna.read('one')), [1])
    deepStrictEqual(await anna.head('one'), first)
    deepStrictEqual((await anna.cell('one'))?.state, { a: 1 })
    deepStrictEqual(await anna.receipts('one', ['k']), [null])
    strictEqual(await anna.locate({ type: 'run', value: 'r1' }), null)
    deepStrictEqual(await anna.refs('one'), [])
    deepStrictEqual(
      (await anna.list()).items.map((head) => head.session),
      ['two', 'one'],
    )
    deepStrictEqual(await wholeFeed(store, tip), [])
    deepStrictEqual(await store.due(10), [])
  })

  test('A refused opening leaves no session behind', async ({ anna, all }) => {
    await refused(anna, opening('one', { blobs: [digest('never stored')] }), 'blob_missing', 0)
    strictEqual(await all.head('one'), null)
    strictEqual((await anna.list()).total, 0)
    await write(anna, opening('one'))
  })
}

function hinting({ test }: Suite): void {
  test('The store hints each session it wrote to, after the commit, with its seq', async ({ anna, store }) => {
    const hints: Hint[] = []
    const stop = store.bus.subscribe(hintTopic, (message) => hints.push(message as Hint))
    const head = await write(anna, opening('one'))
    await anna.append([after(head), after(after(head).head)])
    await refused(anna, after(head), 'conflict')
    await until(() => hints.some((hint) => hint.seq === 3))
    stop()
    await write(anna, opening('two'))
    ok(hints.every((hint) => hint.tenant === tenant && hint.session === 'one'))
    // One batch may be written in several commits, each with a hint of its own.
    const told = hints.map((hint) => hint.seq)
    deepStrictEqual([told[0], told.at(-1)], [1, 3])
    deepStrictEqual(told, [...new Set(told)].sort())
  })
}

function expects({ test }: Suite): void {
  test('A stale expect is a conflict that tells the true seq and writes nothing', async ({ anna }) => {
    const old = await write(anna, opening('one'))
    const head = await write(anna, after(old))
    await refused(anna, after(old, { bodies: ['"late"'] }), 'conflict', 2)
    deepStrictEqual(await anna.head('one'), head)
  })

  test('An expect beyond the end is a conflict', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await refused(anna, after({ ...head, seq: 5 }), 'conflict', 1)
  })

  test('The right seq on another chain is a conflict', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await refused(anna, after({ ...head, hash: digest('other') }), 'conflict', 1)
  })

  test('Opening an id in use is exists; writing to an unknown one is not_found', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await write(anna, after(head))
    await refused(anna, opening('one'), 'exists', 2)
    await refused(anna, after({ ...head, session: 'two' }), 'not_found', 0)
  })

  test('Of 64 appends for the same seq at once exactly one is accepted', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const rivals = range(64).map((n) => after(head, { bodies: [`${n}`] }))
    const outcomes = (await Promise.all(rivals.map((append) => anna.append([append])))).flat()
    const winners = outcomes.flatMap((outcome, index) => (outcome.ok ? [index] : []))
    strictEqual(winners.length, 1)
    const lost = outcomes.filter((outcome) => !outcome.ok)
    ok(lost.every((outcome) => outcome.code === 'conflict' && outcome.seq === 2))
    deepStrictEqual((await anna.read('one', { after: 1 }))[0], rivals[winners[0] ?? -1]?.entries[0])
  })
}

function chains({ test }: Suite): void {
  test('Expects chain within one batch: 64 appends to one session in one call', async ({ anna }) => {
    let head = await write(anna, opening('one'))
    const batch: Append[] = []
    for (const n of range(64)) {
      const append = after(head, { bodies: [`${n}`, `-${n}`] })
      batch.push(append)
      head = append.head
    }
    const outcomes = await anna.append(batch)
    const expected = range(64).map((n) => ({ ok: true, first: 2 * n, last: 2 * n + 1, replayed: false }))
    deepStrictEqual(outcomes, expected)
    deepStrictEqual(
      await anna.read('one', { after: 1 }),
      batch.flatMap((append) => append.entries),
    )
    deepStrictEqual(await anna.head('one'), head)
  })

  test('A session that is opened and written to in one batch is found by its id, its tail, its labels and in lists', async ({
    anna,
    store,
  }) => {
    const open = opening('ses_01ABCD', { head: { name: 'Opened', team: 'red' } })
    const more = after(open.head, { head: { team: 'blue', due: 1 }, key: key('k') })
    const last = after(more.head, { refs: [{ type: 'run', value: 'r' }] })
    deepStrictEqual(verdicts(await anna.append([open, more, last])), ['1-1', '2-2', '3-3'])
    deepStrictEqual(await anna.head('ses_01ABCD'), last.head)
    for (const query of [{}, { tail: 'abcd' }, { where: { team: 'blue' } }, { text: 'opened' }]) {
      deepStrictEqual((await anna.list(query)).items, [last.head], JSON.stringify(query))
    }
    deepStrictEqual((await anna.list({ where: { team: 'red' } })).items, [])
    strictEqual((await store.due(9)).length, 1)
    strictEqual((await anna.receipts('ses_01ABCD', ['k']))[0]?.first, 2)
    strictEqual(await anna.locate({ type: 'run', value: 'r' }), 'ses_01ABCD')
    deepStrictEqual(await store.admin.check(), [])
  })

  test('Batches sent without waiting chain as well', async ({ anna }) => {
    let head = await write(anna, opening('one'))
    const sent: Promise<readonly Outcome[]>[] = []
    for (const n of range(100)) {
      const append = after(head, { bodies: [`${n}`] })
      sent.push(anna.append([append]))
      head = append.head
    }
    ok((await Promise.all(sent)).flat().every((outcome) => outcome.ok))
    deepStrictEqual(await anna.head('one'), head)
  })
}

function batches({ test }: Suite): void {
  test('A refusal in the middle of a batch does not touch the appends to other sessions', async ({ anna }) => {
    const [one, two] = [await write(anna, opening('one')), await write(anna, opening('two'))]
    const outcomes = await anna.append([
      after(one, { bodies: ['"a"'] }),
      after(two, { blobs: [digest('never stored')] }),
      opening('three'),
      opening('one'),
      after({ ...two, session: 'nowhere' }),
      after(after(one, { bodies: ['"a"'] }).head),
    ])
    deepStrictEqual(verdicts(outcomes), ['2-2', 'blob_missing 1', '1-1', 'exists 2', 'not_found 0', '3-3'])
    deepStrictEqual(await seqsOf(anna, ['one', 'two', 'three']), [3, 1, 1])
  })

  test('What was folded behind a refused append conflicts; what fits the true head is accepted', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const first = after(head, { bodies: ['"first"'] })
    const bad = after(first.head, { bodies: ['"bad"'], blobs: [digest('never stored')] })
    const behind = after(bad.head, { bodies: ['"behind"'] })
    const farBehind = after(behind.head, { bodies: ['"far behind"'] })
    const again = after(first.head, { bodies: ['"again"'] })
    const outcomes = await anna.append([first, bad, behind, farBehind, again])
    deepStrictEqual(verdicts(outcomes), ['2-2', 'blob_missing 2', 'conflict 2', 'conflict 2', '3-3'])
    deepStrictEqual(
      (await anna.read('one', { after: 1 })).map((entry) => entry.body),
      ['"first"', '"again"'],
    )
    deepStrictEqual(await anna.head('one'), again.head)
  })

  test('A second append for the same seq in one batch conflicts', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const outcomes = await anna.append([after(head, { bodies: ['1'] }), after(head, { bodies: ['2'] })])
    deepStrictEqual(verdicts(outcomes), ['2-2', 'conflict 2'])
    deepStrictEqual(
      (await anna.read('one', { after: 1 })).map((entry) => entry.body),
      ['1'],
    )
  })

  test('An empty batch has no outcomes', async ({ anna }) => {
    deepStrictEqual(await anna.append([]), [])
  })
}

function forms({ test }: Suite): void {
  test('An append that contradicts itself is invalid and writes nothing', async ({ anna, all }) => {
    const head = await write(anna, opening('one'))
    const good = after(head, { bodies: ['1', '2'] })
    const [first, second] = good.entries
    ok(first && second)
    const broken: Append[] = [
      { ...good, entries: [] },
      { ...good, entries: [first] },
      { ...good, entries: [first, { ...second, seq: 4 }], head: { ...good.head, seq: 4 } },
      { ...good, entries: [second, first] },
      { ...good, head: { ...good.head, hash: digest('other') } },
      { ...good, head: { ...good.head, session: 'two' } },
      { ...good, head: { ...good.head, place: 'deleted' } },
      { ...good, base: { session: 'one', seq: 1 } },
      { ...good, erase: [2] },
      { ...good, erase: [0] },
    ]
    for (const append of broken) await refused(anna, append, 'invalid', 1)
    const strange = opening('x').entries.map((entry) => ({ ...entry, seq: 2 }))
    const nowhere: Append[] = [
      opening('no spaces'),
      opening(''),
      opening('..'),
      opening('x'.repeat(129)),
      { ...opening('new'), entries: strange, head: { ...opening('new').head, seq: 2 } },
    ]
    for (const append of nowhere) await refused(anna, append, 'invalid', 0)
    deepStrictEqual(await anna.head('one'), head)
    strictEqual((await all.list()).total, 1)
  })

  test('Page sizes below 1 and fractions are invalid, those above 1,000 are read as 1,000', async ({ anna, store }) => {
    const head = await write(anna, opening('one'))
    await write(anna, after(head, { bodies: range(1200).map(String) }))
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await fails(() => anna.read('one', { limit }), 'invalid')
      await fails(() => anna.list({ limit }), 'invalid')
      await fails(() => anna.feed(null, limit), 'invalid')
      await fails(() => store.feed(null, limit), 'invalid')
    }
    strictEqual((await anna.read('one', { limit: 1100 })).length, 1000)
    strictEqual((await anna.read('one')).length, 1000)
    strictEqual((await store.feed(null, 1100)).items.length, 1000)
  })

  test('A scope names at most 16 subjects', async ({ store }) => {
    const subjects = range(17).map((n) => `user:${n}`)
    await fails(async () => store.within({ tenant, subjects }), 'invalid')
    const scope = store.within({ tenant, subjects: [...subjects.slice(2), anna] })
    await write(scope, opening('one'))
  })
}

function verdicts(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => (outcome.ok ? `${outcome.first}-${outcome.last}` : `${outcome.code} ${outcome.seq}`))
}

async function seqsOf(scope: { head(session: string): Promise<Head | null> }, sessions: string[]): Promise<unknown[]> {
  return Promise.all(sessions.map(async (session) => (await scope.head(session))?.seq))
}
