// What may be asked to be started: the shape of a request from the wire, and whether its binary and folder are there.

import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'
import type { ProcessMode, SpawnRequest } from './contract.ts'

function invalid(field: string, message: string, cause?: unknown): DaybookError {
  return new DaybookError('invalid', message, { field, cause })
}

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0')
const isSize = (value: unknown): boolean =>
  value === undefined || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000)

export function checkSize(cols: unknown, rows: unknown): void {
  if (!isSize(cols)) throw invalid('cols', 'columns are a whole number from 1 to 1000')
  if (!isSize(rows)) throw invalid('rows', 'rows are a whole number from 1 to 1000')
}

/** `invalid` or `too_large`, with the guilty field. */
export function checkSpawn(value: unknown): SpawnRequest {
  if (typeof value !== 'object' || value === null) throw invalid('request', 'a request is an object')
  const given = value as Partial<Record<keyof SpawnRequest, unknown>>
  const { key, mode, binary, args, env, cwd, input } = given
  if (!isText(key) || key === '' || key.length > 512) throw invalid('key', 'a key has 1 to 512 characters')
  if (mode !== 'files' && mode !== 'pipes' && mode !== 'pty') throw invalid('mode', 'there is no such mode')
  if (!Array.isArray(args) || !args.every(isText)) throw invalid('args', 'arguments are texts without NUL')
  if (typeof env !== 'object' || env === null) throw invalid('env', 'the environment is an object of texts')
  for (const [name, text] of Object.entries(env)) {
    if (!isText(name) || name === '' || name.includes('=') || !isText(text))
      throw invalid('env', 'names and values are texts without NUL, names have no equals sign')
  }
  checkSizes([...args, ...Object.entries(env).map((pair) => pair.join('='))])
  if (input !== undefined && (mode !== 'files' || typeof input !== 'string'))
    throw invalid('input', 'input is a text, and of the mode files only')
  checkKeep(given.keep, mode)
  checkSize(given.cols, given.rows)
  checkBinary(binary)
  checkFolder(cwd)
  return value as SpawnRequest
}

function checkKeep(keep: unknown, mode: ProcessMode): void {
  if (keep === undefined) return
  const { first, last } = (keep ?? {}) as { first?: unknown; last?: unknown }
  const good = [first, last].every((bytes) => Number.isSafeInteger(bytes) && Number(bytes) >= 0)
  if (mode !== 'files' || !good) throw invalid('keep', 'what is kept are numbers of bytes, and of the mode files only')
}

/** The limits of Linux: 128 KB for one argument or variable, 2 MB for all of them with their pointers and ends. */
function checkSizes(texts: readonly string[]): void {
  const sizes = texts.map((text) => Buffer.byteLength(text) + 1)
  if (sizes.some((size) => size > 128 << 10) || sizes.reduce((sum, size) => sum + size + 8, 0) > (2 << 20) - 8192)
    throw new DaybookError('too_large', 'arguments and environment are too long', { field: 'args' })
}

function checkBinary(binary: unknown): void {
  if (!isText(binary) || !isAbsolute(binary)) throw invalid('binary', 'a binary is an absolute path')
  try {
    if (!statSync(binary).isFile()) throw new Error('it is no file')
    accessSync(binary, constants.X_OK)
  } catch (error) {
    throw invalid('binary', `${binary} cannot be executed`, error)
  }
}

function checkFolder(cwd: unknown): void {
  if (!isText(cwd) || !isAbsolute(cwd)) throw invalid('cwd', 'a working folder is an absolute path')
  try {
    if (!statSync(cwd).isDirectory()) throw new Error('it is no folder')
    accessSync(cwd, constants.X_OK)
  } catch (error) {
    throw invalid('cwd', `${cwd} is no folder to work in`, error)
  }
}
