// How far a file was seen that a program writes itself: on disk, so that every later host knows when the program has cut it.

import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWhole, writeWhole } from './record.ts'

/** Bytes at the beginning and before the end that was seen by which a file is known again; the latter are never let go. */
export const markBytes = 64
/** All records have one length, so that one is written over the other at once. */
const recordBytes = 512

interface Seen {
  /** The offset at which the file begins: grows when it is cut. */
  readonly base: number
  readonly size: number
  /** Null where the bytes are let go, or may be. */
  readonly head: string | null
  readonly tail: string | null
}

const marked = (fd: number, from: number, to: number): string | null => {
  const bytes = Buffer.alloc(to - from)
  return readSync(fd, bytes, 0, bytes.length, from) === bytes.length ? bytes.toString('base64') : null
}

/**
 * A shell opens the file anew for `> /dev/stderr`, and so cuts it to nothing; no system lets it open and not cut. What a
 * reader was told stands before the end that was seen, which is on disk before anything is told: there the next beginning is.
 */
export class Grown {
  readonly #path: string
  readonly #folder: string
  readonly #record: string
  readonly #living: boolean
  #seen: Seen
  #recorded: boolean

  /** One that is not `living` was lost with its machine: what is missing there was not cut. */
  constructor(place: string, stream: string, path: string, living: boolean) {
    this.#path = path
    this.#folder = join(place, 'seen')
    this.#record = join(this.#folder, stream)
    this.#living = living
    const seen = readWhole<Seen>(this.#record)
    this.#recorded = seen !== null
    this.#seen = seen ?? { base: 0, size: 0, head: '', tail: '' }
  }

  get base(): number {
    return this.#seen.base
  }

  get end(): number {
    return this.#seen.base + this.#seen.size
  }

  /** Sees how long it is; true where it was cut since, and therefore begins where what was seen of it ended. */
  look(): boolean {
    const fd = openSync(this.#path, 'r')
    const before = this.#seen
    try {
      for (let seen = before; ; ) {
        const { size } = fstatSync(fd)
        const head = seen.head === null ? null : marked(fd, 0, Math.min(size, markBytes))
        const tail = seen.tail === null ? null : marked(fd, Math.max(0, size - markBytes), size)
        // Asked behind the reading: where it still holds, what was read is of the same file.
        if (this.#living && !(size >= seen.size && this.#holds(fd, seen)))
          seen = { base: seen.base + seen.size, size: 0, head: '', tail: '' }
        else if ((tail !== null || seen.tail === null) && (head !== null || seen.head === null)) {
          if (size !== seen.size || seen !== before) this.#write({ base: seen.base, size, head, tail })
          return seen !== before
        }
      }
    } finally {
      closeSync(fd)
    }
  }

  #holds(fd: number, { size, head, tail }: Seen): boolean {
    if (fstatSync(fd).size < size) return false
    if (head !== null && marked(fd, 0, Math.min(size, markBytes)) !== head) return false
    return tail === null || marked(fd, Math.max(0, size - markBytes), size) === tail
  }

  /** The beginning is let go, and says nothing any more. */
  loseHead(): void {
    if (this.#seen.head !== null) this.#write({ ...this.#seen, head: null })
  }

  /** Somebody frees room in what came behind a cut: until that is done only the length tells of another one. */
  loseMarks(): void {
    this.#write({ ...this.#seen, head: null, tail: null })
  }

  /** That is done; the beginning may have gone with it. */
  markEnd(): void {
    if (this.#seen.tail !== null) return
    const fd = openSync(this.#path, 'r')
    const { size } = this.#seen
    const tail = marked(fd, Math.max(0, size - markBytes), size)
    closeSync(fd)
    if (tail !== null) this.#write({ ...this.#seen, tail }) // else it was cut, which the next look sees
  }

  /** A full disk must not keep output from its readers; whether it was cut is then known to this host only. */
  #write(seen: Seen): void {
    this.#seen = seen
    try {
      if (this.#recorded) {
        writeFileSync(this.#record, JSON.stringify(seen).padEnd(recordBytes), { flag: 'r+' })
        return
      }
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeWhole(this.#record, seen)
      this.#recorded = true
    } catch (error) {
      console.error(`${this.#record}: how much was seen is not recorded: ${String(error)}`)
    }
  }
}
