// Looking for files without opening any, and opening one so that no link is followed.

import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import type { FoundFile, Places } from './contract.ts'

export interface Search {
  readonly agent: string
  /** Where looking begins; it may itself be reached by a link, since a person named it. */
  readonly base: string
  /** Folders below the base, one in the other, none of them a link. */
  readonly into: readonly string[]
  /** Folders deep below those. */
  readonly depth: number
  /** Told the path below the searched folder, with `/`. */
  readonly accept: (name: string) => boolean
}

/** The accepted files, by name, so that two looks give the same order. */
export async function* filesBelow(search: Search, places: Places): AsyncGenerator<FoundFile> {
  let folder = search.base
  for (const name of search.into) {
    folder = join(folder, name)
    const found = await look(folder)
    if (found?.isSymbolicLink()) places.onPassedOver?.(folder, 'link')
    if (!found?.isDirectory()) return
  }
  yield* within(folder, folder, search.depth, search, places)
}

async function* within(
  top: string,
  folder: string,
  depth: number,
  search: Search,
  places: Places,
): AsyncGenerator<FoundFile> {
  const inside = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (!isGone(error)) places.onPassedOver?.(folder, 'unreadable')
    return []
  })
  inside.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const one of inside) {
    const path = join(folder, one.name)
    const name = relative(top, path).replaceAll(sep, '/')
    if (one.isSymbolicLink()) places.onPassedOver?.(path, 'link')
    else if (one.isDirectory() && depth > 0) yield* within(top, path, depth - 1, search, places)
    else if (one.isFile() && search.accept(name)) {
      const found = await look(path)
      if (found?.isFile()) yield foundFile(search.agent, path, name, found)
    }
  }
}

interface Told {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
}

function foundFile(agent: string, path: string, name: string, told: Told): FoundFile {
  return {
    agent,
    path,
    name,
    size: Number(told.size),
    changedAt: Number(told.mtimeNs / 1_000_000n),
    mark: markOf(told),
  }
}

export function markOf({ dev, ino, size, mtimeNs }: Told): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`
}

async function look(path: string) {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    if (isGone(error as NodeJS.ErrnoException) || (error as NodeJS.ErrnoException).code === 'EACCES') return null
    throw error
  }
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/**
 * Opens a found file for reading, and nothing else in its place: no link, no pipe, no other file that was put there since.
 *
 * @throws DaybookError `not_found` when it went or was replaced, `forbidden` when it may not be read.
 */
export async function openRegular(file: Pick<FoundFile, 'path' | 'mark'>): Promise<FileHandle> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(file.path, flags).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'EACCES' || cause.code === 'EPERM' ? 'forbidden' : 'not_found'
    throw new DaybookError(code, `${file.path} cannot be read`, { cause })
  })
  const told = await handle.stat({ bigint: true })
  if (told.isFile() && sameFile(markOf(told), file.mark)) return handle
  await handle.close()
  throw new DaybookError('not_found', `${file.path} is no longer the file that was found`)
}

/** Device and number are those of the found file; it may have grown. */
function sameFile(mark: string, found: string): boolean {
  const [dev, ino] = mark.split(':')
  const [foundDev, foundIno] = found.split(':')
  return dev === foundDev && ino === foundIno
}

/** A file by its path, as a search would find it; null where there is none, or something else in its place. */
export async function foundOf(agent: string, path: string, name: string): Promise<FoundFile | null> {
  const found = await look(path)
  return found?.isFile() ? foundFile(agent, path, name, found) : null
}

export async function wholeText(file: Pick<FoundFile, 'path' | 'mark'>): Promise<string> {
  const handle = await openRegular(file)
  try {
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** The text of a small file beside a transcript; null where there is none, or a link in its place. */
export async function smallText(path: string, most = 4096): Promise<string | null> {
  const found = await foundOf('', path, path)
  return found === null || found.size > most ? null : wholeText(found)
}
