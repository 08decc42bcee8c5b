// Rule 12: texts and values come back equal, and nothing a caller does afterwards reaches the store.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Cell, Head } from '../../schema/heads.ts'
import type { JsonObject } from '../../schema/json.ts'
import type { ScopedStore } from '../store.ts'
import { after, forking, opening } from './drafts.ts'
import { type Suite, wholeFeed, write } from './suite.ts'

const strange = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\ud83d',
  '😀👩‍👩‍👧',
  '\ufeff\ufffe\uffff',
  'e\u0301 é',
  '\u2028\u2029',
  "'; DROP TABLE entries; --",
  '"\\\n\r\t\b\f/',
  '\u202etxt',
  'مرحبا שלום 你好',
  '𝒳'.repeat(3000),
]

/** JSON texts as an engine may store them, to the character. */
const bodies = [
  ...strange.map((text) => JSON.stringify(text)),
  // Not as JSON.stringify would write them: raw NUL-free texts with their own spaces, escapes and numbers.
  '{"n":1E400,"m":-0,"i":9007199254740993,"f":0.1000000000000000055511151231257827}',
  '{ "spaced" : [ 1 , 2 ] }',
  '"\\u0041\\u00e9\\ud83d\\ude00"',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null}',
  '{"a":1,"a":2}',
  `{"":${'['.repeat(60)}1${']'.repeat(60)}}`,
]

function cellOf(): Cell {
  const state = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"":{"":[]},"toString":null}') as JsonObject
  const metadata = Object.fromEntries(strange.map((text, index) => [`${text} ${index}`, text]))
  return { state, metadata, agentData: { n: [1e308, 5e-324, -0.5, 2 ** 53 - 1, -(2 ** 53 - 1), 0.1, true, null] } }
}

export function texts(suite: Suite): void {
  roundTripsOfBodies(suite)
  roundTripsOfHeads(suite)
  isolation(suite)
}

function roundTripsOfBodies({ test }: Suite): void {
  test('Bodies come back to the character: NUL, lone surrogates, four-byte characters, numbers as written', async ({
    anna,
    store,
  }) => {
    const head = await write(anna, opening('one'))
    const append = after(head, { bodies })
    await write(anna, append)
    deepStrictEqual(await anna.read('one', { after: 1 }), append.entries)
    deepStrictEqual(
      (await wholeFeed(store)).slice(1).map((item) => item.entry),
      append.entries,
    )
  })

  test('A body that is raw text with NUL and lone surrogates comes back to the character', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    await write(anna, after(head, { bodies: strange.map((text) => `"${text}"`) }))
    deepStrictEqual(
      (await anna.read('one', { after: 1 })).map((entry) => entry.body),
      strange.map((text) => `"${text}"`),
    )
  })
}

function roundTripsOfHeads({ test }: Suite): void {
  test('Heads come back equal: strange names, and numbers to the last bit', async ({ anna }) => {
    let head = await write(anna, opening('one'))
    for (const text of strange) {
      const attention = [{ kind: 'question' as const, since: 1, summary: text, id: text }]
      const more: Partial<Head> = {
        name: text,
        title: text,
        attention,
        team: text,
        cost: 0.1 + 0.2,
        last: { text, at: 1, by: text },
      }
      head = await write(anna, after(head, { head: more }))
      deepStrictEqual(await anna.head('one'), head)
      deepStrictEqual((await anna.list()).items, [head])
    }
  })

  test('A facet with strange letters is found by exactly them', async ({ anna }) => {
    const values = strange.filter((text) => text !== '')
    for (const [index, team] of values.entries()) await write(anna, opening(`s${index}`, { head: { team } }))
    for (const [index, team] of values.entries()) {
      deepStrictEqual(
        (await anna.list({ where: { team } })).items.map((head) => head.session),
        [`s${index}`],
      )
    }
  })

  test('Cells come back equal: keys of prototypes are plain keys, numbers stay doubles', async ({ anna }) => {
    const cell = cellOf()
    const head = await write(anna, opening('one', { cell }))
    const found = await anna.cell('one')
    deepStrictEqual(found, cell)
    ok(found && Object.hasOwn(found.state, '__proto__'))
    strictEqual(({} as Record<string, unknown>).polluted, undefined)
    await anna.snapshots.put('one', { seq: 1, fold: 1, head, cell })
    deepStrictEqual((await anna.snapshots.latest('one', 1, 1))?.cell, cell)
  })

  test('Ids differ in case and marks', async ({ anna }) => {
    const ids = ['a', 'A', 'a.', 'a:', 'a_', 'a-', '.a', '-', 'a'.repeat(128)]
    for (const id of ids) await write(anna, opening(id))
    for (const id of ids) strictEqual((await anna.head(id))?.session, id)
    strictEqual((await anna.list()).total, ids.length)
  })
}

/** Tries to change a value in depth; a frozen one throws, which is as good as a copy. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    vandalise(inner)
    try {
      Object.assign(value, { [name]: 'vandalised' })
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.push('vandalised')
}

async function portrait(scope: ScopedStore): Promise<unknown> {
  return structuredClone([
    await scope.read('one'),
    await scope.head('one'),
    await scope.cell('one'),
    await scope.list(),
    await scope.refs('one'),
    await scope.receipts('one', ['k']),
    await scope.feed(null),
    await scope.forks('one'),
    await scope.marks.get('one', 'user:anna'),
    await scope.snapshots.latest('one', 9, 1),
  ])
}

function isolation({ test }: Suite): void {
  test('Nothing that a caller does to what it gave or got changes what is stored', async ({ anna }) => {
    const append = opening('one', {
      cell: { state: { list: [1, { deep: true }] }, metadata: { a: {} }, agentData: {} },
      head: { readers: ['user:x'], attention: [{ kind: 'question', since: 1, summary: 's' }] },
      refs: [{ type: 'run', value: 'r' }],
      key: { id: 'k', digest: 'd' },
    })
    const head = await write(anna, append)
    await write(anna, forking('fork', head, head))
    const mark = { version: 0, draft: 'd' }
    const snapshot = {
      seq: 1,
      fold: 1,
      head: structuredClone(head),
      cell: { state: { a: [] }, metadata: {}, agentData: {} },
    }
    await anna.marks.put('one', 'user:anna', mark)
    await anna.snapshots.put('one', snapshot)
    const before = await portrait(anna)
    vandalise([append, mark, snapshot])
    deepStrictEqual(await portrait(anna), before)
    vandalise([await anna.read('one'), await anna.head('one'), await anna.cell('one'), await anna.list()])
    vandalise([
      await anna.refs('one'),
      await anna.receipts('one', ['k']),
      await anna.feed(null),
      await anna.forks('one'),
    ])
    vandalise([await anna.marks.get('one', 'user:anna'), await anna.snapshots.latest('one', 9, 1)])
    deepStrictEqual(await portrait(anna), before)
  })

  test('A scope cannot be widened after it was given', async ({ store, anna }) => {
    await write(anna, opening('one'))
    const subjects: string[] = []
    const scope = store.within({ tenant: 'acme', subjects })
    subjects.push('user:anna')
    strictEqual(await scope.head('one'), null)
    vandalise(scope.scope)
    strictEqual(await scope.head('one'), null)
  })
}
