// The key of this user: whoever can read its file may drive programs as this user.

import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file of the key in the user's state folder. */
export function keyFile(state: string): string {
  return join(state, 'key')
}

/** 43 characters of base64url, made where there is none yet; of several processes that make one, one counts. */
export function userKey(state: string): string {
  const known = readKey(state)
  if (known !== null) return known
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const fresh = `${keyFile(state)}.${process.pid}`
  writeFileSync(fresh, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(fresh, keyFile(state))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { force: true })
  }
  return readFileSync(keyFile(state), 'utf8').trim()
}

/** Null where there is none. */
export function readKey(state: string): string | null {
  try {
    return readFileSync(keyFile(state), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
