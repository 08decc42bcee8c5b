// The folders that programs may work in: what is not allowed stays so, whatever links lead there.

import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { DaybookError } from '../schema/errors.ts'

/**
 * The folder as it really is. `invalid` for one that is not there, `forbidden` for one that is neither among the allowed
 * ones nor below one of them.
 */
export async function checkWorkdir(path: string, allowed: readonly string[]): Promise<string> {
  if (!isAbsolute(path)) throw invalid(`${path} is no absolute path`)
  const real = await realOf(path)
  if (real === null || !(await stat(real)).isDirectory()) throw invalid(`${path} is no folder`)
  for (const one of allowed) {
    const root = await realOf(one)
    if (root !== null && isWithin(real, root)) return real
  }
  throw new DaybookError('forbidden', `programs may not work in ${path}`, {
    field: 'workdir',
    hint: 'Add the folder to workdirs in the programs file.',
  })
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way))
}

async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

function invalid(message: string): DaybookError {
  return new DaybookError('invalid', message, { field: 'workdir' })
}
