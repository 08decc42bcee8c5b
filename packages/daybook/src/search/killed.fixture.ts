// A process that follows a store into its index, and says after each piece that it goes on; ended from outside.

import { openSessions } from '../session/sessions.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { SearchIndex } from './contract.ts'
import { openSearch } from './search.ts'
import { sqliteIndex } from './sqlite.ts'

const [path = '', worker] = process.argv.slice(2)
const store = sqliteStore({ path, durability: 'relaxed' })
await openSessions({ store })
const index = sqliteIndex({ path: `${path}-search`, worker: worker === 'worker' })

/** One line before and one behind each piece: a kill may fall between or into them. */
const telling: SearchIndex = {
  ...index,
  async apply(batch) {
    process.stdout.write('.\n')
    const applied = await index.apply(batch)
    process.stdout.write('.\n')
    return applied
  },
  async tidy() {
    process.stdout.write('.\n')
    return index.tidy()
  },
}
const search = openSearch({ store, index: telling })
await search.catchUp()
while (await telling.tidy());
process.stdout.write('end\n')
setInterval(() => {}, 60_000)
