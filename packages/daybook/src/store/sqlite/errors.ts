// What SQLite and the file system report, in the codes of daybook.

import { DaybookError, type ErrorCode, isDaybookError } from '../../schema/errors.ts'

/** Primary result codes of SQLite (the low byte of an extended one). */
const codes: Readonly<Record<number, ErrorCode>> = {
  3: 'store_readonly', // PERM
  5: 'store_busy', // BUSY
  6: 'store_busy', // LOCKED
  8: 'store_readonly', // READONLY
  10: 'unreachable', // IOERR
  11: 'damaged', // CORRUPT
  13: 'store_full', // FULL
  14: 'unreachable', // CANTOPEN
  15: 'store_busy', // PROTOCOL: the race for the index of the write-ahead log was lost too often
  23: 'store_readonly', // AUTH
  26: 'damaged', // NOTADB
}
/**
 * IOERR_SHMSIZE: no room to grow the index of the write-ahead log. IOERR_WRITE: the system refused to write for another
 * reason than a full disk, nearly always a quota or a limit on the size of files; the reason itself is not told.
 */
const noRoom: ReadonlySet<number> = new Set([4874, 778])

const fileCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store_full',
  EDQUOT: 'store_full',
  EFBIG: 'store_full', // a limit on the size of files
  EROFS: 'store_readonly',
  EACCES: 'store_readonly',
  EPERM: 'store_readonly',
  EEXIST: 'exists',
  EISDIR: 'unreachable',
  ENOTDIR: 'unreachable',
  ENOENT: 'unreachable',
  ENAMETOOLONG: 'unreachable',
  ELOOP: 'unreachable',
  EMFILE: 'unreachable',
  ENFILE: 'unreachable',
  EIO: 'unreachable',
}

const words: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_busy: 'another process holds the store for too long',
  store_readonly: 'the store cannot be written',
  store_full: 'there is no room left for the store',
  unreachable: 'the file of the store cannot be opened, read or written',
  damaged: 'the file is damaged or no daybook',
  internal: 'the store failed in a way that was not foreseen',
}

interface Raw {
  readonly code?: unknown
  readonly errcode?: unknown
}

function raw(error: unknown): Raw {
  return typeof error === 'object' && error !== null ? error : {}
}

/** The extended result code when SQLite itself failed, else 0. */
function sqliteCode(error: unknown): number {
  const { code, errcode } = raw(error)
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode : 0
}

export function isBusy(error: unknown): boolean {
  return [5, 6, 15].includes(sqliteCode(error) & 0xff)
}

/** UNIQUE or PRIMARY KEY. */
export function isDuplicate(error: unknown): boolean {
  return [2067, 1555].includes(sqliteCode(error))
}

/** A value that a column does not take: the fault of one operation, not of the store. */
export function isDataFault(error: unknown): boolean {
  const { code } = raw(error)
  return (
    [18, 19, 20, 25].includes(sqliteCode(error) & 0xff) ||
    code === 'ERR_INVALID_ARG_TYPE' ||
    code === 'ERR_INVALID_ARG_VALUE' ||
    code === 'ERR_OUT_OF_RANGE'
  )
}

export function codeOf(error: unknown): ErrorCode {
  const { code } = raw(error)
  const result = sqliteCode(error)
  // Stored JSON that does not parse.
  if (error instanceof SyntaxError) return 'damaged'
  if (noRoom.has(result)) return 'store_full'
  if (result > 0) return codes[result & 0xff] ?? 'internal'
  if (code === 'ERR_INVALID_STATE') return 'shutting_down'
  return (typeof code === 'string' && fileCodes[code]) || 'internal'
}

export function toDaybookError(error: unknown): DaybookError {
  if (isDaybookError(error)) return error
  const code = codeOf(error)
  return new DaybookError(code, words[code] ?? code.replaceAll('_', ' '), { cause: error })
}

/** Runs `work` and reports whatever it throws in the codes of daybook. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toDaybookError(error)
  }
}
