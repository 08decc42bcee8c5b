// A process that feeds the index of a store in PostgreSQL, and says before and behind each piece that it goes on; ended from outside.

import { connect } from '../../search-postgres.ts'
import { openSessions } from '../../session/sessions.ts'
import { postgresStore } from '../../store/postgres.ts'
import { postgresIndex } from '../postgres.ts'
import { openSearch } from '../search.ts'

const [url = '', schema = '', silence = ''] = process.argv.slice(2)
const store = postgresStore({ url, schema, connections: 2 })
await openSessions({ store })
const index = postgresIndex({ connect: () => connect({ url }), schema, silence: Number(silence) })
const { apply, tidy } = { apply: index.apply.bind(index), tidy: index.tidy.bind(index) }
index.apply = async (batch) => {
  process.stdout.write('.\n')
  const applied = await apply(batch)
  process.stdout.write('.\n')
  return applied
}
index.tidy = async () => {
  process.stdout.write('.\n')
  return tidy()
}
const search = openSearch({ store, index })
await search.catchUp()
while (await index.tidy());
process.stdout.write('end\n')
setInterval(() => {}, 60_000)
