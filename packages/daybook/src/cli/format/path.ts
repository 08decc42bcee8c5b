// A path as people write it.

import { homedir } from 'node:os'
import { relative } from 'node:path'

/** From here when it is below here, from home when it is there. */
export function shortPath(path: string, cwd: string): string {
  if (!path.startsWith('/')) return path
  const below = relative(cwd, path)
  if (!below.startsWith('..')) return `./${below}`
  return fromHome(path)
}

/** `~/app` for what is at home. */
export function fromHome(path: string): string {
  const home = homedir()
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}
