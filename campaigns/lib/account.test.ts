// The accounting of campaigns is itself tried: each planted disagreement between notes and store must be found.

import { deepStrictEqual, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSessions } from '../../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../../packages/daybook/src/store/sqlite.ts'
import { account } from './account.ts'
import { checkStore, tenant } from './check.ts'
import { performed } from './doors.ts'
import { Ledger } from './ledger.ts'
import { LibraryDoor } from './library-door.ts'
import type { Ack, Act, Op } from './ops.ts'

const acts: readonly Act[] = [
  { type: 'message', size: 40, ref: true },
  { type: 'batch', count: 3 },
  { type: 'run' },
  { type: 'message', size: 40, blob: 900 },
  { type: 'rewind', seq: 3 },
  { type: 'fork', seq: 4 },
  { type: 'message', size: 40 },
  { type: 'erase', seq: 2 },
  { type: 'trash' },
]

const opOf = (act: Act, index: number): Op => ({ marker: `op-1-1-${index + 1}`, session: 'one', act, key: `k${index}` })

/** A store in which everything was acknowledged, changed by `plant`; the problems that are found. */
async function problemsWith(plant: (ledger: Ledger, path: string) => void | Promise<void>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-account-'))
  const path = join(folder, 'daybook.db')
  try {
    const ledger = new Ledger()
    {
      await using store = sqliteStore({ path })
      await using engine = await openSessions({ store })
      const door = new LibraryDoor(engine.within({ tenant, subjects: ['local'] }))
      for (const op of acts.map(opOf)) {
        ledger.take({ t: 'intent', op })
        ledger.take({ t: 'acked', marker: op.marker, ack: await performed(door, op) })
      }
    }
    await plant(ledger, path)
    await using store = sqliteStore({ path })
    await store.open()
    const found = await checkStore(store)
    return [...found.problems, ...(await account(store, ledger, found))]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const sql =
  (text: string) =>
  (_: Ledger, path: string): void => {
    const db = new DatabaseSync(path)
    db.exec(text)
    db.close()
  }

const lost: Op = { marker: 'op-9-9-9', session: 'one', act: { type: 'note' } }
const ack: Ack = { session: 'one', first: 1, last: 99, replayed: false }

const plants: Readonly<Record<string, (ledger: Ledger, path: string) => void>> = {
  'an acknowledged write that is not there': (ledger) => {
    ledger.take({ t: 'intent', op: lost })
    ledger.take({ t: 'acked', marker: lost.marker, ack })
  },
  'a refused write that is there': (ledger) => {
    ledger.take({ t: 'refused', marker: 'op-1-1-7', code: 'trashed', message: '' })
  },
  'a refusal that nobody could cause': (ledger) => {
    ledger.take({ t: 'intent', op: lost })
    ledger.take({ t: 'refused', marker: lost.marker, code: 'not_found', message: 'not_found' })
  },
  'a write at another seq than was told': (ledger) => {
    ledger.take({ t: 'acked', marker: 'op-1-1-2', ack: { ...ack, first: 40, last: 42 } })
  },
  'a write that nobody sent': sql(`UPDATE entries SET body = replace(body, 'op-1-1-7', 'op-1-1-70')`),
  'a write that stands two times': sql(`UPDATE entries SET body = replace(body, 'op-1-1-7', 'op-1-1-2')`),
  'a move that was told and is not there': (ledger) => {
    ledger.take({ t: 'intent', op: { ...lost, act: { type: 'rewind', seq: 1 } } })
    ledger.take({ t: 'acked', marker: lost.marker, ack })
  },
  'an erased text that is there': sql(`UPDATE entries SET body = '{}' WHERE body IS NULL`),
  'a text that nobody erased and is gone': sql('UPDATE entries SET body = NULL WHERE seq = 4 AND sid = 1'),
  'a changed text': sql(`UPDATE entries SET body = replace(body, 'durable', 'durably') WHERE body LIKE '%op-1-1-7 %'`),
  'a hole in the log': sql('DELETE FROM entries WHERE seq = 5 AND sid = 1'),
  'a head that counts wrongly': sql(`UPDATE sessions SET head = json_set(head, '$.messages', 77) WHERE id = 'one'`),
  'a cell that is not its fold': sql(`UPDATE cells SET body = json_set(body, '$.state.x', 1)`),
  'a lost ref': sql('DELETE FROM refs'),
  'a lost blob': sql('DELETE FROM blobs'),
  'other bytes in a blob': sql('UPDATE blobs SET bytes = zeroblob(900)'),
  'a session in no list': sql('DELETE FROM listed'),
  'entries out of order in the feed': sql('UPDATE entries SET pos = pos + 1000 WHERE seq = 3 AND sid = 1'),
}

test('What was written and told agrees with the store', async () => {
  deepStrictEqual(await problemsWith(() => {}), [])
})

for (const [name, plant] of Object.entries(plants)) {
  test(`Found: ${name}`, async () => {
    ok((await problemsWith(plant)).length > 0)
  })
}
