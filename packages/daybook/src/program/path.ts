// Where a path really leads, and whether that lies below a folder.

import { realpath } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'

/** Without links; null for what is not there. */
export async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

/** Both as they really are; a folder is within itself. */
export function isWithin(path: string, root: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way))
}
