// The folders that belong to this user, as the XDG base directories name them.

import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

/** Files of this user under `kind`, as the XDG base directories say. */
export function userFolder(kind: 'data' | 'state', env: Env): string {
  const [name, fallback] = kind === 'data' ? ['XDG_DATA_HOME', '.local/share'] : ['XDG_STATE_HOME', '.local/state']
  const given = env[name ?? '']
  const base = given && isAbsolute(given) ? given : join(env.HOME || homedir(), fallback ?? '')
  return join(base, 'daybook')
}
