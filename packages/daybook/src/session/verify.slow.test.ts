// Verification of real SQLite files: every planted damage is found where it is, and what can be repaired is.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { openSessions } from './sessions.ts'
import { type Plan, plantedStore } from './testing.fixture.ts'
import type { FindingKind, VerifyReport } from './verify/contract.ts'
import { repairStore, verifyStore } from './verify.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] } as const
const message = (content: string, blob?: string) =>
  ({
    kind: 'message',
    data: {
      role: 'user',
      content,
      usage: { total_tokens: 3 },
      ...(blob === undefined ? {} : { parts: [{ type: 'file' as const, blob }] }),
    },
  }) as const

async function inFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-verify-'))
  try {
    await body(join(folder, 'daybook.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function withStore<T>(path: string, body: (store: Store) => Promise<T>): Promise<T> {
  const store = sqliteStore({ path })
  await store.open()
  try {
    return await body(store)
  } finally {
    await store.close()
  }
}

/** Session `a` of 12 entries with state, a blob and an erasure, its fork `b` at 8, a fork `c` of that, another `other` and its fork `d`. */
async function fill(path: string): Promise<void> {
  await withStore(path, async (store) => {
    const engine = await openSessions({ store })
    const sessions = engine.within(scope)
    const blob = await sessions.blobs.put(new TextEncoder().encode('a picture'))
    const a = await sessions.open({ id: 'a', state: { step: 1 }, metadata: { color: 'blue' } })
    for (let index = 2; index <= 8; index += 1) await a.append(message(`m${index}`, index === 5 ? blob : undefined))
    const b = await a.fork({ at: 8, id: 'b' })
    await b.append(message('on the fork'))
    await (await b.fork({ id: 'c' })).append(message('further'))
    await a.erase([3])
    await a.rewind(6)
    await a.update({ state: { step: 2 } })
    await a.append(message('last'))
    const other = await sessions.open({ id: 'other' })
    await other.append([message('x'), message('y')])
    await other.fork({ id: 'd' })
    await engine.close()
  })
}

const sid = (id: string) => `(SELECT sid FROM sessions WHERE id = '${id}')`

function plant(path: string, sql: string): void {
  const file = new DatabaseSync(path)
  file.exec(sql)
  file.close()
}

const where = (report: VerifyReport) => report.findings.map(({ what, session, seq }) => `${what} ${session} ${seq}`)

interface Damage {
  readonly name: string
  readonly sql: string
  /** All findings, in any order. */
  readonly finds: readonly string[]
  readonly repaired: boolean
}

const head = (id: string, field: string, value: string) =>
  `UPDATE sessions SET head = json_set(head, '$.${field}', ${value}) WHERE id = '${id}'`
const entry = (set: string, id: string, seq: number) =>
  `UPDATE entries SET ${set} WHERE sid = ${sid(id)} AND seq = ${seq}`

const damages: readonly Damage[] = [
  {
    name: 'one byte of a body',
    sql: entry(`body = replace(body, 'm4', 'm5')`, 'a', 4),
    finds: ['data_hash a 4'],
    repaired: false,
  },
  {
    name: 'one byte of a hash',
    sql: entry(`hash = 'X' || substr(hash, 2)`, 'a', 4),
    finds: ['link a 4'],
    repaired: false,
  },
  {
    name: 'the hash of the last entry',
    sql: entry(`hash = 'X' || substr(hash, 2)`, 'a', 12),
    finds: ['link a 12', 'index null null'],
    repaired: false,
  },
  { name: 'a time', sql: entry('at = at + 1', 'a', 7), finds: ['link a 7'], repaired: false },
  { name: 'an actor', sql: entry(`actor = 'user:eve'`, 'b', 10), finds: ['link b 10'], repaired: false },
  { name: 'a kind', sql: entry('kind = 3', 'a', 7), finds: ['link a 7'], repaired: false },
  { name: 'a kind that nobody knows', sql: entry('kind = 9', 'a', 7), finds: ['unknown_kind a 7'], repaired: false },
  {
    name: 'an entry that is deleted',
    sql: `DELETE FROM entries WHERE sid = ${sid('a')} AND seq = 7`,
    finds: ['missing a 7', 'counter null null'],
    repaired: false,
  },
  {
    name: 'the last entry deleted',
    sql: `DELETE FROM entries WHERE sid = ${sid('other')} AND seq = 3`,
    finds: ['missing other 3', 'counter null null', 'index null null'],
    repaired: false,
  },
  { name: 'a seq that is moved', sql: entry('seq = 99', 'a', 7), finds: ['missing a 7'], repaired: false },
  {
    name: 'data that is emptied',
    sql: entry('body = NULL', 'other', 2),
    finds: ['emptied other 2'],
    repaired: false,
  },
  { name: 'a count of a head', sql: head('a', 'messages', '99'), finds: ['head a 12'], repaired: true },
  { name: 'the seq of a head', sql: head('a', 'seq', '7'), finds: ['head a 12'], repaired: true },
  { name: 'the hash of a head', sql: head('a', 'hash', `'nonsense'`), finds: ['head a 12'], repaired: true },
  {
    name: 'a head that is no JSON',
    sql: `UPDATE sessions SET head = '{"seq' WHERE id = 'other'`,
    finds: ['head other 3'],
    repaired: true,
  },
  {
    name: 'the place of a head',
    sql: head('other', 'place', `'archived'`),
    finds: ['head other 3', 'index null null'],
    repaired: true,
  },
  {
    name: 'the place of a row',
    sql: `UPDATE sessions SET place = 1 WHERE id = 'other'`,
    finds: ['index null null', 'index null null', 'index null null'],
    repaired: true,
  },
  {
    name: 'the seq of a row',
    sql: `UPDATE sessions SET seq = 15 WHERE id = 'a'`,
    finds: ['index null null'],
    repaired: true,
  },
  { name: 'a head of an older fold', sql: head('a', 'fold', '0'), finds: ['stale a 12'], repaired: true },
  {
    name: 'a cell',
    sql: `UPDATE cells SET body = json_set(body, '$.state.step', 7) WHERE sid = ${sid('a')}`,
    finds: ['cell a 12'],
    repaired: true,
  },
  {
    name: 'a cached fold',
    sql: `UPDATE snapshots SET head = json_set(head, '$.messages', 50) WHERE sid = ${sid('d')}`,
    finds: ['snapshot d 4'],
    repaired: true,
  },
  { name: 'a counter', sql: 'UPDATE lists SET n = n + 1', finds: ['counter null null'], repaired: true },
  { name: 'a list', sql: 'DELETE FROM listed', finds: ['index null null', 'counter null null'], repaired: true },
  {
    name: 'the base of a fork',
    sql: `UPDATE sessions SET base = ${sid('other')} WHERE id = 'b'`,
    finds: ['fork b 9'],
    repaired: false,
  },
  {
    name: 'the base seq of a fork',
    sql: `UPDATE sessions SET base_seq = 7 WHERE id = 'b'`,
    finds: ['fork b 9'],
    repaired: false,
  },
  {
    name: 'a fork that lost its base',
    sql: `UPDATE sessions SET base = NULL, base_seq = 0 WHERE id = 'b'`,
    finds: ['fork b 9'],
    repaired: false,
  },
  {
    name: 'the bytes of a blob',
    sql: `UPDATE blobs SET bytes = CAST('b picture' AS BLOB)`,
    finds: ['blob a 5'],
    repaired: false,
  },
  { name: 'a blob that is gone', sql: 'DELETE FROM blobs', finds: ['blob a 5'], repaired: false },
]

describe('[B9] verification', () => {
  for (const { name, sql, finds, repaired } of damages) {
    test(`finds and places damage: ${name}`, async () => {
      await inFile(async (path) => {
        await fill(path)
        assert.deepEqual(await withStore(path, verifyStore).then(where), [])
        plant(path, sql)
        const report = await withStore(path, verifyStore)
        assert.deepEqual(where(report).sort(), [...finds].sort(), JSON.stringify(report.findings, null, 1))
        const repair = await withStore(path, (store) => repairStore(store))
        assert.equal(repair.after.findings.length === 0, repaired, JSON.stringify(repair.after.findings, null, 1))
        if (repaired) assert.equal(repair.repaired.length, new Set(report.findings).size)
      })
    })
  }

  test('only what is stale leaves the store healthy', async () => {
    await inFile(async (path) => {
      await fill(path)
      plant(path, head('a', 'fold', '0'))
      const report = await withStore(path, verifyStore)
      assert.deepEqual([report.healthy, report.findings[0]?.severity], [true, 'stale' as const])
    })
  })

  test('counts what it has read and tells its progress', async () => {
    await inFile(async (path) => {
      await fill(path)
      const seen: number[] = []
      const report = await withStore(path, (store) =>
        verifyStore(store, { onProgress: ({ entries }) => void seen.push(entries) }),
      )
      assert.deepEqual([report.sessions, report.blobs, report.entries], [5, 1, 12 + 2 + 2 + 3 + 1])
      assert.equal(seen.at(-1), report.entries)
      const ended = withStore(path, (store) => verifyStore(store, { signal: AbortSignal.abort(new Error('enough')) }))
      await assert.rejects(ended, { message: 'enough' })
    })
  })
})

describe('[B9] a damaged session', () => {
  const kinds: readonly [string, string, FindingKind][] = [
    ['whose last entry is gone', `DELETE FROM entries WHERE sid = ${sid('other')} AND seq = 3`, 'missing'],
    ['whose head has another hash', head('other', 'hash', `'nonsense'`), 'head'],
    ['whose head is no JSON', `UPDATE sessions SET head = '{"seq' WHERE id = 'other'`, 'head'],
    [
      'whose row has another hash, with a head of an older fold',
      `UPDATE sessions SET hash = 'nonsense', head = json_set(head, '$.fold', 0) WHERE id = 'other'`,
      'index',
    ],
    ['whose last entry was changed', entry('at = at + 1', 'other', 3), 'link'],
  ]
  for (const [name, sql, what] of kinds) {
    test(`${name} is read-only: an append is refused as damaged`, async () => {
      await inFile(async (path) => {
        await fill(path)
        plant(path, sql)
        await withStore(path, async (store) => {
          const engine = await openSessions({ store })
          const sessions = engine.within(scope)
          const refused = sessions.session('other').append(message('more'))
          await assert.rejects(refused, (error) => isDaybookError(error) && error.code === 'damaged')
          // Its entries can be read: each says for itself whether it is whole.
          assert.equal((await sessions.session('other').stored({ limit: 1 })).length, 1)
          await sessions.session('a').append(message('goes on'))
          await engine.close()
        })
        assert.ok((await withStore(path, verifyStore)).findings.some((finding) => finding.what === what))
      })
    })
  }
})

test('a session that is repaired while it is looked at is not called damaged', async () => {
  await inFile(async (path) => {
    await fill(path)
    plant(path, head('other', 'hash', `'nonsense'`))
    await withStore(path, async (store) => {
      const plan: Plan = {
        async read(next) {
          delete plan.read
          await repairStore(store)
          return next()
        },
      }
      const engine = await openSessions({ store: plantedStore(store, plan) })
      assert.equal((await engine.within(scope).session('other').append(message('more'))).first, 4)
      assert.equal(plan.read, undefined)
      await engine.close()
    })
  })
})

test('repair folds forks of a stale base from what it has just folded, and leaves chains as they are', async () => {
  await inFile(async (path) => {
    await fill(path)
    plant(path, `UPDATE sessions SET head = json_set(head, '$.fold', 0, '$.messages', 77)`)
    plant(path, entry('at = at + 1', 'other', 2))
    const { repaired, after } = await withStore(path, (store) => repairStore(store))
    assert.deepEqual(repaired.map(({ what, session }) => `${what} ${session}`).sort(), [
      'stale a',
      'stale b',
      'stale c',
    ])
    assert.deepEqual(where(after), ['link other 2'])
    await withStore(path, async (store) => {
      const whole = store.within({ tenant: 'acme', subjects: 'all' })
      assert.deepEqual([(await whole.head('b'))?.fold, (await whole.head('b'))?.messages], [1, 7])
      assert.equal((await whole.head('other'))?.messages, 77)
    })
  })
})
