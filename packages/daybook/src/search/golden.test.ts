// The golden set: what people look for in English, Russian and Chinese stands among the first that are found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { goldenQueries, goldenStart, writeGolden } from './golden.fixture.ts'
import { openSearch } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

test('[B4] of what a query should find at least 95 % stands among the first five, and the best among the first three', async (t) => {
  let now = goldenStart
  const clock = () => now
  await using store = memoryStore()
  await using sessions = await openSessions({ store, clock })
  const labels = await writeGolden(sessions, (time) => {
    now = time
  })
  const queries = goldenQueries()
  assert.ok(labels.size >= 150 && queries.length >= 60, `${labels.size} entries, ${queries.length} queries`)
  await using search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), clock })
  const mine = sessions.within({ tenant: 'acme', subjects: ['user:anna'] })
  let recall = 0
  let best = 0
  for (const { q, expected } of queries) {
    const { hits } = await search.find(mine, { q, limit: 5 })
    const found = hits.map(({ session, seq }) => labels.get(`${session}@${seq}`) ?? `${session}@${seq}`)
    const some = expected.filter((label) => found.includes(label))
    recall += some.length / expected.length
    if (found.slice(0, 3).includes(expected[0] ?? '')) best += 1
    else t.diagnostic(`${q}: ${expected[0]} is not among the first three of ${found.join(' ')}`)
    if (some.length < expected.length) t.diagnostic(`${q}: expected ${expected.join(' ')}, found ${found.join(' ')}`)
  }
  t.diagnostic(
    `recall among five ${(recall / queries.length).toFixed(3)}, best among three ${(best / queries.length).toFixed(3)}`,
  )
  assert.ok(recall / queries.length >= 0.95)
  assert.ok(best / queries.length >= 0.95)
})
