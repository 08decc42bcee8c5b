// The folders that belong to this user, as the XDG base directories name them.

import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

const folders = {
  data: ['XDG_DATA_HOME', '.local/share'],
  state: ['XDG_STATE_HOME', '.local/state'],
  config: ['XDG_CONFIG_HOME', '.config'],
  cache: ['XDG_CACHE_HOME', '.cache'],
} as const

/** Files of this user under `kind`, as the XDG base directories say. */
export function userFolder(kind: keyof typeof folders, env: Env): string {
  const [name, fallback] = folders[kind]
  const given = env[name]
  const base = given && isAbsolute(given) ? given : join(env.HOME || homedir(), fallback)
  return join(base, 'daybook')
}
