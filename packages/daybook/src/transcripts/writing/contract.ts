// The port of writers: a session as a file of another agent's own form, which its program goes on from, or as a document.

import type { Seq, SessionId } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import type { HistoryMessage } from '../../session/views/contract.ts'

/** What a transcript is written of: messages, and where they were said. */
export interface Told {
  readonly session: SessionId
  /** Its newest entry; the same session at the same seq gives the same bytes. */
  readonly seq: Seq
  readonly title: string
  /** Absolute path of the folder in which the agent goes on. */
  readonly cwd: string
  readonly branch?: string
  readonly repository?: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly messages: AsyncIterable<HistoryMessage>
}

/** How the agent's own program goes on from a written file. */
export interface Resuming {
  /** The agent's own id of the session in the file. */
  readonly id: string
  /** Where the program looks for the file, from the home folder on; null where it is told the file by name. */
  readonly place: string | null
  /** What is typed in the session's folder, in order; `FILE` stands for the written file. */
  readonly commands: readonly string[]
}

export interface TranscriptWriter {
  /** As it is typed: `codex`. */
  readonly agent: string
  /** As people know it. */
  readonly title: string
  /** Of the file's name, with its dot. */
  readonly extension: string
  resuming(told: Omit<Told, 'messages'>): Resuming
  /** Pieces of the file's text, in order. */
  write(told: Told): AsyncGenerator<string>
}

export interface DocumentWriter {
  readonly format: string
  readonly title: string
  readonly extension: string
  /** Pieces of the active history at the call, in order. `timeZone`: an IANA name, for the times shown. */
  write(session: Session, timeZone: string): AsyncGenerator<string>
}
