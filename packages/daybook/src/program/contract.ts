// What a program tells while it works on a prompt, in the same words whatever program and driver it came through.

import type { Part, Usage } from '../schema/parts.ts'
import type { DriverName } from '../schema/states.ts'
import type { GitState } from './git.ts'

/** What `headless` output is read as; `text` is all of standard output as one answer. */
export const formatNames = ['text', 'codex-jsonl', 'gemini-stream-json', 'opencode-json'] as const
export type FormatName = (typeof formatNames)[number]

/** One fact of a turn. Only finished things are facts; a `delta` is shown and never kept. */
export type ProgramEvent =
  /** By which the program finds its own session again; `printed`: found in what it printed for people. */
  | { readonly type: 'token'; readonly token: string; readonly printed?: true }
  | ProgramMessage
  | { readonly type: 'delta'; readonly text: string }
  /** `total`: counted since the program's own session began, earlier prompts included. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly total?: true }
  /** The turn is over in the program's own words, whatever it exits with afterwards. */
  | { readonly type: 'done'; readonly ok: boolean; readonly error?: string }
  /** A record with no meaning here, kept beside. */
  | { readonly type: 'foreign'; readonly kind: string; readonly record: unknown }

/** What it said, thought, called or changed: parts of a message by the program. `final`: its answer to the prompt. */
export interface ProgramMessage {
  readonly type: 'message'
  readonly role: 'assistant' | 'tool'
  readonly content: string
  readonly parts?: readonly Part[]
  readonly model?: string
  readonly final?: boolean
}

/** Reads what a program prints to standard output, line by line; one for each turn. */
export interface FormatReader {
  /** One line without its end. `invalid` for what cannot be one of this format. */
  push(line: string): readonly ProgramEvent[]
  /** What was still open when the output ended. */
  end(): readonly ProgramEvent[]
}

/** A prompt to a program, as a driver is given it. */
export interface Prompt {
  /** Names this prompt for ever: given again after a crash, the driver goes on with the process that there is. */
  readonly key: string
  readonly text: string
  /** Absolute paths of images. */
  readonly images: readonly string[]
  /** Absolute path of the folder that the program works in. */
  readonly workdir: string
  readonly session: string
  /** By which the program finds its session again; null: a new one. */
  readonly token: string | null
  /** The log says that its process was started: it is only looked for then, and never started again. */
  readonly started: boolean
}

/** What becomes of a prompt, in order. Told again from the beginning where a driver goes on with a process. */
export type PromptEvent =
  | { readonly type: 'started'; readonly start: ProcessStart }
  | ProgramEvent
  /** Bytes as they came; `text` drivers give them, those with a protocol give messages. */
  | { readonly type: 'output'; readonly stream: 'out' | 'err'; readonly offset: number; readonly bytes: Uint8Array }
  /** Both null: nobody saw how it ended. */
  | {
      readonly type: 'exited'
      readonly code: number | null
      readonly signal: string | null
      readonly bytes: number
    }

export interface ProcessStart {
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** With the prompt as `{prompt}`. */
  readonly args: readonly string[]
  readonly envNames: readonly string[]
  readonly version?: string
  readonly resumed: boolean
}

/** How the turn of a program is ended from outside: it is interrupted, or only left, to be taken up again by its key. */
export type PromptEnd = 'interrupt' | 'leave'

/** One way of working with one program. */
export interface ProgramDriver {
  readonly name: DriverName
  /**
   * Gives the prompt to the program and tells what becomes of it, up to `exited`. Errors: `invalid` where the program cannot
   * be started so, `not_found` where the log says that a process was started and the host knows nothing of it.
   *
   * @param end aborted with a {@link PromptEnd} as its reason
   */
  prompt(prompt: Prompt, end: AbortSignal): AsyncIterable<PromptEvent>
  /** What the process of this prompt printed, for keeping; at most `limit` bytes, null where it is no longer there. */
  printed(key: string, limit: number): Promise<Uint8Array | null>
  /** What the host keeps of this session's other prompts goes: they are over, and all of them is in the log. */
  tidy(session: string, key: string): Promise<void>
}

/** A program that prompts can go to. */
export interface LiveProgram {
  readonly name: string
  readonly description: string
  /** Of its configuration. */
  readonly hash: string
  readonly driver: ProgramDriver
  /** Its own prompts may take so long, in milliseconds. */
  readonly timeoutMs: number
  /** Without output for so long, in milliseconds, it is given up. */
  readonly idleMs: number
  /** What it says when it is asked how to use it, or `no help available: <reason>`; never an error. */
  help(): Promise<string>
  /** The folder as it really is; `forbidden` for one that is not allowed, `invalid` for one that is not there. */
  workdir(path: string): Promise<string>
}

/** The programs of this machine, as their file has them now. */
export interface LivePrograms {
  /** Those that are on this machine. */
  list(): readonly LiveProgram[]
  get(name: string): LiveProgram | undefined
  /** What is under way in the work tree of a folder; null where there is none. Errors as of {@link LiveProgram.workdir}. */
  git(folder: string): Promise<GitState | null>
}
