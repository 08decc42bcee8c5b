// The files of skill folders: where such folders are, what stands in them, and whether anything has changed.

import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'

/** What a skill's folder may hold; more is a fault, since all of it is read and hashed. */
export const folderLimits = Object.freeze({ files: 1000, bytes: 16 * 1024 * 1024, depth: 8 })
/** How far below a given folder skills are looked for. */
const searchDepth = 4

export const pageName = 'SKILL.md'
/** One of these beside the page, or alone, is the skill's code. */
export const moduleNames = ['skill.ts', 'skill.mts', 'skill.js', 'skill.mjs'] as const

export interface Listing {
  readonly folder: string
  /** Relative paths with `/`, sorted. */
  readonly paths: readonly string[]
  /** Folders that have to be watched to learn of changes. */
  readonly folders: readonly string[]
  /** Differs when a file came, went or was written. */
  readonly stamp: string
  /** When a file was last written or renamed, in milliseconds since 1970. */
  readonly changedAt: number
}

export interface Found {
  /** Folders that hold a skill, in order. */
  readonly skills: readonly string[]
  /** All folders that were looked into. */
  readonly looked: readonly string[]
}

/** Hidden files, the copies that editors make, and installed packages are no content of a skill. */
function isContent(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('~') && name !== 'node_modules'
}

/** Folders with a skill at or below `root`; none when it is not there. Below a skill there are no further ones. */
export async function findSkillFolders(root: string): Promise<Found> {
  const skills: string[] = []
  const looked: string[] = []
  const seen = new Set<string>()
  const look = async (folder: string, depth: number): Promise<void> => {
    const names = await namesIn(folder)
    if (names === null) return
    const real = await realpath(folder)
    if (seen.has(real)) return
    seen.add(real)
    looked.push(folder)
    if (names.includes(pageName) || moduleNames.some((name) => names.includes(name))) {
      skills.push(folder)
      return
    }
    if (depth === searchDepth) return
    for (const name of names) await look(join(folder, name), depth + 1)
  }
  await look(root, 0)
  return { skills, looked }
}

/** Null for what is no folder, or is gone meanwhile. */
async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).filter(isContent).sort()
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** @throws DaybookError `too_large` over {@link folderLimits} */
export async function listFolder(folder: string): Promise<Listing> {
  const paths: string[] = []
  const folders: string[] = []
  const stamps: string[] = []
  let bytes = 0
  let changedAt = 0
  const look = async (below: string, depth: number): Promise<void> => {
    const names = await namesIn(join(folder, below))
    if (names === null) return
    folders.push(join(folder, below))
    if (depth > folderLimits.depth) throw tooLarge(folder, `is deeper than ${folderLimits.depth} folders`)
    for (const name of names) {
      const path = below === '' ? name : `${below}/${name}`
      const info = await infoOf(join(folder, path))
      if (info === null) continue
      if (info.isDirectory()) await look(path, depth + 1)
      if (!info.isFile()) continue
      paths.push(path)
      stamps.push(`${path} ${info.size} ${info.mtimeMs} ${info.ctimeMs} ${info.ino}`)
      bytes += info.size
      changedAt = Math.max(changedAt, info.mtimeMs, info.ctimeMs)
      if (paths.length > folderLimits.files) throw tooLarge(folder, `has more than ${folderLimits.files} files`)
      if (bytes > folderLimits.bytes) throw tooLarge(folder, `has more than ${folderLimits.bytes} bytes`)
    }
  }
  await look('', 0)
  return { folder, paths: paths.sort(), folders, stamp: stamps.sort().join('\n'), changedAt }
}

async function infoOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function tooLarge(folder: string, why: string): DaybookError {
  return new DaybookError('too_large', `${basename(folder)} ${why}`, { field: 'folder' })
}

/** The bytes of all files of a listing; those that went meanwhile are left out, and the next look shows it. */
export async function readFiles({ folder, paths }: Listing): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const path of paths) {
    try {
      files.set(path, await readFile(join(folder, path)))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
  return files
}

/** A fault in a skill's files, told with its place: `skill.ts:3: …`. */
export function faulty(place: string, why: string, cause?: unknown): DaybookError {
  return new DaybookError('invalid', `${place}: ${why}`, { field: place, ...(cause === undefined ? {} : { cause }) })
}
