// Blobs: up to 1 MiB in the file, larger ones beside it, written whole before anything can name them.

import { existsSync, rmSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'
import { toText } from '../text.ts'
import type { Connection } from './connection.ts'
import type { BlobOp, UnlinkOp } from './ops.ts'
import type { Tx } from './tx.ts'

/** Larger ones stand beside the file. */
export const largestInside = 1024 * 1024

export function blobFolder(path: string): string {
  return `${path}-blobs`
}

export function blobPath(path: string, hash: string): string {
  return join(blobFolder(path), hash.slice(0, 2), hash)
}

/** Complete under its name or not there at all, after a loss of power too. */
export async function writeBeside(path: string, hash: string, bytes: Uint8Array): Promise<void> {
  const target = blobPath(path, hash)
  const folder = dirname(target)
  // One by one: where nothing can be written, making all at once says that the folder above is missing.
  for (const one of [dirname(folder), folder]) await makeFolder(one)
  const temporary = `${target}.${crypto.randomUUID()}.part`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  for (const one of [folder, dirname(folder), dirname(dirname(folder))]) await syncFolder(one)
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (!existsSync(path)) throw error
  }
}

/** A new name survives a loss of power only once its folder was written. Not every system can do that. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  if (!folder) return
  try {
    await folder.sync()
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'EBADF'].includes(String((error as NodeJS.ErrnoException).code))) throw error
  } finally {
    await folder.close()
  }
}

const renewed = 'UPDATE blobs SET at = ? WHERE tenant = ? AND hash = ?'

/** False when the file beside the store is not there: a sweep was quicker, and it must be written again. */
export function putBlob(tx: Tx, { asker, hash, size, bytes }: BlobOp, path: string): boolean {
  const tenant = toText(asker.tenant)
  if (bytes === null && !existsSync(blobPath(path, hash))) return false
  if (Number(tx.connection.sql(renewed).run(tx.clock(), tenant, hash).changes) === 0) {
    tx.connection
      .sql('INSERT INTO blobs(tenant, hash, size, at, bytes) VALUES (?, ?, ?, ?, ?)')
      .run(tenant, hash, size, tx.clock(), bytes)
  }
  return true
}

/** Under the write lock, so that no put can name the file between the look and the removal. */
export function unlinkBeside(tx: Tx, { hash }: UnlinkOp, path: string): boolean {
  if (tx.connection.sql('SELECT 1 FROM blobs WHERE hash = ? AND bytes IS NULL').get(hash)) return false
  rmSync(blobPath(path, hash), { force: true })
  return true
}

export function blobSize(connection: Connection, tenant: string, hash: string): number | null {
  const row = connection.sql('SELECT size FROM blobs WHERE tenant = ? AND hash = ?').get(toText(tenant), hash)
  return row ? Number(row.size) : null
}

const part = `SELECT size, bytes IS NULL AS beside, CASE WHEN bytes IS NOT NULL THEN substr(bytes, ?, ?) END AS bytes
  FROM blobs WHERE tenant = ? AND hash = ?`

/** The bytes from `start` up to `end`, cut to what there is; null when the blob is unknown. */
export async function readBlob(
  connection: Connection,
  path: string,
  tenant: string,
  hash: string,
  range: { start?: number; end?: number } = {},
): Promise<Uint8Array | null> {
  const size = blobSize(connection, tenant, hash)
  if (size === null) return null
  const start = Math.min(Math.max(range.start ?? 0, 0), size)
  const length = Math.max(Math.min(range.end ?? size, size) - start, 0)
  const row = connection.sql(part).get(start + 1, length, toText(tenant), hash)
  if (!row) return null
  if (row.beside === 0) return row.bytes instanceof Uint8Array ? row.bytes : new Uint8Array(0)
  const file = await open(blobPath(path, hash), 'r').catch(lost)
  try {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, start + done)
      if (bytesRead === 0) throw new DaybookError('damaged', 'the file of a blob is shorter than it should be')
      done += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}

function lost(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT') throw error
  throw new DaybookError('damaged', 'the file of a blob is missing', { cause: error })
}
