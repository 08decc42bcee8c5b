// Programs that take one prompt with each start: a process per prompt, its output read to the end.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { type Command, type CommandPlaces, commandOf } from './command.ts'
import type { FormatReader, ProgramDriver, ProgramEvent, Prompt, PromptEnd, PromptEvent } from './contract.ts'
import { readerOf } from './formats/reader.ts'
import type { HostProcess, ProcessHost } from './host/contract.ts'
import { forgetOthers, printedBy } from './leftover.ts'
import { Lines } from './lines.ts'
import { refusalOf } from './refusal.ts'
import type { Program } from './resolve.ts'
import { findToken } from './token.ts'

export interface HeadlessSetting extends CommandPlaces {
  readonly program: Program
  readonly host: ProcessHost
  /** Its binary as it is now: absolute path and version. `invalid` where it is not found. */
  readonly find: () => Promise<{ readonly path: string; readonly version?: string }>
}

/** Milliseconds between a request to end and the next, harder one. */
const ladderMs = 2000
const ladder = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
/** A program that has said that it is done gets so many milliseconds to end, unless its configuration says more. */
const graceMs = 3000
/** Bytes at the end of a stream in which a token is looked for. */
const tailBytes = 32_768
/** Bytes of plain output that become the answer: with the mark of what is left out it is no longer than an answer may be. */
const answerBytes = 262_080
/** Bytes of plain output that are kept by the host; answer and log need less of either end. Records are counted, so all are. */
const keep = { first: 1 << 20, last: 7 << 20 } as const

export function headlessDriver(setting: HeadlessSetting): ProgramDriver {
  const { host } = setting
  return {
    name: 'headless',
    keeps: false,
    prompt: (prompt, end) => follow(setting, prompt, end),
    printed: (process, limit) => printedBy(host, process, limit),
    tidy: (session, process) => forgetOthers(host, session, process),
  }
}

async function* follow(setting: HeadlessSetting, prompt: Prompt, end: AbortSignal): AsyncGenerator<PromptEvent> {
  const { host, program } = setting
  const { text } = prompt
  if (text === null) throw new DaybookError('invalid', 'a program that takes one prompt with each start is not opened')
  const known = await host.get(prompt.process)
  if (!known && prompt.started) {
    throw new DaybookError('not_found', 'its process was started, and the process host knows nothing of it any more')
  }
  const command = commandOf(program, { ...prompt, text }, setting)
  const { process, version } = known ? { process: known, version: undefined } : await spawned(setting, prompt, command)
  yield startOf(process, command, version)
  if (command.token !== null) yield { type: 'token', token: command.token }
  const looks = command.token === null && program.headless?.resume !== undefined
  using turn = new HeadlessTurn(host, prompt.process, end, program.headless?.grace_after_done_ms ?? graceMs)
  const { resumed } = command
  yield* told(host, prompt.process, turn, { program, looks, resumed, startedAt: process.startedAt })
}

interface Begun {
  readonly program: Program
  /** For a token in what the program prints, where no record tells it. */
  readonly looks: boolean
  readonly resumed: boolean
  readonly startedAt: number
}

async function* told(
  host: ProcessHost,
  key: string,
  turn: HeadlessTurn,
  { program, looks, resumed, startedAt }: Begun,
): AsyncGenerator<PromptEvent> {
  const format = program.headless?.format ?? 'text'
  const output = format === 'text' ? new Answer() : new Records(readerOf(format))
  const [stderr, ended] = [new Tail(), new Tail()]
  let bytes = 0
  let isTold = false
  for await (const event of host.follow(key, { out: 0, err: 0 }, turn.left)) {
    if (event.type === 'gap') continue
    if (event.type === 'exit') {
      const { code, signal } = event.exit
      yield* output.end(code)
      const printed = { stderr: stderr.text, ...(format === 'text' ? { ended: ended.text } : {}) }
      const found = isTold || !looks ? null : findToken(printed, program.resume_regex)
      if (found) yield { type: 'token', token: found.token, printed: true }
      const codes = program.headless?.resume_failed_exit ?? []
      const livedMs = event.exit.at - startedAt
      const refused = bytes > 0 ? null : refusalOf({ code, stderr: stderr.text, resumed, codes, livedMs })
      yield { type: 'exited', code, signal, bytes, ...(refused ? { refused } : {}) }
    } else if (event.stream === 'err') {
      stderr.push(event.bytes)
      yield { ...event }
    } else {
      bytes = event.offset + event.bytes.length
      ended.push(event.bytes)
      for (const one of output.push(event.offset, event.bytes)) {
        if (one.type === 'done') turn.done()
        if (one.type === 'token') isTold = true
        yield one
      }
    }
  }
  turn.check()
}

/** The end of a stream, where some print how to go on. */
class Tail {
  #kept: Buffer = Buffer.alloc(0)

