// Lines of a long text that is kept as a blob: any thousand of them, without more of it in memory than a piece.

import type { ScopedSessions } from '../session/contract.ts'

export interface LinesRead {
  readonly lineCount: number
  readonly lines: readonly string[]
  /** Numbers of lines of which only the beginning is there. */
  readonly cut: readonly number[]
}

interface Index {
  /** Where the lines 1, 1,001, 2,001, … begin. */
  readonly starts: readonly number[]
  readonly lineCount: number
}

const piece = 256 * 1024
const every = 1000
const mostLineBytes = 16 * 1024
const mostBytes = 1024 * 1024
const feed = 10
/** Texts whose lines were counted; of each a number for a thousand lines. */
const mostKnown = 64

type Blobs = ScopedSessions['blobs']

export class BlobLines {
  /** A blob is named by its content: what was counted once stays true. */
  readonly #known = new Map<string, Promise<Index>>()

  /** @param from, to numbers of lines, from 1, both inclusive */
  async read(blobs: Blobs, hash: string, size: number, { from, to }: { from: number; to: number }): Promise<LinesRead> {
    const { starts, lineCount } = await this.#index(blobs, hash, size)
    const block = Math.floor((from - 1) / every)
    const start = starts[block]
    if (start === undefined || from > lineCount) return { lineCount, lines: [], cut: [] }
    const reading = new Reading(block * every + 1, from, Math.min(to, lineCount))
    for (let at = start; at < size && !reading.done; at += piece) {
      reading.take(await bytesOf(blobs, hash, at, Math.min(size, at + piece)))
    }
    return { lineCount, ...reading.end() }
  }

  #index(blobs: Blobs, hash: string, size: number): Promise<Index> {
    const known = this.#known.get(hash)
    this.#known.delete(hash)
    const index = known ?? count(blobs, hash, size)
    this.#known.set(hash, index)
    // What could not be read may be there the next time.
    index.catch(() => this.#known.delete(hash))
    const [oldest] = this.#known.keys()
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest)
    return index
  }
}

async function count(blobs: Blobs, hash: string, size: number): Promise<Index> {
  const starts = size === 0 ? [] : [0]
  let lines = 0
  let last = feed
  for (let at = 0; at < size; at += piece) {
    const bytes = await bytesOf(blobs, hash, at, Math.min(size, at + piece))
    for (let end = bytes.indexOf(feed); end >= 0; end = bytes.indexOf(feed, end + 1)) {
      lines += 1
      if (lines % every === 0) starts.push(at + end + 1)
    }
    last = bytes.at(-1) ?? last
  }
  return { starts, lineCount: last === feed ? lines : lines + 1 }
}

async function bytesOf(blobs: Blobs, hash: string, start: number, end: number): Promise<Buffer> {
  const bytes = await blobs.get(hash, { start, end })
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0)
}

class Reading {
  readonly #from: number
  readonly #to: number
  #number: number
  #held: Buffer[] = []
  #heldBytes = 0
  #isCut = false
  #bytes = 0
  readonly #lines: string[] = []
  readonly #cut: number[] = []

  /** @param number of the line that the first byte belongs to */
  constructor(number: number, from: number, to: number) {
    this.#number = number
    this.#from = from
    this.#to = to
  }

  get done(): boolean {
    return this.#number > this.#to || this.#bytes >= mostBytes
  }

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.done; ) {
      const end = bytes.indexOf(feed, at)
      this.#hold(bytes.subarray(at, end < 0 ? bytes.length : end))
      if (end < 0) return
      this.#finish()
      at = end + 1
    }
  }

  /** What stands behind the last line feed is a line too. */
  end(): Pick<LinesRead, 'lines' | 'cut'> {
    if (this.#heldBytes > 0 && !this.done) this.#finish()
    return { lines: this.#lines, cut: this.#cut }
  }

  #hold(bytes: Buffer): void {
    if (this.#number < this.#from || bytes.length === 0) return
    const room = mostLineBytes - this.#heldBytes
    if (bytes.length > room) this.#isCut = true
    const part = bytes.subarray(0, room)
    this.#held.push(Buffer.from(part))
    this.#heldBytes += part.length
  }

  #finish(): void {
    if (this.#number >= this.#from) {
      const text = Buffer.concat(this.#held).toString('utf8')
      // A character that was cut in two is left out.
      this.#lines.push(this.#isCut ? text.replace(/\uFFFD$/, '') : text.replace(/\r$/, ''))
      if (this.#isCut) this.#cut.push(this.#number)
      this.#bytes += this.#heldBytes + 1
    }
    this.#held = []
    this.#heldBytes = 0
    this.#isCut = false
    this.#number += 1
  }
}
