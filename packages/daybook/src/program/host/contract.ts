// What the process host does for a server: owns processes and keeps what they print, whatever becomes of the server.

/** The version of the wire between server and host. Operations are only ever added: an unknown one is answered with an error. */
export const protocolVersion = 1

/**
 * `files`: output goes to spool files that the process holds itself, and standard input is at its end; it outlives the
 * host. `pipes`: standard input and output are pipes that the host holds (a protocol in lines). `pty`: a pseudo-terminal.
 */
export type ProcessMode = 'files' | 'pipes' | 'pty'

/** What is started: absolute binary, argument vector, whole environment. No shell, no template, no search in PATH. */
export interface SpawnRequest {
  /** Names the process: the same key again gives the process that there is, also when it has ended. */
  readonly key: string
  readonly mode: ProcessMode
  readonly binary: string
  readonly args: readonly string[]
  /** The whole environment; the host adds nothing but {@link markerName}. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Written to standard input, which then is at its end; of `files` only. */
  readonly input?: string
  /**
   * Of `files` only: so many bytes of each stream, from its beginning and from its end, are enough. What lies between is
   * let go while the process lives, read or not, where the system can do that (Linux). Without it all is kept.
   */
  readonly keep?: { readonly first: number; readonly last: number }
  /** Of `pty` only; default 120 × 40. */
  readonly cols?: number
  readonly rows?: number
}

/** The variable by which descendants that left the group are found: its value is {@link HostProcess.marker}. */
export const markerName = 'DAYBOOK_PROCESS'

export interface HostProcess {
  readonly key: string
  readonly mode: ProcessMode
  readonly pid: number
  /** Start time in the kernel's clock ticks since boot (field 22 of /proc/pid/stat): tells a pid that came back apart. */
  readonly startTime: number
  readonly marker: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Bytes that standard output, or the terminal, has given so far: the offset of the next one. */
  readonly offset: number
  /** The oldest byte that is still kept. */
  readonly kept: number
  /** Bytes of standard error; of `files` and `pipes`. */
  readonly errorOffset: number
  /** When it last printed to standard output or its terminal, in milliseconds since 1970; null: never. An older host does not tell. */
  readonly printedAt?: number | null
  /** Null while it lives. */
  readonly exit: ProcessExit | null
}

/** Neither code nor signal: it ended when nobody was left who could learn how. Exit codes are no verdict anyway. */
export interface ProcessExit {
  /** Null when a signal ended it. */
  readonly code: number | null
  /** As in `SIGTERM`. */
  readonly signal: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

export type OutputStream = 'out' | 'err'

/** A piece of output: bytes as they came, at their offset. */
export interface OutputPiece {
  readonly stream: OutputStream
  readonly offset: number
  readonly bytes: Uint8Array
}

/** `gap`: what stood there is no longer kept. `exit` comes once, behind the last piece. */
export type HostEvent =
  | ({ readonly type: 'output' } & OutputPiece)
  | { readonly type: 'gap'; readonly stream: OutputStream; readonly from: number; readonly to: number }
  | { readonly type: 'exit'; readonly exit: ProcessExit }

/** Whom a signal reaches: the process, the foreground group of its terminal, its group, or the group and all that bear its marker. */
export type SignalTarget = 'process' | 'foreground' | 'group' | 'tree'

export interface Screen {
  /** The output that it stands for: pieces from here on come behind it. */
  readonly offset: number
  readonly cols: number
  readonly rows: number
  /** Escape sequences that draw the screen, 200 lines of what scrolled away included. */
  readonly ansi: string
  /** The lines of the screen as plain text, wrapped rows joined. */
  readonly text: string
  /** The text left of the cursor on its line. */
  readonly line: string
  readonly title: string
  readonly cursorHidden: boolean
  /** The program asked for bracketed paste. */
  readonly bracketedPaste: boolean
}

/** What a shell says of its prompt (OSC 133): it begins (A), is read (B), its command begins (C), and has ended (D). */
export interface ShellMark {
  readonly kind: 'A' | 'B' | 'C' | 'D'
  /** Only the shell knows it; who forges a mark does not. */
  readonly aid: string | null
  /** Of `D`. */
  readonly exit: number | null
}

/** What a terminal shows, without the sequences that draw it: cheap enough to be asked after each pause. */
export interface Look extends Omit<Screen, 'ansi' | 'cursorHidden'> {
  readonly alternate: boolean
  /** The state that the program told last (OSC 7501); null: none. */
  readonly told: string | null
  /** The newest. */
  readonly mark: ShellMark | null
  /**
   * Where it was asked for: whether one of the foreground group waits in a call that reads the terminal. Null where the
   * system does not tell (it takes Linux).
   */
  readonly reads?: boolean | null
}

/**
 * The processes of one state folder. Errors are DaybookErrors: `not_found` for an unknown key, `invalid_state` where the
 * process has ended, its mode cannot do that, or the packages for terminals are not installed; `invalid` for a binary or
 * folder that is not there, `busy` for input (above 1 MB) that the process does not read, `forbidden` for a signal to
 * another user's process, `unreachable` while the host cannot be reached.
 */
export interface ProcessHost {
  /** False for a host inside this process. */
  readonly survivesRestart: boolean
  spawn(request: SpawnRequest): Promise<HostProcess>
  list(): Promise<readonly HostProcess[]>
  get(key: string): Promise<HostProcess | null>
  /** What was printed from these offsets on, then what comes, until the process has ended; no byte missed or doubled. */
  follow(
    key: string,
    from: { readonly out: number; readonly err: number },
    signal: AbortSignal,
  ): AsyncIterable<HostEvent>
  /**
   * Of input with a name gives the offset of the output before which it was sent, else null.
   *
   * @param name 1 to 512 characters, under which these bytes are sent to this process once: given again under one of the 4,096
   * names that were used last nothing is sent, and the offset is that of the first time. What stands behind a `#` says what the
   * input is: with another one under the same name it is `key_reused`
   */
  write(key: string, bytes: Uint8Array | string, name?: string): Promise<number | null>
  /** Where each of these was sent, as {@link write} gives it; null for one that is not among those that are remembered. */
  sent(key: string, names: readonly string[]): Promise<readonly (number | null)[]>
  closeInput(key: string): Promise<void>
  resize(key: string, cols: number, rows: number): Promise<void>
  signal(key: string, signal: NodeJS.Signals, target: SignalTarget): Promise<void>
  /** Of `pty` only. */
  screen(key: string): Promise<Screen>
  /** Of `pty` only. */
  look(key: string, asks?: { readonly reads: boolean }): Promise<Look>
  /**
   * What is before these offsets may be dropped: files of 8 MB as a whole, of a process that has ended also the last one. Of one
   * that lives the first one stays, for a protocol begins there; one of `files`, which holds its file itself, lets go of it by
   * 4 MB where the system can do that (Linux).
   */
  acknowledge(key: string, offsets: { readonly out: number; readonly err: number }): Promise<void>
  /** Drops an ended process and its spool; one that is not known is no error. */
  forget(key: string): Promise<void>
  /** Lets go of the connection; processes live on, but for those of a host inside this process, which it ends. */
  close(): Promise<void>
}
