// Operations cross to the writer's thread whole, with one head per session where that is enough.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { after, forking, key, opening } from '../conformance/drafts.ts'
import { sqliteStore } from '../sqlite.ts'
import type { Append } from '../store.ts'
import type { AppendOp, Asker } from './ops.ts'
import { pack, unpackGroup } from './pack.ts'
import { appendOp } from './shape.ts'
import { inFolder } from './store.fixture.ts'

const asker: Asker = { tenant: 'acme', subjects: 'all' }
const odd = 'NUL \u0000 and a lone surrogate \ud800'
const first = opening('one', { key: key('k'), cell: { state: { odd }, metadata: {}, agentData: {} }, blobs: ['h'] })
const second = after(first.head, {
  bodies: [JSON.stringify(odd), '2'],
  refs: [{ type: 'run', value: odd }],
  fence: 0,
  release: true,
  erase: [1],
})
const [opened] = first.entries
const fork = forking('two', first.head, { seq: 1, hash: opened?.hash ?? '' }, { acquire: { holder: odd, ttl: 1 } })

function sentOver(group: readonly Append[], whole: boolean): readonly AppendOp[] {
  const ops = group.map((append) => appendOp(asker, append))
  return unpackGroup(structuredClone(pack(ops, whole))) as readonly AppendOp[]
}

test('Every field of an append arrives', () => {
  for (const append of [first, second, fork]) {
    const [arrived] = sentOver([append], true)
    const { head, cell, entries, ...rest } = arrived?.append ?? {}
    deepStrictEqual(JSON.parse(String(head)), append.head)
    deepStrictEqual(cell === undefined ? undefined : JSON.parse(String(cell)), append.cell)
    deepStrictEqual(JSON.stringify(entries), JSON.stringify(append.entries))
    const { head: _head, cell: _cell, entries: _entries, ...asked } = append
    deepStrictEqual(rest, asked)
  }
})

test('Of several appends to one session only the last brings its head, unless all are asked for', () => {
  const group = [first, fork, second]
  deepStrictEqual(
    sentOver(group, false).map(({ append }) => append.head !== null),
    [false, true, true],
  )
  deepStrictEqual(
    sentOver(group, true).map(({ append }) => append.head !== null),
    [true, true, true],
  )
})

test('Where the last append of a group is refused, the head of the one before it is stored', () =>
  inFolder(async (folder) => {
    await using store = sqliteStore({ path: join(folder, 'daybook.db'), worker: true })
    await store.open()
    const scope = store.within(asker)
    const next = after(opening('one').head)
    const outcomes = await scope.append([opening('one'), next, { ...after(next.head), prev: 'wrong' }])
    deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.last : outcome.code)),
      [1, 2, 'conflict'],
    )
    deepStrictEqual(await scope.head('one'), next.head)
    const lease = scope.acquire('two', 'me', 1000)
    const both = await Promise.all([scope.append([opening('two'), after(opening('two').head)]), lease])
    strictEqual(
      both[0].every((outcome) => outcome.ok),
      true,
    )
    deepStrictEqual(await store.admin.check(), [])
  }))
