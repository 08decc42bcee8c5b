// The records beside the entries: masked, packed many at a time into one compressed blob, and given out again.

import { promisify } from 'node:util'
import { constants, type InputType, type ZstdOptions, zstdCompress, zstdDecompressSync } from 'node:zlib'
import type { Finding, Redactor } from '../session/redact.ts'
import type { RawRecord } from './contract.ts'

/** A record whose secrets are replaced. */
export interface Masked {
  /** One line, as it stood there or, where something was masked or no line, written anew. */
  readonly line: string
  /** Parsed; undefined where it is no JSON. */
  readonly value: unknown
  readonly found: readonly Finding[]
}

/** Null for a record without a text. */
export function masked({ text }: RawRecord, redactor: Redactor): Masked | null {
  if (text === null) return null
  const value = parsed(text)
  if (value === undefined) {
    const safe = redactor.text(text)
    return { line: oneLine(safe.text), value: undefined, found: safe.found }
  }
  if (redactor.clean(text)) return { line: oneLine(text), value, found: [] }
  const safe = redactor.value(value)
  return {
    line: safe.found.length === 0 ? oneLine(text) : JSON.stringify(safe.value),
    value: safe.value,
    found: safe.found,
  }
}

/** JSON that was set in several lines says the same in one: between its texts a line end is only space. */
function oneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told by who asked as a record that nobody understands
  }
}

const compress = promisify<InputType, ZstdOptions, Buffer>(zstdCompress)
/** Bytes of the least piece in which packed ones come. */
const leastOut = 16 * 1024
/** The fastest level, with tables and a window that reach over a whole blob: what is read again and again stands far apart. */
const params = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_windowLog]: 21,
  [constants.ZSTD_c_hashLog]: 16,
}
const newline = 0x0a
const none = Buffer.alloc(0)

/** Bytes of the room that most blobs take. Some of it is kept for the next ones: fresh memory costs a good part of filling it. */
const usualRoom = 2 * 1024 * 1024 + 64 * 1024
const mostSpare = 4
const spare: Buffer[] = []

function roomFor(bytes: number): Buffer {
  return bytes * 4 < usualRoom ? Buffer.allocUnsafe(bytes) : (spare.pop() ?? Buffer.allocUnsafe(usualRoom))
}

/** Lines on their way into a blob. They are kept as bytes: so many texts would outlive what is collected cheaply. */
export class Lines {
  #bytes: Buffer
  #length = 0
  #count = 0

  /** Room for about `expected` bytes; it grows where more come. */
  constructor(expected: number) {
    this.#bytes = roomFor(expected)
  }

  get count(): number {
    return this.#count
  }

  add(line: string): void {
    const from = this.#length
    const most = from + 1 + line.length * 3
    // The exact number is counted only where it matters.
    if (most > this.#bytes.length && from + 1 + Buffer.byteLength(line) > this.#bytes.length) {
      const more = Buffer.allocUnsafe(Math.max(most, this.#bytes.length * 2))
      this.#bytes.copy(more, 0, 0, from)
      this.#bytes = more
    }
    const written = this.#bytes.write(line, from)
    this.#bytes[from + written] = newline
    this.#length = from + written + 1
    this.#count += 1
  }

  /**
   * The blob; the lines are gone with it. Outside of this thread, which goes on parsing; it is called back once for
   * `chunkSize` bytes that come out.
   */
  async pack(): Promise<Uint8Array> {
    const bytes = this.#bytes.subarray(0, Math.max(0, this.#length - 1))
    const packed = await compress(bytes, { params, chunkSize: Math.max(leastOut, bytes.length >> 2) })
    if (this.#bytes.length === usualRoom && spare.length < mostSpare) spare.push(this.#bytes)
    this.#bytes = none
    // Bytes of their own: what stands in a larger piece would travel to other threads with all of it.
    return new Uint8Array(packed)
  }
}

export function unpack(bytes: Uint8Array): readonly string[] {
  return zstdDecompressSync(bytes).toString('utf8').split('\n')
}
