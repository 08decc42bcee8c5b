// Many entries to a statement: positions are those of the entries, and a known key in their midst holds up nobody.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { after, key, opening } from '../conformance/drafts.ts'
import { range, tenant, write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'
import type { Append, Outcome, ScopedStore } from '../store.ts'
import { inFolder } from './store.fixture.ts'

/** What the file says after `work`: sessions whose position is not that of their last entry, and rows of lists likewise. */
async function strayed(folder: string, work: (scope: ScopedStore) => Promise<void>): Promise<readonly unknown[]> {
  const path = join(folder, 'daybook.db')
  await using store = sqliteStore({ path })
  await store.open()
  await work(store.within({ tenant, subjects: 'all' }))
  await store.close()
  const db = new DatabaseSync(path, { readOnly: true })
  const sessions = db.prepare(`SELECT id FROM sessions LEFT JOIN entries USING (sid, seq) WHERE pos IS NOT last_pos`)
  const lists = db.prepare('SELECT id FROM listed JOIN sessions USING (sid) WHERE listed.last_pos <> sessions.last_pos')
  const found = [...sessions.all(), ...lists.all()]
  db.close()
  return found
}

/** Appends of one to five entries, one session each, so that statements end in the midst of an append. */
const openings = (count: number): Append[] =>
  range(count).map((n) => opening(`s${n}`, { kinds: ['session.opened', ...range(n % 5).map(() => 'note' as const)] }))

function accepted({ entries }: Append): Outcome {
  return { ok: true, first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? 0, replayed: false }
}

test('Each session stands at the position of its last entry, however many share a commit', () =>
  inFolder(async (folder) => {
    const batch = openings(50)
    const found = await strayed(folder, async (scope) => {
      deepStrictEqual(await scope.append(batch), batch.map(accepted))
      const next = batch.map(({ head }) => after(head))
      deepStrictEqual(await scope.append(next), next.map(accepted))
    })
    deepStrictEqual(found, [])
  }))

test('A known key among appends that share a commit gets its receipt, and its neighbours are written once', () =>
  inFolder(async (folder) => {
    const batch = openings(50)
    const found = await strayed(folder, async (scope) => {
      const first = await write(scope, opening('known', { key: key('k') }))
      const repeat = after(first, { key: key('k') })
      const all = [...batch.slice(0, 20), repeat, ...batch.slice(20)]
      const told: Outcome[] = batch.map(accepted)
      told.splice(20, 0, { ok: true, first: 1, last: 1, replayed: true })
      deepStrictEqual(await scope.append(all), told)
      const entries = batch.reduce((sum, append) => sum + append.entries.length, 1)
      const feed = await scope.feed(null)
      strictEqual(feed.items.length, entries)
    })
    deepStrictEqual(found, [])
  }))
