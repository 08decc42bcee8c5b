// The folders that programs may work in: what is not allowed stays so, whatever links lead there.

import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import { isWithin, realOf } from './path.ts'

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

function invalid(message: string): DaybookError {
  return new DaybookError('invalid', message, { field: 'workdir' })
}
