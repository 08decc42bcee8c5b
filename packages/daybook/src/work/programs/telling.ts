// Puts what a program does with one prompt into the log: each fact once, however often the driver tells it.

import { hostname } from 'node:os'
import type { LiveProgram, ProcessStart, ProgramMessage } from '../../program/contract.ts'
import type { NewEntry } from '../../schema/entries.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Usage } from '../../schema/parts.ts'
import type { Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import { OutputLog, type Piece } from './output.ts'

/** Output of one prompt in the log, in bytes: of standard output its beginning and its end, of standard error less. */
const bounds = { out: { first: 262_144, last: 786_432 }, err: { first: 32_768, last: 32_768 } } as const
/** Milliseconds that output is gathered before it becomes an entry. */
const gatherMs = 250

type Stream = keyof typeof bounds

export interface Teller {
  readonly session: Session
  readonly run: RunId
  readonly process: string
  readonly program: LiveProgram
  readonly workdir: string
  /** Of the step: what is told has its key from here, by its place among all that is told. */
  readonly key: string
}

/** What a prompt has cost; `total` since the program's own session began. */
export interface Cost {
  readonly usage?: Usage
  readonly total?: Usage
}

export class Telling {
  readonly #teller: Teller
  readonly #output: Readonly<Record<Stream, OutputLog>>
  /** Messages told so far. */
  #messages = 0
  #token: string | null
  #last: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #failed: { readonly error: unknown } | null = null
  readonly started: boolean

  private constructor(teller: Teller, known: Known, token: string | null) {
    this.#teller = teller
    this.#token = token
    this.started = known.started
    this.#output = { out: new OutputLog(bounds.out, known.out), err: new OutputLog(bounds.err, known.err) }
  }

  static async begin(teller: Teller, token: string | null): Promise<Telling> {
    return new Telling(teller, await knownOf(teller), token)
  }

  /** The process is there. Durable when this resolves, before anything that it did is told. */
  async start(start: ProcessStart, version: string | undefined): Promise<void> {
    if (this.started) return
    const { program, workdir, process, run } = this.#teller
    const data: DataOf<'process.started'> = {
      process_id: process,
      run_id: run,
      program: program.name,
      driver: program.driver.name,
      pid: start.pid,
      host: hostname(),
      args: [...start.args],
      workdir,
      env_names: [...start.envNames],
      ...(version === undefined ? {} : { version }),
      ...(start.resumed ? { resumed: true } : {}),
    }
    await this.#write('started', { kind: 'process.started', data })
  }

  token(token: string, source: 'output' | 'protocol'): void {
    if (token === this.#token) return
    this.#token = token
    const { program, workdir, process, run } = this.#teller
    const names = { process_id: process, run_id: run, program: program.name, driver: program.driver.name }
    const data = { ...names, value: token, source, workdir } as const
    this.#soon(`token ${token}`, { kind: 'process.token_found', data })
  }

  message({ role, content, parts, model }: ProgramMessage, cost: Cost = {}): void {
    this.#messages += 1
    const data: DataOf<'message'> = {
      role,
      content,
      agent: this.#teller.program.name,
      ...(parts ? { parts: [...parts] } : {}),
      ...(model === undefined ? {} : { model }),
      ...(cost.usage ? { usage: cost.usage } : {}),
      ...(cost.total ? { metadata: { usage_total: cost.total } } : {}),
    }
    this.#soon(`message ${this.#messages}`, { kind: 'message', data })
  }

  foreign(type: string, record: unknown): void {
    this.#messages += 1
    const data = { source: this.#teller.program.name, type, record }
    this.#soon(`message ${this.#messages}`, { kind: 'foreign.recorded', data })
  }

  output(stream: Stream, offset: number, bytes: Uint8Array): void {
    this.#output[stream].add(offset, bytes)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      for (const each of ['out', 'err'] as const) this.#pieces(each, this.#output[each].take(false))
    }, gatherMs).unref()
  }

  /** All that was told is in the log; throws what writing it met. */
  async told(): Promise<void> {
    await this.#last
    if (this.#failed) throw this.#failed.error
  }

  /** How it ended, and what it printed as bytes, where somebody keeps that. */
  async end(exit: { code: number | null; signal: string | null; bytes: number }, blob: string | null): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    for (const each of ['out', 'err'] as const) this.#pieces(each, this.#output[each].end())
    const { process, run } = this.#teller
    const names = { process_id: process, run_id: run }
    if (blob !== null) {
      const data = { ...names, stream: 'out', offset: 0, bytes: exit.bytes, blob } as const
      this.#soon('captured', { kind: 'process.captured', data })
    }
    const data: DataOf<'process.exited'> = {
      ...names,
      ...(exit.code === null ? {} : { exit_code: exit.code }),
      ...(exit.signal === null ? {} : { signal: exit.signal }),
      bytes: exit.bytes,
    }
    this.#soon('exited', { kind: 'process.exited', data })
    await this.told()
  }

  /** What waits is written later by whoever goes on. */
  leave(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #pieces(stream: Stream, pieces: readonly Piece[]): void {
    const { process, run } = this.#teller
    for (const piece of pieces) {
      const data = { process_id: process, run_id: run, stream, ...piece }
      this.#soon(`${stream} ${piece.offset}`, { kind: 'process.output', data })
    }
  }

  #soon(place: string, entry: NewEntry): void {
    this.#last = this.#write(place, entry).catch((error: unknown) => {
      this.#failed ??= { error }
    })
  }

  /** In the order of the calls: the session's own lane keeps it. */
  async #write(place: string, entry: NewEntry): Promise<void> {
    const { session, run, key } = this.#teller
    const before = this.#last
    await before
    if (this.#failed) return
    await session.append({ ...entry, run } as NewEntry, { key: `${key} ${place}` })
  }
}

interface Known {
  readonly started: boolean
  /** The next bytes of output that the log does not have. */
  readonly out: number
  readonly err: number
}

async function knownOf({ session, process }: Teller): Promise<Known> {
  let known: Known = { started: false, out: 0, err: 0 }
  for await (const entry of session.stream({ kinds: ['process.started', 'process.output'] })) {
    if (entry.kind === 'process.started') {
      if (dataOf(entry, 'process.started')?.process_id === process) known = { ...known, started: true }
    } else {
      const data = dataOf(entry, 'process.output')
      if (data?.process_id === process) known = { ...known, [data.stream]: data.offset + data.bytes }
    }
  }
  return known
}
