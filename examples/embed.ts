// A durable conversation inside your own program: one SQLite file, no server.
// Run it twice: the second run goes on where the first one stopped.

import { openSessions } from 'daybook'
import { sqliteStore } from 'daybook/sqlite'

const path = process.argv[2] ?? './data/embed.db'
await using store = sqliteStore({ path })
await using sessions = await openSessions({ store })
const mine = sessions.within({ tenant: 'default', subjects: ['anna'] })

// `opens`: the first append creates the session, so a client may invent the id.
const talk = mine.session('release-plan', { opens: { name: 'Release plan' } })
const turn = await talk.append({ kind: 'message', data: { role: 'user', content: 'What is left before the release?' } })

// The turn is on disk now: kill the process here and nothing is lost.
await talk.append({ kind: 'message', data: { role: 'assistant', content: `Noted as entry ${turn.last}.` } })

const history = await talk.view('history')
for await (const message of history.messages) console.log(`${message.seq}  ${message.role}: ${message.content}`)
