// Where the skills of files work: in the folder of the session, as far as that is allowed, and never beyond it.

import { lstat, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { isWithin, realOf } from '../../../../program/path.ts'
import { DaybookError } from '../../../../schema/errors.ts'
import type { SkillContext } from '../../contract.ts'
import { isMissing } from '../../files.ts'

export interface FileSettings {
  /** Absolute folders in and below which sessions of everybody may work. */
  readonly folders: readonly string[]
  /** Those of whoever may give prompts to programs; asked at each call. */
  readonly workdirs: () => readonly string[]
}

/** Bytes of a file that is read or written. */
export const mostFileBytes = 8 * 1024 * 1024

export interface Place {
  /** As it really is. */
  readonly root: string
}

/**
 * The folder of the session is `cwd` in its metadata, else the first that everybody may use.
 *
 * @throws DaybookError `forbidden`, `invalid`
 */
export async function placeOf({ session, caller }: SkillContext, settings: FileSettings): Promise<Place> {
  const { cwd } = (await session.cell()).metadata
  const wanted = typeof cwd === 'string' ? cwd : settings.folders[0]
  if (wanted === undefined || !isAbsolute(wanted)) {
    throw new DaybookError('invalid', 'nothing says in which folder the session works: cwd in its metadata', {
      field: 'cwd',
    })
  }
  const real = await realOf(wanted)
  if (real === null || !(await stat(real)).isDirectory()) {
    throw new DaybookError('invalid', `${wanted} is no folder`, { field: 'cwd' })
  }
  for (const one of [...settings.folders, ...(caller.programs ? settings.workdirs() : [])]) {
    const root = await realOf(resolve(one.replace(/^~(?=\/|$)/, homedir())))
    if (root !== null && isWithin(real, root)) return { root: real }
  }
  throw new DaybookError('forbidden', `skills may not work in ${wanted}`, {
    field: 'cwd',
    hint: 'Add the folder to folders in daybook.json.',
  })
}

/** Whose content decides what a later command of git runs: nobody writes it from here. */
const ruling = new Set(['.git'])

export interface Found {
  /** Absolute, without links. */
  readonly at: string
  /** From the folder of the session, with `/`. */
  readonly path: string
}

/**
 * A path of the folder as it really is; links are followed and have to stay inside.
 *
 * @throws DaybookError `not_found`, `forbidden`
 */
export async function insideOf({ root }: Place, path: string): Promise<Found> {
  const asked = checked(root, path)
  const real = await realOf(asked)
  if (real === null) throw new DaybookError('not_found', `there is no ${path}`, { field: 'path' })
  if (!isWithin(real, root)) throw outside(path)
  return { at: real, path: named(root, real) }
}

/** As {@link insideOf} of a file that is to be written and may not be there yet; folders on the way may be missing, too. */
export async function writableIn({ root }: Place, path: string): Promise<Found> {
  const asked = checked(root, path)
  let [there, rest] = [asked, '']
  let real = await realOf(there)
  while (real === null) {
    // A link that leads nowhere would be written through.
    if (await isLink(there)) throw outside(path)
    rest = join(relative(dirname(there), there), rest)
    there = dirname(there)
    real = await realOf(there)
  }
  const at = rest === '' ? real : join(real, rest)
  if (!isWithin(at, root) || at === root) throw outside(path)
  const name = named(root, at)
  if (name.split('/').some((each) => ruling.has(each.toLowerCase()))) {
    throw new DaybookError('forbidden', `${path} belongs to git`, { field: 'path' })
  }
  return { at, path: name }
}

function checked(root: string, path: string): string {
  if (path.includes('\0')) throw new DaybookError('invalid', 'a path has no character NUL', { field: 'path' })
  const asked = resolve(root, path)
  // Before anything is looked at: what stands elsewhere is not even told to be there.
  if (!isWithin(asked, root)) throw outside(path)
  return asked
}

function outside(path: string): DaybookError {
  return new DaybookError('forbidden', `${path} is outside the folder of the session`, { field: 'path' })
}

function named(root: string, at: string): string {
  return at === root ? '.' : relative(root, at)
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** @throws DaybookError `invalid` for what is no file of text, `too_large` */
export async function readText({ at, path }: Found): Promise<{ readonly text: string; readonly bytes: Uint8Array }> {
  const info = await stat(at)
  if (!info.isFile()) throw new DaybookError('invalid', `${path} is no file`, { field: 'path' })
  if (info.size > mostFileBytes) {
    throw new DaybookError('too_large', `${path} has ${info.size} bytes; at most ${mostFileBytes}`, { field: 'path' })
  }
  const bytes = await readFile(at)
  const text = textOf(bytes)
  if (text === null) throw new DaybookError('invalid', `${path} is no text in UTF-8`, { field: 'path' })
  return { text, bytes }
}

/** Null for what is no text. */
export function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null // not UTF-8
  }
}
