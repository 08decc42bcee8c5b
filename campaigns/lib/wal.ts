// Reads how far a write-ahead log of SQLite goes, and tears what a loss of power may tear.

import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import type { Random } from './random.ts'
import type { WalMark } from './writers.ts'

const headerBytes = 32
const frameHeaderBytes = 24
const sector = 512

/** Follows a log from commit to commit without reading it again from the beginning. */
export class WalReader {
  readonly #path: string
  #salt = ''
  #end = headerBytes

  constructor(path: string) {
    this.#path = path
  }

  /** The end of the last commit. Every commit up to here is synced where commits are made in this very thread. */
  mark(): WalMark {
    const file = open(this.#path)
    if (file === null) return { salt: '', end: 0 }
    try {
      const header = Buffer.alloc(headerBytes)
      if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return { salt: '', end: 0 }
      const salt = header.toString('hex', 16, 24)
      if (salt !== this.#salt) {
        this.#salt = salt
        this.#end = headerBytes
      }
      for (const { commit, next } of frames(file, salt, header.readUInt32BE(8), this.#end)) {
        if (commit) this.#end = next
      }
      return { salt, end: this.#end }
    } finally {
      closeSync(file)
    }
  }
}

interface Frame {
  readonly page: number
  readonly commit: boolean
  readonly at: number
  readonly next: number
}

/** Frames of this log, up to the first that an earlier log left behind. */
function* frames(file: number, salt: string, pageBytes: number, from: number): Generator<Frame> {
  const header = Buffer.alloc(frameHeaderBytes)
  const size = frameHeaderBytes + pageBytes
  for (let at = from; readSync(file, header, 0, frameHeaderBytes, at) === frameHeaderBytes; at += size) {
    if (header.toString('hex', 8, 16) !== salt) return
    yield { page: header.readUInt32BE(0), commit: header.readUInt32BE(4) > 0, at, next: at + size }
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export const tears = ['cut', 'zeroes', 'garbage', 'hole', 'bits', 'beyond'] as const
export type Tear = (typeof tears)[number]

/** In the index of a log: how many frames a checkpoint was about to copy into the main file. */
const attemptedAt = 128

/**
 * Where bytes of the log begin that may be torn: behind what was synced at the last answer, and behind what a checkpoint
 * had begun to copy since, because it syncs the log first. `index` is the file as the kill left it.
 */
export function synced(path: string, index: string, last: WalMark): number {
  const log = contents(path)
  // Another log than at the last answer: what it follows is in the main file.
  const end = log.length >= headerBytes && log.toString('hex', 16, 24) === last.salt ? last.end : 0
  const shared = contents(index)
  const attempted = shared.length > attemptedAt + 4 && log.length >= headerBytes ? shared.readUInt32LE(attemptedAt) : 0
  const copied = attempted > 0 ? headerBytes + attempted * (frameHeaderBytes + log.readUInt32BE(8)) : 0
  return Math.min(Math.max(end, copied), log.length)
}

function contents(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
}

/**
 * Tears the log from `safe` on, as a loss of power may: the tail is cut, filled with zeroes or garbage, misses sectors,
 * has wrong bits, or the file is longer than what was written. Answers how many bytes were at risk.
 */
export function tearLog(path: string, safe: number, tear: Tear, random: Random): number {
  if (!existsSync(path)) return 0
  const bytes = readFileSync(path)
  writeFileSync(path, torn(bytes, safe, tear, random))
  return bytes.length - safe
}

function torn(bytes: Buffer, safe: number, tear: Tear, random: Random): Buffer {
  const at = random.between(safe, bytes.length)
  switch (tear) {
    case 'cut':
      return bytes.subarray(0, at)
    case 'zeroes':
      return Buffer.from(bytes).fill(0, at)
    case 'garbage':
      return Buffer.concat([bytes.subarray(0, at), random.bytes(bytes.length - at)])
    case 'hole': {
      // Later sectors were written, an earlier one was not.
      const begin = Math.max(safe, Math.floor(at / sector) * sector)
      return Buffer.from(bytes).fill(0, begin, Math.min(begin + sector, bytes.length))
    }
    case 'bits': {
      const copy = Buffer.from(bytes)
      const place = random.between(safe, Math.max(safe, bytes.length - 1))
      if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ (1 << random.between(0, 7))
      return copy
    }
    case 'beyond':
      return Buffer.concat([bytes, random.chance(0.5) ? Buffer.alloc(8192) : random.bytes(5000)])
  }
}

/**
 * Tears pages of the main file that the synced part of the log has too, as when the power went while they were copied
 * over. Never the first page, whose beginning must be read before the log is. Answers how many.
 */
export function tearPages(path: string, safe: number, random: Random): number {
  const log = open(`${path}-wal`)
  if (log === null) return 0
  const pages = new Set<number>()
  let pageBytes = 0
  try {
    const header = Buffer.alloc(headerBytes)
    if (readSync(log, header, 0, headerBytes, 0) < headerBytes) return 0
    pageBytes = header.readUInt32BE(8)
    let waiting: number[] = []
    for (const { page, commit, next } of frames(log, header.toString('hex', 16, 24), pageBytes, headerBytes)) {
      if (next > safe) break
      waiting.push(page)
      if (!commit) continue
      for (const each of waiting) pages.add(each)
      waiting = []
    }
  } finally {
    closeSync(log)
  }
  const bytes = readFileSync(path)
  let count = 0
  for (const page of pages) {
    const start = (page - 1) * pageBytes
    if (page === 1 || start + pageBytes > bytes.length || random.chance(0.5)) continue
    const from = start + random.between(0, pageBytes / sector - 1) * sector
    bytes.set(random.bytes(start + pageBytes - from), from)
    count += 1
  }
  writeFileSync(path, bytes)
  return count
}
