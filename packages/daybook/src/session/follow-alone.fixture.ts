// A program that does nothing but follow one session of a SQLite store: prints each seq, ends behind the last that is asked for.
import { sqliteStore } from '../store/sqlite.ts'
import { openSessions } from './sessions.ts'

const [path = '', session = '', last = ''] = process.argv.slice(2)
const store = sqliteStore({ path })
const sessions = await openSessions({ store })
const mine = sessions.within({ tenant: 'default', subjects: ['user:anna'] })
for await (const { seq } of mine.session(session).follow(0, new AbortController().signal)) {
  process.stdout.write(`${seq}\n`)
  if (seq === Number(last)) break
}
await sessions.close()
await store.close()
