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
import { type Grown, markBytes } from './grown.ts'

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
  /** Whether the room of the hole is being freed, which may come behind a cut. */
  #freeing = false
  readonly #grown: Grown | null

  /** `grown` is of a process that writes its file itself. */
  constructor(place: string, stream: OutputStream, most = Number.POSITIVE_INFINITY, grown: Grown | null = null) {
    this.#place = place
    this.#stream = stream
    this.#most = most
    this.#grown = grown
    const names = readdirSync(place)
    this.#hole = holeIn(names, stream)
    this.#starts = names
      .filter((name) => name.startsWith(`${stream}.`))
      .map((name) => Number(name.slice(stream.length + 1)))
      .sort((a, b) => a - b)
    if (this.#starts[0] === 0) this.#starts[0] = this.base
    if (this.#hole !== null && this.#hole.to <= this.base) this.#dropHole()
  }

  static path(place: string, stream: OutputStream, start: number): string {
    return join(place, `${stream}.${start}`)
  }

  get kept(): number {
    const start = this.#starts[0] ?? 0
    return this.#hole !== null && this.#hole.from <= start ? Math.max(this.#hole.to, start) : start
  }

  /** Where the file begins that the process writes itself. */
  get base(): number {
    return this.#grown?.base ?? 0
  }

  get offset(): number {
    this.#look()
    const last = this.#starts.at(-1)
    if (this.#grown !== null && this.#ofProcess) return this.#grown.end
    return this.#end ?? (last === undefined ? 0 : last + statSync(this.#path(last)).size)
  }

  /** When it last grew, in milliseconds since 1970; null where it is empty. */
  get grownAt(): number | null {
    const last = this.#starts.at(-1)
    const { size, mtimeMs } = last === undefined ? { size: 0, mtimeMs: 0 } : statSync(this.#path(last))
    return size > 0 ? mtimeMs : null
  }

  #path(start: number): string {
    return Spool.path(this.#place, this.#stream, start === this.base ? 0 : start)
  }

  /** Whether there is just the file that the process writes itself. */
  get #ofProcess(): boolean {
    return this.#starts.length === 1 && this.#starts[0] === this.base
  }

  /** True where the process has cut its file, which then begins at another offset. */
  #look(): boolean {
    if (this.#grown === null || !this.#ofProcess) return false
    const { base } = this
    if (!this.#grown.look()) return false
    this.#starts = [this.base]
    if (this.#hole === null) return true
    const moved = { from: this.#hole.from - base + this.base, to: this.#hole.to - base + this.base }
    const { blocks: taken, size } = statSync(this.#path(this.base))
    // What is freed behind the cut is of what was printed since.
    if (this.#freeing) this.#grown.loseMarks()
    if (this.#freeing || taken * 512 < size) this.#sign(moved)
    else this.#dropHole()
    return true
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
    if (this.#grown !== null && from >= this.#grown.end) this.#look()
    const hole = this.#hole
    if (hole !== null && from >= hole.from && from < hole.to) return { type: 'gap', stream, from, to: hole.to }
    const most = hole !== null && from < hole.from ? Math.min(hole.from - from, pieceBytes) : pieceBytes
    const index = this.#starts.findLastIndex((start) => start <= from)
    const start = this.#starts[index]
    if (start !== undefined) {
      const fd = openSync(this.#path(start), 'r')
      const known = this.#grown !== null && this.#ofProcess ? Math.max(0, this.#grown.end - from) : most
      const size = readSync(fd, reading, 0, Math.min(most, known), from - start)
      closeSync(fd)
      if (this.#look()) return this.read(from) // it was cut before it was read, or right behind: nobody knows
      if (size > 0) return { type: 'output', stream, offset: from, bytes: Uint8Array.from(reading.subarray(0, size)) }
    }
    // The end of what others write is not asked for again: what they wrote since the reading is no gap.
    const to = this.#starts[index + 1] ?? this.#end ?? from
    return to > from ? { type: 'gap', stream, from, to } : null
  }

  /** Removes files that lie wholly before the offset: of a process that lives neither the first nor the one that is written. */
  forgetBefore(offset: number, living: boolean): void {
    const end = this.offset
    if (!living && offset >= end && this.#starts.at(-1) !== end) {
      writeFileSync(this.#path(end), '', { mode: 0o600 }) // says by its name how far the stream went
      this.#starts.push(end)
    }
    const before = this.#starts.findLastIndex((start) => start <= offset)
    this.#drop(living ? before - 1 : before, living ? 1 : 0)
  }

  /** What may go while its process lives, where only beginning and end are asked for; null where that is little. */
  surplus({ first, last }: NonNullable<SpawnRequest['keep']>): Hole | null {
    const to = this.base + blocks(this.offset - this.base - Math.max(last, markBytes))
    return this.#more(this.#hole?.from ?? this.base + blocks(first + blockBytes - 1), to)
  }

  /** The same of what was acknowledged. */
  surplusBefore(offset: number): Hole | null {
    const end = this.offset - markBytes
    if (offset < (this.#hole?.from ?? 0)) return null
    return this.#more(this.base, this.base + blocks(Math.min(offset, end) - this.base))
  }

  #more(from: number, to: number): Hole | null {
    const hole = this.#hole ?? { from, to: from }
    const more = to - hole.to + hole.from - from
    return this.#ofProcess && to >= hole.to && more >= growthBytes ? { from, to } : null
  }

  /**
   * From now on it is a gap; the caller gives the room in the file of this path back to the disk, and says when it has.
   * The name of a file says so, for names reach the disk in the order of such changes: after a loss of power no hole is
   * read as output.
   */
  letGo(hole: Hole): string {
    this.#freeing = true
    if (hole.from === this.base) this.#grown?.loseHead()
    this.#sign(hole)
    return this.#path(this.base)
  }

  /** The room of what was let go is free. */
  freed(): void {
    this.#look()
    this.#freeing = false
    if (this.#ofProcess) this.#grown?.markEnd()
  }

  #signOf({ from, to }: Hole): string {
    return join(this.#place, `hole.${this.#stream}.${from}.${to}`)
  }

  #sign(hole: Hole): void {
    if (this.#hole === null) writeFileSync(this.#signOf(hole), '', { mode: 0o600 })
    else renameSync(this.#signOf(this.#hole), this.#signOf(hole))
    this.#hole = hole
  }

  #dropHole(): void {
    if (this.#hole !== null) rmSync(this.#signOf(this.#hole), { force: true })
    this.#hole = null
  }

  #drop(count: number, from = 0): void {
    if (count <= 0) return
    for (const start of this.#starts.splice(from, count)) rmSync(this.#path(start), { force: true })
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
