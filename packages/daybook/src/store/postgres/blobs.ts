// Blobs: rows with their sizes, and bytes in chunks, so that a part is read without the whole.

import { DaybookError } from '../../schema/errors.ts'
import type { Hash, Tenant } from '../../schema/ids.ts'
import { sha256 } from '../hash.ts'
import type { Connection } from './connection.ts'
import { toText } from './text.ts'

const chunkBytes = 256 * 1024
/** Chunks that one statement fetches. */
const fetched = 16

const known = `WITH entered AS MATERIALIZED (SELECT daybook.enter_code($4))
  UPDATE daybook.blobs SET at = coalesce($3, daybook.now_code()) FROM entered WHERE tenant = $1 AND hash = $2 RETURNING 1`
const first = `INSERT INTO daybook.blobs(tenant, hash, size, at) VALUES ($1, $2, $4, coalesce($3, daybook.now_code()))
  ON CONFLICT (tenant, hash) DO UPDATE SET at = excluded.at RETURNING blob`
const further = 'INSERT INTO daybook.chunks VALUES ($1, $2, $3) ON CONFLICT DO NOTHING'

/** All chunks or none. Known bytes are not sent again. */
export async function putBlob(
  connection: Connection,
  tenant: Tenant,
  bytes: Uint8Array,
  now: number | null,
): Promise<Hash> {
  const own = Uint8Array.from(bytes)
  const hash = sha256(own)
  const [found] = await connection.ask(known, [toText(tenant), hash, now, connection.wait])
  if (found) return hash
  await connection.writing(async (ask) => {
    await ask('SELECT daybook.enter_code($1)', [connection.wait])
    const [row] = await ask(first, [toText(tenant), hash, now, own.byteLength])
    for (let n = 0; n * chunkBytes < own.byteLength; n += 1) {
      await ask(further, [Number(row?.[0]), n, own.subarray(n * chunkBytes, (n + 1) * chunkBytes)])
    }
  })
  return hash
}

const sized = 'SELECT blob, size FROM daybook.blobs WHERE tenant = $1 AND hash = $2'

export async function blobSize(connection: Connection, tenant: Tenant, hash: Hash): Promise<number | null> {
  const [row] = await connection.ask(sized, [toText(tenant), toText(hash)])
  return row ? Number(row[1]) : null
}

/** The bytes from `start` up to `end`, cut to what there is; null when the blob is unknown. */
export async function readBlob(
  connection: Connection,
  tenant: Tenant,
  hash: Hash,
  range: { start?: number; end?: number } = {},
): Promise<Uint8Array | null> {
  const [row] = await connection.ask(sized, [toText(tenant), toText(hash)])
  if (!row) return null
  const [blob, size] = [Number(row[0]), Number(row[1])]
  const start = Math.min(Math.max(range.start ?? 0, 0), size)
  const bytes = new Uint8Array(Math.max(Math.min(range.end ?? size, size) - start, 0))
  const last = Math.ceil((start + bytes.length) / chunkBytes)
  let done = 0
  for (let n = Math.floor(start / chunkBytes); done < bytes.length; n += fetched) {
    const found = await connection.ask(
      'SELECT n, bytes FROM daybook.chunks WHERE blob = $1 AND n >= $2 AND n < $3 ORDER BY n',
      [blob, n, Math.min(n + fetched, last)],
    )
    for (const [at, chunk] of found as unknown as (readonly [number, Uint8Array])[]) {
      const from = Math.max(start - at * chunkBytes, 0)
      const part = chunk.subarray(from, from + bytes.length - done)
      bytes.set(part, done)
      done += part.length
    }
    // Swept between two looks, or a chunk is missing.
    if (found.length === 0) {
      if ((await blobSize(connection, tenant, hash)) === null) return null
      throw new DaybookError('damaged', 'a chunk of a blob is missing')
    }
  }
  return bytes
}
