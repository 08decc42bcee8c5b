// What a program tells while it works on a prompt, in the same words whatever program and driver it came through.

import type { Part, Usage } from '../schema/parts.ts'

/** What `headless` output is read as; `text` is all of standard output as one answer. */
export const formatNames = ['text', 'codex-jsonl', 'gemini-stream-json', 'opencode-json'] as const
export type FormatName = (typeof formatNames)[number]

/** One fact of a turn. Only finished things are facts; a `delta` is shown and never kept. */
export type ProgramEvent =
  /** By which the program finds its own session again. */
  | { readonly type: 'token'; readonly token: string }
  | ProgramMessage
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
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
