// The key of this user: whoever can read its file may drive programs as this user.

import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DaybookError } from '../schema/errors.ts'

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
  return keyIn(keyFile(state))
}

/** Null where there is none; `invalid_state` for what is no key, or belongs to others or can be read by them. */
export function readKey(state: string): string | null {
  try {
    return keyIn(keyFile(state))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function keyIn(path: string): string {
  const file = openSync(path, 'r')
  try {
    const { uid, mode } = fstatSync(file)
    if (uid !== (process.getuid?.() ?? uid) || (process.getuid && (mode & 0o077) !== 0)) {
      throw unusable(`others may have read or written the key in ${path}`)
    }
    const key = readFileSync(file, 'utf8').trim()
    if (!/^[A-Za-z0-9_-]{43}$/.test(key)) throw unusable(`${path} holds no key`)
    return key
  } finally {
    closeSync(file)
  }
}

function unusable(message: string): DaybookError {
  return new DaybookError('invalid_state', message, { hint: 'Remove the file: the next server makes another key.' })
}
