// A program that embeds daybook and writes until it is killed, or until its standard input ends.
// Tells each intent before and each answer after it on standard output, in lines of JSON that a kill cannot hold back.

import { writeSync } from 'node:fs'
import { openSessions } from '../../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../../packages/daybook/src/store/sqlite.ts'
import { tenant } from './check.ts'
import { LibraryDoor } from './library-door.ts'
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

function say(line: FromChild): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  for (let at = 0; at < bytes.length; ) at += written(bytes, at)
}

function written(bytes: Uint8Array, at: number): number {
  try {
    return writeSync(1, bytes, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    // Whoever reads is behind.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    return 0
  }
}

const task = JSON.parse(process.argv[2] ?? '') as ChildTask
let stopping = false
process.stdin.on('end', () => {
  stopping = true
})
process.stdin.resume()

const store = sqliteStore({ path: task.path, worker: task.worker })
const sessions = await openSessions({ store })
const wal = task.wal ? new WalReader(`${task.path}-wal`) : null
say({ t: 'ready' })
const tell = (told: Told): void => {
  say(told.t === 'acked' && wal ? { ...told, wal: wal.mark() } : told)
}
await writeConcurrently(new LibraryDoor(sessions.within({ tenant, subjects: ['local'] })), task, tell, () => stopping)
await sessions.close()
await store.close()
say({ t: 'ended' })
process.stdin.destroy()
