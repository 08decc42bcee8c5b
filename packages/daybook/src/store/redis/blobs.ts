// Blobs in Redis: small ones travel with their change, large ones in pieces that it then takes over.

import { randomUUID } from 'node:crypto'
import type { Hash } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { sha256 } from '../hash.ts'
import type { Asker } from '../shape.ts'
import { toText } from '../text.ts'
import type { Link } from './link.ts'
import { type Op, plainOp } from './ops.ts'
import { askerTexts } from './texts.ts'

const piece = 1024 * 1024
/** Seconds that pieces lie ready for the change that takes them. */
const ready = 3600

export function redisBlobs(
  link: Link,
  prefix: string,
  asker: Asker,
  one: (op: Op) => Promise<string>,
  guard: () => void,
): Blobs {
  const placeOf = async (hash: Hash): Promise<{ tid: string; size: number } | null> => {
    const found = await link.ask<[string, string] | null>(['blob', ...askerTexts(asker), toText(hash)])
    return found && { tid: found[0], size: Number(found[1]) }
  }
  const put = (hash: Hash, size: number, token: string, pieces: number, bytes: Buffer) =>
    one(plainOp('blob', asker, [hash, String(size), token, String(pieces), bytes]))
  return {
    async put(bytes) {
      guard()
      const copy = Buffer.from(bytes)
      const hash = sha256(copy)
      if (copy.length <= piece) {
        await put(hash, copy.length, '', 0, copy)
        return hash
      }
      if ((await put(hash, copy.length, '', -1, Buffer.alloc(0))) === '1') return hash
      for (;;) {
        const token = randomUUID()
        const pieces = await upload(link, `${prefix}u:${token}:`, copy)
        if ((await put(hash, copy.length, token, pieces, Buffer.alloc(0))) === '1') return hash
      }
    },
    async get(hash, range = {}) {
      guard()
      for (;;) {
        const place = await placeOf(hash)
        if (!place) return null
        const start = Math.min(Math.max(range.start ?? 0, 0), place.size)
        const end = Math.max(Math.min(range.end ?? place.size, place.size), start)
        const bytes = await download(link, `${prefix}d:${place.tid}:${hash}:`, start, end)
        // Swept between the two questions; asked again, it is unknown.
        if (bytes.length === end - start) return bytes
      }
    },
    async size(hash) {
      guard()
      return (await placeOf(hash))?.size ?? null
    },
  }
}

async function upload(link: Link, key: string, bytes: Buffer): Promise<number> {
  const pieces = Math.ceil(bytes.length / piece)
  for (let at = 0; at < pieces; at += 1) {
    const part = bytes.subarray(at * piece, (at + 1) * piece)
    await link.run((client) => client.set(`${key}${at}`, part, 'EX', ready))
  }
  return pieces
}

async function download(link: Link, key: string, start: number, end: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for (let at = start; at < end; ) {
    const number = Math.floor(at / piece)
    const from = at - number * piece
    const to = Math.min(end - number * piece, piece)
    parts.push(await link.run((client) => client.getrangeBuffer(`${key}${number}`, from, to - 1)))
    at = number * piece + to
  }
  return Uint8Array.from(Buffer.concat(parts))
}
