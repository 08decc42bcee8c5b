// When this person last looked at a store: a line in the user's state folder, outside the log.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Env, userFolder } from './folders.ts'
import type { Place } from './where.ts'

function file(env: Env): string {
  return join(userFolder('state', env), 'looked.json')
}

function read(env: Env): Record<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(file(env), 'utf8'))
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, at]) => typeof at === 'number'))
  } catch {
    return {} // never looked, or the file is broken: both mean that nothing is known
  }
}

/** Milliseconds since 1970; null when it is not known. */
export function lookedAt(place: Place, env: Env): number | null {
  return read(env)[place.url] ?? null
}

/** Best effort: a folder that cannot be written does not stop anybody from looking. */
export function rememberLook(place: Place, env: Env, now: number): void {
  try {
    mkdirSync(userFolder('state', env), { recursive: true, mode: 0o700 })
    writeFileSync(file(env), `${JSON.stringify({ ...read(env), [place.url]: now })}\n`, { mode: 0o600 })
  } catch {
    // The next look shows a little more than it would have to.
  }
}
