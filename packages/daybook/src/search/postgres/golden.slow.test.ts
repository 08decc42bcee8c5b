// The golden set in PostgreSQL: the same answers as in SQLite, nearly always in the same order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../search-postgres.ts'
import { openSessions } from '../../session/sessions.ts'
import { memoryStore } from '../../store/memory.ts'
import { dropSchema, freshSchema, sharedServer } from '../../store/postgres/server.fixture.ts'
import { askGolden, goldenStart, writeGolden } from '../golden.fixture.ts'
import { postgresIndex } from '../postgres.ts'
import { openSearch } from '../search.ts'
import { sqliteIndex } from '../sqlite.ts'

test('PostgreSQL finds the golden set as SQLite does', async (t) => {
  let now = goldenStart
  const clock = () => now
  const { url } = await sharedServer()
  const schema = freshSchema()
  await using store = memoryStore({ clock })
  await using sessions = await openSessions({ store })
  const labels = await writeGolden(sessions, (time) => {
    now = time
  })
  const mine = sessions.within({ tenant: 'acme', subjects: ['user:anna'] })
  await using model = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), clock })
  try {
    await using search = openSearch({ store, index: postgresIndex({ connect: () => connect({ url }), schema }), clock })
    const [one, other] = [await askGolden(search, mine, labels), await askGolden(model, mine, labels)]
    for (const fault of one.faults) t.diagnostic(fault)
    const same = one.found.filter((found, at) => found.join(' ') === other.found[at]?.join(' ')).length
    const first = one.found.filter((found, at) => found[0] === other.found[at]?.[0]).length
    const all = one.found.length
    t.diagnostic(`recall among five ${one.recall.toFixed(3)}, best among three ${one.best.toFixed(3)}`)
    t.diagnostic(`of ${all} queries the first is the same in ${first}, all five in the same order in ${same}`)
    assert.ok(one.recall >= 0.95 && one.best >= 0.95)
    assert.ok(one.recall >= other.recall)
    assert.ok(first >= 0.97 * all && same >= 0.9 * all)
  } finally {
    await dropSchema(url, `${schema}_search`)
  }
})
