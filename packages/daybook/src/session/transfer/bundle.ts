// Checking an export line by line, with nothing but the lines: what is said of every session, entry and blob must hold.

import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { StoredEntry } from '../../schema/entries.ts'
import { type ErrorCode, isDaybookError } from '../../schema/errors.ts'
import type { Hash, Seq, SessionId } from '../../schema/ids.ts'
import { isKind } from '../../schema/kinds.ts'
import { ChainCheck } from '../verify/chain.ts'
import { checkEntry } from './entry.ts'
import type { BlobLine, EndLine, EntryLine, HeaderLine, SessionLine } from './format.ts'
import { formatVersion } from './format.ts'

/** Bytes of the largest blob that is taken in: one is held in memory while it comes. */
const mostBlobBytes = 1024 * 1024 * 1024

export interface Problem {
  readonly session: SessionId | null
  readonly detail: string
  readonly code: ErrorCode
}

interface Block {
  readonly line: SessionLine
  readonly chain: ChainCheck
  readonly points: ReadonlySet<Seq>
  next: Seq
  last: Hash
}

/** Remembers of earlier blocks only the hashes at which later ones go on. */
export class BundleCheck {
  readonly #problem: (problem: Problem) => void
  readonly #sessions = new Map<SessionId, Map<Seq, Hash>>()
  readonly #blobs = new Set<Hash>()
  #begun = false
  #ended = false
  #block: Block | null = null
  #blob: { readonly line: BlobLine; readonly pieces: Buffer[]; bytes: number } | null = null
  entries = 0

  constructor(problem: (problem: Problem) => void) {
    this.#problem = problem
  }

  get sessions(): number {
    return this.#sessions.size
  }

  get blobs(): number {
    return this.#blobs.size
  }

  #wrong(detail: string, code: ErrorCode = 'invalid'): void {
    this.#problem({ session: this.#block?.line.session ?? null, detail, code })
  }

  header({ version }: HeaderLine): void {
    if (this.#begun) this.#wrong('a header stands in the middle')
    this.#begun = true
    if (version > formatVersion) this.#wrong(`version ${version} is newer than ${formatVersion}`, 'too_new')
  }

  /** The first line is the header, and nothing comes after the end. */
  place(): void {
    if (!this.#begun) this.#wrong('it does not begin with the header of an export')
    this.#begun = true
    if (this.#ended) this.#wrong('there is more after the end')
  }

  begin(line: SessionLine): void {
    const { session, base, first, last } = line
    const segment = { session, after: first - 1, until: last, base }
    const chain = new ChainCheck([segment], base?.hash ?? 'genesis', ({ seq, detail }) =>
      this.#wrong(`entry ${seq}: ${detail}`),
    )
    this.#block = { line, chain, points: new Set(line.forked_at), next: first, last: '' }
    if (last < first) this.#wrong('its last entry is before its first')
    if (first !== (base?.seq ?? 0) + 1) this.#wrong('it does not begin where its base ends')
    if (this.#sessions.has(session)) this.#wrong('it is in the file twice')
    const hash = base && this.#sessions.get(base.session)?.get(base.seq)
    if (base && hash === undefined) this.#wrong(`its base ${base.session} at ${base.seq} is not in the file before it`)
    else if (base && hash !== base.hash) this.#wrong(`it does not continue entry ${base.seq} of ${base.session}`)
    this.#sessions.set(session, new Map())
  }

  /** The entry, when it can be stored. */
  entry(line: EntryLine): StoredEntry | null {
    const block = this.#block
    if (!block) {
      this.#wrong('an entry without a session')
      return null
    }
    if (this.#blob) this.#wrong(`the blob ${this.#blob.line.hash} is not whole`)
    this.#blob = null
    this.entries += 1
    const { kind, data_hash: dataHash, type: _, ...rest } = line
    if (!isKind(kind)) {
      this.#wrong(`entry ${line.seq}: the kind ${kind} is not known here`, 'too_new')
      block.chain.skip(line.seq)
      block.next = line.seq + 1
      return null
    }
    const entry: StoredEntry = { ...rest, kind, dataHash }
    block.chain.take(entry)
    block.next = line.seq + 1
    block.last = line.hash
    if (block.points.has(line.seq)) this.#sessions.get(block.line.session)?.set(line.seq, line.hash)
    this.#data(entry, block.line)
    return entry
  }

  #data(entry: StoredEntry, line: SessionLine): void {
    try {
      for (const blob of checkEntry(entry, line)) {
        if (!this.#blobs.has(blob)) this.#wrong(`entry ${entry.seq}: its blob ${blob} is not before it`)
      }
    } catch (error) {
      if (!isDaybookError(error)) throw error
      this.#wrong(`entry ${entry.seq}: ${error.message}`, error.code)
    }
  }

  /** The bytes, once the last part is there and they are what the hash says. */
  blob(line: BlobLine): Buffer | null {
    const { hash, size, part, parts, data } = line
    if (size > mostBlobBytes) {
      this.#wrong(`the blob ${hash} has over ${mostBlobBytes} bytes`, 'too_large')
      return null
    }
    if (part === 1 && (this.#blob || this.#blobs.has(hash))) this.#wrong(`the blob ${hash} begins twice`)
    if (part === 1) this.#blob = { line, pieces: [], bytes: 0 }
    const blob = this.#blob
    const goesOn = blob?.line.hash === hash && blob.line.size === size && blob.line.parts === parts
    if (!blob || !goesOn || part !== blob.pieces.length + 1 || part > parts) {
      this.#wrong(`part ${part} of the blob ${hash} is not the next one`)
      return null
    }
    const bytes = Buffer.from(data, 'base64')
    blob.pieces.push(bytes)
    blob.bytes += bytes.length
    if (part < parts && blob.bytes <= size) return null
    this.#blob = null
    const whole = Buffer.concat(blob.pieces)
    if (whole.length !== size || createHash('sha256').update(whole).digest('base64url') !== hash) {
      this.#wrong(`the blob ${hash} has other bytes than its hash says`)
      return null
    }
    this.#blobs.add(hash)
    return whole
  }

  /** Ends the present block, if there is one: it must be as long as it said. */
  endBlock(): void {
    const block = this.#block
    if (!block) return
    const { last, hash } = block.line
    if (block.next <= last) this.#wrong(`it ends before entry ${block.next}, and said ${last}`)
    else if (block.next > last + 1) this.#wrong(`it goes on after entry ${last}`)
    else if (block.last !== hash) this.#wrong('its last hash is not the one that it began with')
    this.#block = null
  }

  end(line: EndLine): void {
    this.#ended = true
    const { sessions, entries, blobs } = this
    if (line.sessions !== sessions || line.entries !== entries || line.blobs !== blobs) {
      this.#wrong(
        `it counts ${line.sessions}, ${line.entries}, ${line.blobs}; there are ${sessions}, ${entries}, ${blobs}`,
      )
    }
  }

  /** After the last line. */
  finish(): void {
    if (!this.#begun) this.#wrong('it is empty')
    else if (!this.#ended) this.#wrong('it was cut off: its last line is missing')
  }
}
