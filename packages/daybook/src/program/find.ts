// Where a program is on this machine, and which version of it.

import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import { ask } from './ask.ts'
import type { Program } from './resolve.ts'

export interface FoundProgram {
  /** Absolute, as it was found: some programs look at the name that they were called by. */
  readonly path: string
  /** The first line of what it says about its version. */
  readonly version?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** Null: it did not say in its time. */
type Version = string | undefined | null

/** Milliseconds that a program gets to tell its version. */
const versionMs = 10_000
const versions = new Map<string, Promise<Version>>()

/** The path alone; null where it is not there or may not be run. */
export function locate(bin: string, env: Env): string | null {
  if (bin.includes('/')) {
    const path = bin.replace(/^~(?=\/)/, homedir())
    return isAbsolute(path) && isRunnable(path) ? path : null
  }
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, bin)
    if (isAbsolute(path) && isRunnable(path)) return path
  }
  return null
}

/** `invalid` where it is not there. Its version is asked for once for each state of the file, again where it came too late. */
export async function findProgram(program: Program, env: Env, timeoutMs = versionMs): Promise<FoundProgram> {
  const path = locate(program.bin, env)
  if (path === null) {
    throw new DaybookError('invalid', `${program.bin} is not on this machine`, {
      field: 'program',
      hint: 'Install it, or name its path as bin in the programs file.',
    })
  }
  const real = realpathSync(path)
  const { mtimeMs, size } = statSync(real)
  const key = JSON.stringify([path, real, mtimeMs, size, program.version])
  let asked = versions.get(key)
  if (!asked) {
    asked = versionOf(path, program.version, env, timeoutMs)
    versions.set(key, asked)
  }
  const version = await asked
  if (version === null && versions.get(key) === asked) versions.delete(key)
  return version == null ? { path } : { path, version }
}

/** Undefined for a program that does not tell it: it is driven all the same, and the log says nothing of a version. */
async function versionOf(path: string, args: readonly string[], env: Env, timeoutMs: number): Promise<Version> {
  if (args.length === 0) return undefined
  const { PATH, HOME } = env
  const few = { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }) }
  try {
    const { code, out, late } = await ask({ path, args, env: few, timeoutMs, mostBytes: 65_536 })
    if (late) return null
    const line = code === 0 ? out.split('\n')[0]?.trim().slice(0, 256) : ''
    return line === '' ? undefined : line
  } catch {
    return undefined // what cannot be started is told when it has to be
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
