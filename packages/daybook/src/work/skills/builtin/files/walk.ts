// What stands in a folder, in order and within limits; links are named and not followed.

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../../files.ts'

/** Made by tools, and in nobody's way of reading: passed over unless a path names them. */
const passedOver = new Set(['.git', 'node_modules', '.hg', '.svn', '__pycache__', '.venv'])

export interface Walked {
  /** From where the walk began, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** How deep below the beginning: 1 for what stands in it. */
  readonly depth: number
}

export async function* walk(root: string, deepest: number, signal: AbortSignal): AsyncGenerator<Walked> {
  yield* below(root, '', 1, deepest, signal)
}

async function* below(
  root: string,
  folder: string,
  depth: number,
  deepest: number,
  signal: AbortSignal,
): AsyncGenerator<Walked> {
  for (const one of await entriesIn(join(root, folder))) {
    signal.throwIfAborted()
    const path = folder === '' ? one.name : `${folder}/${one.name}`
    const kind = kindOf(one)
    yield { path, kind, depth }
    if (kind === 'folder' && depth < deepest && !passedOver.has(one.name)) {
      yield* below(root, path, depth + 1, deepest, signal)
    }
  }
}

/** What went meanwhile, or is nobody's to read, has nothing in it. */
async function entriesIn(folder: string): Promise<readonly Dirent[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true })
    return found.sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return []
    throw error
  }
}

function kindOf(one: Dirent): Walked['kind'] {
  if (one.isSymbolicLink()) return 'link'
  return one.isDirectory() ? 'folder' : one.isFile() ? 'file' : 'other'
}
