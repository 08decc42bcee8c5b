// A program that embeds daybook and writes until it is killed, or until its standard input ends.
// Tells each intent before and each answer after it on standard output, in lines of JSON that a kill cannot hold back.

import { openSessions } from '../../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../../packages/daybook/src/store/sqlite.ts'
import { tenant } from './check.ts'
import { LibraryDoor } from './library-door.ts'
import { say } from './say.ts'
import { WalReader } from './wal.ts'
import { type Load, type Told, writeConcurrently } from './writers.ts'

export interface ChildTask extends Load {
  readonly path: string
  readonly worker: boolean
  /** Tell with every answer how far the write-ahead log is on the disk: only true without a worker. */
  readonly wal: boolean
}

/** Beside what the writers tell. */
export type FromChild = Told | { readonly t: 'ready' } | { readonly t: 'ended' }

const task = JSON.parse(process.argv[2] ?? '') as ChildTask
let stopping = false
process.stdin.on('end', () => {
  stopping = true
})
process.stdin.resume()

const store = sqliteStore({ path: task.path, worker: task.worker })
const sessions = await openSessions({ store })
const wal = task.wal ? new WalReader(`${task.path}-wal`) : null
const tell = (line: FromChild): void => say(line.t === 'acked' && wal ? { ...line, wal: wal.mark() } : line)
tell({ t: 'ready' })
await writeConcurrently(new LibraryDoor(sessions.within({ tenant, subjects: ['local'] })), task, tell, () => stopping)
await sessions.close()
await store.close()
tell({ t: 'ended' })
process.stdin.destroy()
