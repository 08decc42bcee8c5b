// The elements of a list inside one large JSON document, one at a time: the document itself is never in memory.

import { Buffer } from 'node:buffer'
import type { FoundFile } from './contract.ts'
import { openRegular } from './files.ts'

export interface Element {
  /** Null when it is longer than the limit. */
  readonly text: string | null
  /** Its place in the list, from 0. */
  readonly index: number
  /** Of an element without text: how it begins. */
  readonly beginning?: string
}

const chunkBytes = 256 * 1024
const told = 1024
const [quote, backslash, open, close, openList, closeList, comma] = [...Buffer.from('"\\{}[],')] as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

/**
 * The elements of the document's own list (`key` null) or of the list under a key of its outermost object. An unfinished
 * last element is not given; what follows something that is no JSON is not either.
 */
export async function* elementsOf(
  file: Pick<FoundFile, 'path' | 'mark'>,
  key: string | null,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<Element> {
  const handle = await openRegular(file)
  try {
    const scan = new Scan(key, limit)
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (let at = 0; ; ) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield* scan.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** The members of the outermost object in front of the list under `key`; empty where there are none. */
export async function membersBefore(file: Pick<FoundFile, 'path' | 'mark'>, key: string): Promise<unknown> {
  const handle = await openRegular(file)
  try {
    const buffer = Buffer.alloc(64 * 1024)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    const text = buffer.toString('utf8', 0, bytesRead)
    const end = text.indexOf(`"${key}"`)
    return JSON.parse(`${text.slice(0, end < 0 ? 0 : end).replace(/,\s*$/, '')}}`)
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  } finally {
    await handle.close()
  }
}

class Scan {
  readonly #key: string | null
  readonly #limit: number
  /** Depth of the list's own elements. */
  readonly #inside: number
  #depth = 0
  #inText = false
  #escaped = false
  /** The text that was read last at the depth of keys, which may be the key of the list. */
  #word: number[] = []
  #inList = false
  #index = 0
  #pieces: Buffer[] = []
  #length = 0

  constructor(key: string | null, limit: number) {
    this.#key = key
    this.#limit = limit
    this.#inside = key === null ? 1 : 2
  }

  *push(bytes: Buffer): Generator<Element> {
    let start = 0
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number
      if (this.#inText) {
        this.#text(byte)
        continue
      }
      if (byte === quote) this.#begin()
      else if (byte === open || byte === openList) {
        this.#depth += 1
        if (this.#entersList(byte)) start = at + 1
      } else if (byte === close || byte === closeList) {
        if (this.#inList && this.#depth === this.#inside) {
          yield* this.#end(bytes.subarray(start, at))
          this.#inList = false
        }
        this.#depth -= 1
      } else if (byte === comma && this.#inList && this.#depth === this.#inside) {
        yield* this.#end(bytes.subarray(start, at))
        start = at + 1
      }
    }
    if (this.#inList) this.#keep(bytes.subarray(start))
  }

  #begin(): void {
    this.#inText = true
    if (this.#depth === 1) this.#word = []
  }

  #text(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === backslash) this.#escaped = true
    else if (byte === quote) this.#inText = false
    else if (this.#depth === 1 && this.#word.length < 256) this.#word.push(byte)
  }

  #entersList(byte: number): boolean {
    if (byte !== openList || this.#depth !== this.#inside || this.#inList) return false
    this.#inList = this.#key === null || Buffer.from(this.#word).toString('utf8') === this.#key
    return this.#inList
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length
    if (this.#length <= this.#limit) this.#pieces.push(Buffer.from(piece))
    else this.#pieces = [Buffer.concat([...this.#pieces, piece]).subarray(0, told)]
  }

  *#end(piece: Buffer): Generator<Element> {
    this.#keep(piece)
    const text = Buffer.concat(this.#pieces).toString('utf8').trim()
    const whole = this.#length <= this.#limit
    this.#pieces = []
    this.#length = 0
    if (text === '') return
    const index = this.#index
    this.#index += 1
    yield whole ? { text, index } : { text: null, index, beginning: text }
  }
}
