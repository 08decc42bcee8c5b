// Adopting as callers see it: what is asked, what is told while it goes on, and the report.

import type { ScopedSessions } from '../session/contract.ts'
import type { Finding, Redactor } from '../session/redact.ts'
import type { FoundFile, Places, TranscriptReader } from './contract.ts'

export interface AdoptOptions {
  readonly readers: readonly TranscriptReader[]
  readonly places: Places
  /** Writes as an import: the caller of this scope has the writer `I`. */
  readonly sessions: ScopedSessions
  /** Masks the records beside the entries; the engine masks the entries. Default: the known shapes. */
  readonly redactor?: Redactor
  /**
   * Threads that read, mask and translate beside the one that writes; what comes of it is the same. `module` calls
   * `serveGathering`; threads start once `worth` bytes were read and many times as many are left. Default: none. Not with a redactor of the caller.
   */
  readonly threads?: { readonly module: URL; readonly count?: number; readonly worth?: number }
  /** Only files that this accepts; default: all. */
  readonly accept?: (file: FoundFile) => boolean
  /** Only sessions that worked in this folder or below it; of others nothing is kept. Absolute. */
  readonly folder?: string
  readonly onProgress?: (progress: AdoptProgress) => void
  readonly signal?: AbortSignal
}

export interface AdoptProgress {
  readonly files: number
  readonly filesDone: number
  /** Bytes of the found files, and of those that are done. */
  readonly bytes: number
  readonly bytesDone: number
}

export interface AdoptReport {
  readonly files: number
  /** Bytes of the found files, and those that were read this time. */
  readonly bytes: number
  readonly bytesRead: number
  /** Sessions that began here, that grew, and whose transcripts had nothing new. */
  readonly added: number
  readonly grown: number
  readonly unchanged: number
  readonly messages: number
  readonly calls: number
  readonly edits: number
  /** Records that nobody here understands; they are kept as they are. */
  readonly foreign: number
  readonly masked: readonly Finding[]
  readonly repositories: readonly string[]
  readonly branches: readonly string[]
  /** Files that end within a record. */
  readonly partial: readonly string[]
  /** Sessions that a person deleted here or put into the trash, exports of which something was erased: left alone. */
  readonly leftAlone: readonly string[]
  /** Transcripts that were written here and in which nobody went on: they bring nothing. */
  readonly ours: readonly string[]
  readonly problems: readonly AdoptProblem[]
}

export interface AdoptProblem {
  readonly agent: string
  readonly name: string
  readonly code: string
  readonly message: string
}
