// Reading one session's log: bounds, order, limits and kinds.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { Range, ScopedStore } from '../store.ts'
import { after, opening } from './drafts.ts'
import { range, type Suite, seqs, wholeFeed, write } from './suite.ts'

/** What a range selects from a whole log, by the plainest means. */
function select(log: readonly StoredEntry[], wanted: Range): readonly StoredEntry[] {
  const chosen = log.filter(
    (entry) =>
      entry.seq > (wanted.after ?? 0) &&
      entry.seq <= (wanted.until ?? Infinity) &&
      (wanted.kinds?.includes(entry.kind) ?? true),
  )
  return (wanted.order === 'desc' ? chosen.reverse() : chosen).slice(0, wanted.limit ?? 1000)
}

const kindSets: readonly (readonly Kind[] | undefined)[] = [
  undefined,
  ['note'],
  ['message'],
  ['note', 'session.opened'],
  ['message', 'note'],
  ['handoff'],
  [],
]

/** Reads with every combination of bounds, order, limit and kinds and compares with {@link select}. */
export async function readsEveryRange(
  scope: ScopedStore,
  session: string,
  log: readonly StoredEntry[],
  bounds: readonly number[],
): Promise<void> {
  for (const from of [undefined, ...bounds]) {
    for (const until of [undefined, ...bounds]) {
      for (const order of ['asc', 'desc'] as const) {
        for (const limit of [undefined, 1, 3]) {
          for (const kinds of kindSets) {
            const wanted: Range = {
              order,
              ...(from === undefined ? {} : { after: from }),
              ...(until === undefined ? {} : { until }),
              ...(limit === undefined ? {} : { limit }),
              ...(kinds ? { kinds } : {}),
            }
            const expected = select(log, wanted)
            deepStrictEqual(await scope.read(session, wanted), expected, JSON.stringify(wanted))
          }
        }
      }
    }
  }
}

export function reading(suite: Suite): void {
  selecting(suite)
  large(suite)
}

function selecting({ test }: Suite): void {
  test('Every combination of after, until, order, limit and kinds selects what it says', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const append = after(head, {
      kinds: ['message', 'note', 'message', 'message', 'note', 'run.started', 'message', 'note'],
    })
    await write(anna, append)
    const log = await anna.read('one')
    deepStrictEqual(seqs(log), range(9))
    await readsEveryRange(anna, 'one', log, [0, 1, 4, 8, 9, 20])
  })

  test('The last 50 of 5,000 entries come newest first, and pages join without a gap', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await write(anna, after(head, { bodies: range(4999).map(String) }))
    deepStrictEqual(seqs(await anna.read('one', { order: 'desc', limit: 50 })), range(5000).slice(-50).reverse())
    const found: number[] = []
    for (let last = 0; ; ) {
      const page = seqs(await anna.read('one', { after: last, limit: 777 }))
      if (page.length === 0) break
      found.push(...page)
      last = page.at(-1) ?? last
    }
    deepStrictEqual(found, range(5000))
  })

  test('Rare kinds are found among many messages', async ({ anna }) => {
    let head = await write(anna, opening('one'))
    for (const _ of range(5)) {
      head = await write(anna, after(head, { bodies: range(400).map(String) }))
      head = await write(anna, after(head, { kinds: ['handoff'] }))
    }
    const kinds = ['handoff'] as const
    deepStrictEqual(seqs(await anna.read('one', { kinds })), [402, 803, 1204, 1605, 2006])
    deepStrictEqual(seqs(await anna.read('one', { kinds, order: 'desc', limit: 2 })), [2006, 1605])
    deepStrictEqual(seqs(await anna.read('one', { kinds, after: 402, until: 1604 })), [803, 1204])
  })

  test('An unknown session has no entries, head or cell', async ({ anna }) => {
    deepStrictEqual(await anna.read('unknown'), [])
    strictEqual(await anna.head('unknown'), null)
    strictEqual(await anna.cell('unknown'), null)
    deepStrictEqual(await anna.refs('unknown'), [])
    deepStrictEqual(await anna.forks('unknown'), [])
  })

  test('The cell of a session that never wrote one is empty', async ({ anna }) => {
    await write(anna, opening('one'))
    deepStrictEqual(await anna.cell('one'), { state: {}, metadata: {}, agentData: {} })
  })
}

function large({ test }: Suite): void {
  test('A page has what was asked for however large the entries are, and the feed comes to its end', async ({
    anna,
    store,
  }) => {
    let head = await write(anna, opening('one'))
    const text = 'x'.repeat(1024 * 1024 - 16)
    for (const n of range(9)) head = await write(anna, after(head, { bodies: [`"${n} ${text}"`] }))
    for (const order of ['asc', 'desc'] as const) {
      const entries = await anna.read('one', { order })
      deepStrictEqual(seqs(entries), order === 'asc' ? range(10) : range(10).reverse())
      ok(entries.every(({ seq, body }) => seq === 1 || body === `"${seq - 1} ${text}"`))
    }
    deepStrictEqual(seqs((await wholeFeed(store)).map(({ entry }) => entry)), range(10))
  })
}
