// Whether some process has a store's file open, which only the file itself can tell.

import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './errors.ts'

/** Milliseconds that a process has to finish what it is just doing. */
const wait = 1000

/**
 * True when any connection of any process is open, also an idle one: each holds a shared lock on a file with a log beside
 * it. A file that cannot be opened or locked for another reason, such as damage, is not in use as far as can be known.
 */
export function isInUse(path: string): boolean {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: wait })
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    db?.close()
  }
}
