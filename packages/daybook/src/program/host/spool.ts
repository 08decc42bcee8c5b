// What one stream of a process gave, as files named by the offset at which they begin; and word of more to read.

import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { HostEvent, OutputStream, SpawnRequest } from './contract.ts'

/** Bytes of one file, and of one piece that is read. */
const fileBytes = 8 << 20
const pieceBytes = 64 << 10
/** Read into by all, for pieces are mostly small: what a terminal gives at once is 4 KB. */
const reading = Buffer.allocUnsafe(pieceBytes)
/** A hole is made of whole blocks, and grows by so much at once: each time costs a process. */
const blockBytes = 4 << 10
const growthBytes = 4 << 20

const blocks = (bytes: number): number => Math.floor(bytes / blockBytes) * blockBytes

/** What was let go in a file that others write, and which therefore keeps its length. */
export interface Hole {
  readonly from: number
  readonly to: number
}

function holeIn(names: readonly string[], stream: OutputStream): Hole | null {
  const [, , from, to] =
    names.map((name) => name.split('.')).find(([hole, of]) => hole === 'hole' && of === stream) ?? []
  return from === undefined ? null : { from: Number(from), to: Number(to) }
}

export class Spool {
  readonly #place: string
  readonly #stream: OutputStream
  /** How many files are kept; of `files` there is one, which the process itself holds. */
  readonly #most: number
  /** Where each file begins, in order; never empty. */
  #starts: number[]
  #writing: { readonly fd: number; size: number } | null = null
  /** The end as this writer knows it: beyond the last file where the disk took no more. */
  #end: number | null = null
  #hole: Hole | null

  constructor(place: string, stream: OutputStream, most = Number.POSITIVE_INFINITY) {
    this.#place = place
    this.#stream = stream
    this.#most = most
    const names = readdirSync(place)
    this.#hole = holeIn(names, stream)
    this.#starts = names
      .filter((name) => name.startsWith(`${stream}.`))
      .map((name) => Number(name.slice(stream.length + 1)))
      .sort((a, b) => a - b)
  }

  static path(place: string, stream: OutputStream, start: number): string {
    return join(place, `${stream}.${start}`)
  }

  get kept(): number {
    const start = this.#starts[0] ?? 0
    return this.#hole !== null && this.#hole.from <= start ? Math.max(this.#hole.to, start) : start
  }

  get offset(): number {
    const last = this.#starts.at(-1)
    return this.#end ?? (last === undefined ? 0 : last + statSync(this.#path(last)).size)
  }

  /** When it last grew, in milliseconds since 1970; null where it is empty. */
  get grownAt(): number | null {
    const last = this.#starts.at(-1)
    const { size, mtimeMs } = last === undefined ? { size: 0, mtimeMs: 0 } : statSync(this.#path(last))
    return size > 0 ? mtimeMs : null
  }

  #path(start: number): string {
    return Spool.path(this.#place, this.#stream, start)
  }

  /** What the disk does not take is counted, and told as a gap: a full disk must not stop the program. */
  write(bytes: Uint8Array): void {
    const at = this.offset
    this.#end = at + bytes.length
    try {
      if (this.#writing !== null && this.#writing.size >= fileBytes) this.end()
      this.#writing ??= this.#begin(at)
      for (let done = 0; done < bytes.length; ) {
        const taken = writeSync(this.#writing.fd, bytes, done)
        done += taken
        this.#writing.size += taken
      }
    } catch (error) {
      this.end()
      console.error(`${this.#place}: output was not kept: ${String(error)}`)
    }
  }

  #begin(at: number): { fd: number; size: number } {
    const fd = openSync(this.#path(at), 'a', 0o600)
    if (this.#starts.at(-1) !== at) this.#starts.push(at)
    this.#drop(this.#starts.length - this.#most)
    return { fd, size: 0 }
  }

  /** Nothing more is written. */
  end(): void {
    if (this.#writing !== null) closeSync(this.#writing.fd)
    this.#writing = null
  }

  /** The next piece from there on, or what is missing there; null at the end. */
  read(from: number): Exclude<HostEvent, { type: 'exit' }> | null {
    const stream = this.#stream
    const hole = this.#hole
    if (hole !== null && from >= hole.from && from < hole.to) return { type: 'gap', stream, from, to: hole.to }
    const most = hole !== null && from < hole.from ? Math.min(hole.from - from, pieceBytes) : pieceBytes
    const index = this.#starts.findLastIndex((start) => start <= from)
    const start = this.#starts[index]
    if (start !== undefined) {
      const fd = openSync(this.#path(start), 'r')
      const size = readSync(fd, reading, 0, most, from - start)
      closeSync(fd)
      if (size > 0) return { type: 'output', stream, offset: from, bytes: Uint8Array.from(reading.subarray(0, size)) }
    }
    // The end of what others write is not asked for again: what they wrote since the reading is no gap.
    const to = this.#starts[index + 1] ?? this.#end ?? from
    return to > from ? { type: 'gap', stream, from, to } : null
  }

  /** Removes files that lie wholly before the offset; of a stream that has ended, also the last one. */
  forgetBefore(offset: number): void {
    const end = this.offset
    if (offset >= end && this.#starts.at(-1) !== end) {
      writeFileSync(this.#path(end), '', { mode: 0o600 }) // says by its name how far the stream went
      this.#starts.push(end)
    }
    this.#drop(this.#starts.findLastIndex((start) => start <= offset))
  }

  /** What may go while its process lives, where only beginning and end are asked for; null where that is little. */
  surplus({ first, last }: NonNullable<SpawnRequest['keep']>): Hole | null {
    const from = this.#hole?.from ?? blocks(first + blockBytes - 1)
    return this.#grown(from, blocks(this.offset - last))
  }

  /** The same of what was acknowledged. */
  surplusBefore(offset: number): Hole | null {
    return offset < (this.#hole?.from ?? 0) ? null : this.#grown(0, blocks(Math.min(offset, this.offset)))
  }

  #grown(from: number, to: number): Hole | null {
    const hole = this.#hole ?? { from, to: from }
    const more = to - hole.to + hole.from - from
    const own = this.#starts.length === 1 && this.#starts[0] === 0
    return own && to >= hole.to && more >= growthBytes ? { from, to } : null
  }

  /**
   * From now on it is a gap; the caller gives the room in the file of this path back to the disk. The name of a file says so, for names reach the
   * disk in the order of such changes: after a loss of power no hole is read as output.
   */
  letGo(hole: Hole): string {
    const sign = ({ from, to }: Hole): string => join(this.#place, `hole.${this.#stream}.${from}.${to}`)
    if (this.#hole === null) writeFileSync(sign(hole), '', { mode: 0o600 })
    else renameSync(sign(this.#hole), sign(hole))
    this.#hole = hole
    return this.#path(0)
  }

  #drop(count: number): void {
    if (count <= 0) return
    for (const start of this.#starts.splice(0, count)) rmSync(this.#path(start), { force: true })
  }
}

/** Wakes those who wait for more. */
export class Notice {
  readonly #waiting = new Set<() => void>()

  get wanted(): boolean {
    return this.#waiting.size > 0
  }

  tell(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
      if (signal.aborted) wake()
    })
  }
}
