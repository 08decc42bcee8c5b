// What a program tells while it works on a prompt, in the same words whatever program and driver it came through.

import type { Json } from '../schema/json.ts'
import type { Part, Usage } from '../schema/parts.ts'
import type { DriverName, Sign } from '../schema/states.ts'
import type { GitState } from './git.ts'
import type { LiveProcesses } from './live.ts'

/** What `headless` output is read as; `text` is all of standard output as one answer. */
export const formatNames = ['text', 'codex-jsonl', 'gemini-stream-json', 'opencode-json', 'qwen-stream-json'] as const
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
  | { readonly type: 'done'; readonly ok: boolean; readonly error?: string; readonly exit_code?: number }
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
  /** Names this prompt for ever: given again after a crash, the driver goes on with what there is, and sends nothing twice. */
  readonly key: string
  /** Names its process at the host. */
  readonly process: string
  /** Null: the process is only made ready, for somebody who types, or because what it was given before is nobody's any more. */
  readonly text: string | null
  /** Absolute paths of images. */
  readonly images: readonly string[]
  /** Absolute path of the folder that the program works in. */
  readonly workdir: string
  readonly session: string
  /** By which the program finds its session again; null: a new one. */
  readonly token: string | null
  /** The log says that its process was started: it is only looked for then, and never started again. */
  readonly started: boolean
  /** Of a driver that keeps its processes: where `ready` was told for this prompt, as the log has it; null: not yet. */
  readonly given: number | null
  /**
   * What its process was given before this prompt: by which key, and where it was ready for that; null: nothing. `cancelled`:
   * somebody ended that one, so that what it left behind is nobody's.
   */
  readonly before: { readonly key: string; readonly offset: number; readonly cancelled?: boolean } | null
  /** The first byte of output that the log does not have. */
  readonly from: number
  /** What was answered to that which the program asked in this prompt, oldest first; each is sent once. */
  readonly replies: readonly Reply[]
}

/** Something that the program cannot go on without; told again, it has the same id. */
export type Asks = {
  readonly id: string
  /** `permission`: it may do what `input` says, or not. */
  readonly kind: 'permission' | 'question'
  /** One line, at most 512 characters. */
  readonly summary: string
  /** Exactly what it wants to do. */
  readonly input?: Json
}

export interface Reply {
  /** Of what was asked. */
  readonly id: string
  /** To a permission: true or false; to a question: the text. */
  readonly answer: boolean | string
}

/** What becomes of a prompt, in order. Told again from the beginning where a driver goes on with a process. */
export type PromptEvent =
  | { readonly type: 'started'; readonly start: ProcessStart }
  | ProgramEvent
  /**
   * Bytes as they came; `text` drivers give them, those with a protocol give messages. `drawn`: the program draws a screen of
   * its own, so that most of them draw over others.
   */
  | {
      readonly type: 'output'
      readonly stream: 'out' | 'err'
      readonly offset: number
      readonly bytes: Uint8Array
      readonly drawn?: true
    }
  /** Its process takes the prompt: what it prints from this offset on belongs to it. Nothing is sent before the log has this. */
  | { readonly type: 'ready'; readonly offset: number; readonly by: Sign; readonly ms: number }
  | { readonly type: 'auto_command'; readonly index: number; readonly text: string; readonly ok: boolean }
  /** Whether it is at work; told when that changes. `value`: what ticks, `seen`: how often that was another. */
  | {
      readonly type: 'activity'
      readonly active: boolean
      readonly by: Sign
      readonly value?: string
      readonly seen?: number
    }
  /** The last event of a prompt that waits for somebody: it is given again with the reply. */
  | { readonly type: 'asks'; readonly asks: Asks }
  /** Somebody ended the turn, and this did it: `keys`, `cancel`, or a signal. */
  | { readonly type: 'interrupted'; readonly by: string }
  /** The process has ended. Code and signal null: nobody saw how. */
  | {
      readonly type: 'exited'
      readonly code: number | null
      readonly signal: string | null
      readonly bytes: number
      /** It did nothing: it knows no session by its token, or could not read its arguments. */
      readonly refused?: 'token' | 'arguments'
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
  /** Its processes take one prompt after the other; else each prompt has a process of its own, and ends with it. */
  readonly keeps: boolean
  /**
   * Gives the prompt to the program and tells what becomes of it: up to `exited`; up to `done` where its process lives on; up
   * to `asks`. Errors: `invalid` where the program cannot be started so,
   * `not_found` where the log says that a process was started and the host knows nothing of it.
   *
   * @param end aborted with a {@link PromptEnd} as its reason
   */
  prompt(prompt: Prompt, end: AbortSignal): AsyncIterable<PromptEvent>
  /** What this process printed, for keeping; at most `limit` bytes, null where it is no longer there. */
  printed(process: string, limit: number): Promise<Uint8Array | null>
  /** What the host keeps of this session's other prompts goes: they are over, and all of them is in the log. */
  tidy(session: string, process: string): Promise<void>
}

/** A program that prompts can go to. */
export interface LiveProgram {
  readonly name: string
  readonly description: string
  /** Of its configuration. */
  readonly hash: string
  /** It has a model that reads what was said before; else prompts are commands or code. */
  readonly converses: boolean
  /** What a person types to end its turn, and to leave it. */
  readonly keys: { readonly interrupt: string; readonly exit: readonly string[] }
  /** In the order in which they are tried. */
  readonly drivers: readonly [ProgramDriver, ...ProgramDriver[]]
  /** Its own prompts may take so long, in milliseconds. */
  readonly timeoutMs: number
  /** Without output for so long, in milliseconds, it is given up. */
  readonly idleMs: number
  /** Whether it is kept from sessions of its own that a newer version of it wrote. */
  readonly guarded: boolean
  /** What it says of its version now, where it is driven so; undefined where it says nothing, or is not there. */
  version(driver: DriverName): Promise<string | undefined>
  /** Where it keeps its own sessions, when it is started for this session in this folder. */
  home(session: string, workdir: string): string
  /** What it says when it is asked how to use it, or `no help available: <reason>`; never an error. */
  help(): Promise<string>
  /** The folder as it really is; `forbidden` for one that is not allowed, `invalid` for one that is not there. */
  workdir(path: string): Promise<string>
  /** An image as it really is, if it is one and may be taken from there; errors as of `checkImage`. */
  image(path: string): Promise<string>
}

/** A process that the host has, as it is now. */
export interface LiveProcess {
  readonly pid: number
  /** Bytes that it printed so far. */
  readonly offset: number
  /** Null while it lives. */
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null
}

/** The programs of this machine, as their file has them now. */
export interface LivePrograms {
  /** Those that are on this machine. */
  list(): readonly LiveProgram[]
  get(name: string): LiveProgram | undefined
  /** By its name at the host; null where that knows nothing of it. */
  process(name: string): Promise<LiveProcess | null>
  /** What the host has, to be looked at and typed into. */
  readonly processes: LiveProcesses
  /** What is under way in the work tree of a folder; null where there is none. Errors as of {@link LiveProgram.workdir}. */
  git(folder: string): Promise<GitState | null>
}
