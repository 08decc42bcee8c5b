// A process of its own that adopts a home into a store, and says so with every file; the test of kills ends it midway.

import { openSessions } from '../session/sessions.ts'
import { sqliteStore } from '../store/sqlite.ts'
import { adopt } from './adopt.ts'
import { codex } from './codex.ts'

const [home = '', path = ''] = process.argv.slice(2)
const store = sqliteStore({ path })
const engine = await openSessions({ store })
const sessions = engine.within({ tenant: 'default', subjects: ['local'] }, { actor: 'engine:adopt', writer: 'I' })
process.stdout.write('begins\n')
await adopt({ readers: [codex], places: { home }, sessions, onProgress: () => process.stdout.write('.\n') })
process.stdout.write('over\n')
await engine.close()
await store.close()