  push(bytes: Uint8Array): void {
    this.#kept = Buffer.concat([this.#kept, bytes.subarray(-tailBytes)]).subarray(-tailBytes)
  }

  get text(): string {
    return this.#kept.toString('utf8')
  }
}

/** Plain output: told as it comes, and the answer when it is over. */
class Answer {
  #kept: Uint8Array[] = []
  #bytes = 0

  push(offset: number, bytes: Uint8Array): PromptEvent[] {
    if (this.#bytes < answerBytes) this.#kept.push(bytes.subarray(0, answerBytes - this.#bytes))
    this.#bytes = offset + bytes.length
    return [{ type: 'output', stream: 'out', offset, bytes }]
  }

  end(code: number | null): ProgramEvent[] {
    const content = this.#content()
    const done: ProgramEvent[] = code === 0 ? [{ type: 'done', ok: true }] : []
    return content === '' ? done : [{ type: 'message', role: 'assistant', content, final: true }, ...done]
  }

  /** Whole lines, and how much more there was: half a number reads like a number. */
  #content(): string {
    const kept = Buffer.concat(this.#kept)
    if (this.#bytes <= answerBytes) return kept.toString('utf8').trimEnd()
    const whole = kept.lastIndexOf(10) + 1 || kept.length
    return `${kept.subarray(0, whole).toString('utf8').trimEnd()}\n[… ${this.#bytes - whole} bytes …]`
  }
}

/** Records of a format, one a line. */
class Records {
  readonly #reader: FormatReader
  readonly #lines = new Lines()

  constructor(reader: FormatReader) {
    this.#reader = reader
  }

  push(_offset: number, bytes: Uint8Array): ProgramEvent[] {
    return this.#lines.push(bytes).flatMap((line) => (line.trim() === '' ? [] : this.#reader.push(line)))
  }

  end(_code: number | null): readonly ProgramEvent[] {
    const rest = this.#lines.end()
    return [...(rest === null || rest.trim() === '' ? [] : this.#reader.push(rest)), ...this.#reader.end()]
  }
}

/** Ends the process where somebody wants that, step by step, and lets go of it where it is only left. */
class HeadlessTurn implements Disposable {
  readonly #host: ProcessHost
  readonly #key: string
  readonly #end: AbortSignal
  readonly #graceMs: number
  #failed: { readonly error: unknown } | null = null
  readonly #leave = new AbortController()
  readonly #onEnd = (): void => {
    if ((this.#end.reason as PromptEnd) === 'interrupt') this.#climb(0)
    else this.#leave.abort()
  }
  #timer: NodeJS.Timeout | null = null

  constructor(host: ProcessHost, key: string, end: AbortSignal, grace: number) {
    this.#host = host
    this.#key = key
    this.#end = end
    this.#graceMs = grace
    if (end.aborted) this.#onEnd()
    else end.addEventListener('abort', this.#onEnd, { once: true })
  }

  /** Aborted once the process is to be left as it is. */
  get left(): AbortSignal {
    return this.#leave.signal
  }

  /** Throws what kept it from being ended. */
  check(): void {
    if (this.#failed) throw this.#failed.error
  }

  /** It said that it is done; some then never end. */
  done(): void {
    this.#timer ??= setTimeout(() => this.#climb(ladder.length - 1), this.#graceMs)
  }

  [Symbol.dispose](): void {
    this.#end.removeEventListener('abort', this.#onEnd)
    if (this.#timer) clearTimeout(this.#timer)
  }

  #climb(rung: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    const signal = ladder[rung]
    if (!signal) return
    this.#timer = setTimeout(() => this.#climb(rung + 1), ladderMs)
    this.#host.signal(this.#key, signal, signal === 'SIGKILL' ? 'tree' : 'group').catch((error: unknown) => {
      // One that has just ended has nothing left to be told.
      if (isDaybookError(error) && error.code === 'invalid_state') return
      this.#failed ??= { error }
      this.#leave.abort()
    })
  }
}

async function spawned(setting: HeadlessSetting, prompt: Prompt, command: Command) {
  const { path, version } = await setting.find()
  const process = await setting.host.spawn({
    key: prompt.process,
    mode: 'files',
    binary: path,
    args: command.args,
    env: command.env,
    cwd: prompt.workdir,
    ...(command.input === null ? {} : { input: command.input }),
    ...((setting.program.headless?.format ?? 'text') === 'text' ? { keep } : {}),
  })
  return { process, version }
}

function startOf({ pid, startedAt }: HostProcess, command: Command, version: string | undefined): PromptEvent {
  const { shown, env, resumed } = command
  const start = { pid, at: startedAt, args: shown, envNames: Object.keys(env).sort(), resumed }
  return { type: 'started', start: version === undefined ? start : { ...start, version } }
}
