// Transcripts that are lines of JSON and only grow: read from any byte, one line in memory at a time.

import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { sha256 } from '../store/hash.ts'
import type { FoundFile, RawRecord, Transcript } from './contract.ts'
import { parsedOf } from './fields.ts'
import { openRegular } from './files.ts'

/** Bytes of the longest line that is read; a longer one is told by where it stands. */
export const longestLine = 32 * 1024 * 1024
/** Bytes of a line that has no text which are told of it. */
const told = 1024
const chunkBytes = 512 * 1024
const newline = 0x0a

/** The transcript of a file with one session in lines. */
export function lineTranscript(file: FoundFile, id: string, limit = longestLine): Transcript {
  return {
    agent: file.agent,
    id,
    name: file.name,
    size: file.size,
    mark: file.mark,
    kind: 'lines',
    records: (from, signal) => records(file, from, limit, signal),
    proof: (to) => proofOf(file, to),
  }
}

/** The first record of a file of lines; undefined where there is none that is JSON. */
export async function firstRecord(file: FoundFile): Promise<unknown> {
  for await (const { text } of lineTranscript(file, '').records(0)) return parsedOf(text)
  return undefined
}

async function* records(file: FoundFile, from: number, limit: number, signal?: AbortSignal): AsyncGenerator<RawRecord> {
  const handle = await openRegular(file)
  try {
    const line = new Line(from, limit)
    let held = null as RawRecord | null
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (let at = from; ; ) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at)
      if (bytesRead === 0) break
      at += bytesRead
      for (let done = 0; done < bytesRead; ) {
        const end = buffer.indexOf(newline, done)
        const stop = end < 0 || end >= bytesRead ? bytesRead : end
        const isWhole = stop < bytesRead
        line.add(buffer.subarray(done, stop), isWhole)
        done = stop + 1
        if (!isWhole) break
        const record = line.end(1)
        // A blank line belongs to the record before it, so that a file is read to its end where it ends with some.
        if (record === null && held !== null) held = { ...held, to: line.from }
        if (record === null) continue
        if (held !== null) yield held
        held = record
      }
    }
    if (held !== null) yield held
    const last = line.unended()
    if (last) yield last
  } finally {
    await handle.close()
  }
}

/** A line under way. */
class Line {
  from: number
  #length = 0
  #pieces: Buffer[] = []
  readonly #limit: number

  constructor(from: number, limit: number) {
    this.from = from
    this.#limit = limit
  }

  /** `isWhole`: the line ends behind this piece, before the buffer it stands in is filled again. */
  add(piece: Buffer, isWhole: boolean): void {
    this.#length += piece.length
    const kept = this.#length > this.#limit ? this.#pieces.splice(0) : null
    // Of a line that is too long only the beginning is kept from here on.
    if (kept) this.#pieces = [Buffer.concat([...kept, piece]).subarray(0, told)]
    else this.#pieces.push(isWhole ? piece : Buffer.from(piece))
  }

  /** The record of a whole line, and the beginning of the next one; null for a blank line. */
  end(ending: number): RawRecord | null {
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? empty) : Buffer.concat(this.#pieces)
    const from = this.from
    const to = from + this.#length + ending
    const whole = this.#length <= this.#limit
    this.from = to
    this.#length = 0
    this.#pieces = []
    if (!whole) return { text: null, from, to, beginning: beginning(bytes), why: 'too_long' }
    const text = decoded(bytes)?.trim()
    if (text === undefined) return { text: null, from, to, beginning: beginning(bytes), why: 'not_utf8' }
    return text === '' ? null : { text, from, to }
  }

  /** A last line without its end counts once it is a whole object: no part of an object is one. */
  unended(): RawRecord | null {
    if (this.#length === 0 || this.#length > this.#limit) return null
    const bytes = Buffer.concat(this.#pieces)
    if (bytes.lastIndexOf('}') < 0 || !isUtf8(bytes) || !isObject(bytes.toString('utf8'))) return null
    return this.end(0)
  }
}

const empty = Buffer.alloc(0)

/** Undefined for bytes that are no UTF-8. Most lines are plain, and those need no decoding. */
function decoded(bytes: Buffer): string | undefined {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

function beginning(bytes: Buffer): string {
  return bytes.subarray(0, told).toString('utf8')
}

function isObject(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // what is no JSON yet may become it with the next write
  }
}

const headBytes = 1024
const tailBytes = 256

/** Length and hashes of the first and the last bytes before `to`: a file that was cut or written anew gives others. */
async function proofOf(file: FoundFile, to: number): Promise<string> {
  const handle = await openRegular(file)
  try {
    const head = await hashOf(handle, 0, Math.min(headBytes, to))
    const tail = await hashOf(handle, Math.max(0, to - tailBytes), to)
    return `${to}:${head}:${tail}`
  } finally {
    await handle.close()
  }
}

async function hashOf(handle: FileHandle, start: number, end: number): Promise<string> {
  const bytes = Buffer.alloc(end - start)
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done)
    if (bytesRead === 0) return 'short'
    done += bytesRead
  }
  return sha256(bytes).slice(0, 22)
}
