// The golden set: what people look for in English, Russian and Chinese stands among the first that are found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { askGolden, goldenQueries, goldenStart, writeGolden } from './golden.fixture.ts'
import { openSearch } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

test('[B4] of what a query should find at least 95 % stands among the first five, and the best among the first three', async (t) => {
  let now = goldenStart
  const clock = () => now
  await using store = memoryStore({ clock })
  await using sessions = await openSessions({ store })
  const labels = await writeGolden(sessions, (time) => {
    now = time
  })
  const queries = goldenQueries()
  assert.ok(labels.size >= 150 && queries.length >= 60, `${labels.size} entries, ${queries.length} queries`)
  await using search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), clock })
  const mine = sessions.within({ tenant: 'acme', subjects: ['user:anna'] })
  const { recall, best, faults } = await askGolden(search, mine, labels)
  for (const fault of faults) t.diagnostic(fault)
  t.diagnostic(`recall among five ${recall.toFixed(3)}, best among three ${best.toFixed(3)}`)
  assert.ok(recall >= 0.95)
  assert.ok(best >= 0.95)
})
