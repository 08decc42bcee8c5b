// Puts what a program does with one prompt into the log: each fact once, however often the driver tells it.

import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { ProcessStart, ProgramMessage, PromptEvent } from '../../program/contract.ts'
import type { NewEntry } from '../../schema/entries.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Usage } from '../../schema/parts.ts'
import type { DriverName } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import { exitedEntry, hostName, type Place } from './known.ts'
import { OutputLog, type Piece } from './output.ts'

/** Output of one prompt in the log, in bytes: of standard output its beginning and its end, of standard error less. */
const bounds = { out: { first: 262_144, last: 786_432 }, err: { first: 32_768, last: 32_768 } } as const
/** Of a program that draws a screen of its own: what ticks on it draws the same again and again. */
const drawnBounds = { first: 32_768, last: 32_768 } as const
/** Milliseconds that output is gathered before it becomes an entry. */
const gatherMs = 250

type Stream = keyof typeof bounds

export interface Teller {
  readonly session: Session
  readonly run: RunId
  readonly program: string
  readonly driver: DriverName
  readonly workdir: string
  /** Where the program keeps its own sessions. */
  readonly home: string
}

/** What was seen of a process that is neither message nor output. */
type Seen = Extract<PromptEvent, { type: 'auto_command' | 'activity' | 'interrupted' }>

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
  readonly #place: Place
  /** Where what it prints for this prompt begins. */
  readonly #from: number
  /** Of what is told in one run: it has its key from here, by its place among all that is told. */
  readonly #key: string
  /** Signs told so far: how often each. */
  readonly #signs = new Map<string, number>()

  /** @param token that the log has already */
  constructor(teller: Teller, place: Place, token: string | null) {
    this.#teller = teller
    this.#place = place
    this.#token = token
    this.#key = `${teller.run} ${teller.driver}`
    // Of a process that lives on, each prompt has a beginning and an end of its own.
    this.#from = place.given ?? (place.started ? place.out : 0)
    const bounded = { ...bounds.out, first: this.#from + bounds.out.first }
    this.#output = { out: new OutputLog(bounded, place.out), err: new OutputLog(bounds.err, place.err) }
  }

  /** Under which the host has the process. */
  get name(): string {
    return hostName(this.#teller.session.id, this.#place.process)
  }

  /** The process is there. Durable when this resolves, before anything that it did is told. */
  async start(start: ProcessStart): Promise<void> {
    if (this.#place.started) return
    const { program, driver, workdir } = this.#teller
    const data: DataOf<'process.started'> = {
      ...this.#names,
      program,
      driver,
      pid: start.pid,
      host: hostname(),
      args: [...start.args],
      workdir,
      env_names: [...start.envNames],
      ...(start.version === undefined ? {} : { version: start.version }),
      ...(start.resumed ? { resumed: true } : {}),
    }
    await this.#write('started', { kind: 'process.started', data })
  }

  /** It takes the prompt. Durable when this resolves, before the prompt is sent. */
  async ready({ offset, by, ms }: Extract<PromptEvent, { type: 'ready' }>): Promise<void> {
    if (this.#place.given !== null) return
    const data = { ...this.#names, offset, by, duration_ms: Math.round(ms) }
    // What it printed before stands before it.
    for (const each of ['out', 'err'] as const) this.#pieces(each, this.#output[each].take(false))
    this.#soon('ready', { kind: 'process.ready', data })
    await this.flush()
  }

  sign(event: Seen): void {
    // Who goes on sees other signs than who began: each stands under its own words, and how often they came.
    const words = createHash('sha256').update(JSON.stringify(event)).digest('base64url').slice(0, 16)
    const times = (this.#signs.get(words) ?? 0) + 1
    this.#signs.set(words, times)
    const place = `sign ${words} ${times}`
    const names = this.#names
    if (event.type === 'auto_command') {
      const { index, text, ok } = event
      this.#soon(`auto ${index}`, { kind: 'process.auto_command_sent', data: { ...names, index, text, ok } })
    } else if (event.type === 'activity') {
      const { active, by, value, seen } = event
      const ticks = { ...(value === undefined ? {} : { value }), ...(seen === undefined ? {} : { seen }) }
      this.#soon(place, { kind: 'process.activity_changed', data: { ...names, active, by, ...ticks } })
    } else this.#soon(place, { kind: 'process.interrupted', data: { ...names, by: event.by } })
  }

  get #names(): { readonly process_id: string; readonly run_id: RunId } {
    return { process_id: this.#place.process, run_id: this.#teller.run }
  }

  token(token: string, source: 'output' | 'protocol'): void {
    if (token === this.#token) return
    this.#token = token
    const { program, driver, workdir, home } = this.#teller
    const data = { ...this.#names, program, driver, value: token, source, workdir, home } as const
    this.#soon(`token ${token}`, { kind: 'process.token_found', data })
  }

  /** The program knows no session of its own by the token that it was given. */
  async tokenRefused(): Promise<void> {
    const { program, driver } = this.#teller
    const value = this.#token
    if (value === null) return
    this.#soon('token refused', { kind: 'process.token_refused', data: { ...this.#names, program, driver, value } })
    await this.flush()
  }

  message({ role, content, parts, model }: ProgramMessage, cost: Cost = {}): void {
    this.#messages += 1
    const data: DataOf<'message'> = {
      role,
      content,
      agent: this.#teller.program,
      ...(parts ? { parts: [...parts] } : {}),
      ...(model === undefined ? {} : { model }),
      ...(cost.usage ? { usage: cost.usage } : {}),
      ...(cost.total ? { metadata: { usage_total: cost.total } } : {}),
    }
    const told = this.#write(`message ${this.#messages}`, { kind: 'message', data })
    this.#last = told.catch((error: unknown) => {
      // It was told before: when what it costs was not known, or what it edited was as it left it. It stands as it is.
      const differs = cost.usage !== undefined || parts?.some(({ type }) => type === 'edit')
      if (differs && isDaybookError(error) && error.code === 'key_reused') return
      this.#failed ??= { error }
    })
  }

  foreign(type: string, record: unknown): void {
    this.#messages += 1
    const data = { source: this.#teller.program, type, record }
    this.#soon(`message ${this.#messages}`, { kind: 'foreign.recorded', data })
  }

  output({ stream, offset, bytes, drawn }: Extract<PromptEvent, { type: 'output' }>): void {
    if (drawn) this.#output[stream].narrow({ ...drawnBounds, first: this.#from + drawnBounds.first })
    this.#output[stream].add(offset, bytes)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      for (const each of ['out', 'err'] as const) this.#pieces(each, this.#output[each].take(false))
    }, gatherMs).unref()
  }

  /** All that was told is in the log, but for output that is still gathered; throws what writing it met. */
  async flush(): Promise<void> {
    await this.#last
    if (this.#failed) throw this.#failed.error
  }

  /** The prompt is over: of its output everything that belongs into the log is there when this resolves. */
  async settle(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    for (const each of ['out', 'err'] as const) this.#pieces(each, this.#output[each].end())
    await this.flush()
  }

  /** How the process ended, and what it printed as bytes, where somebody keeps that. */
  async end(
    exit: { readonly code: number | null; readonly signal: string | null; readonly bytes: number },
    captured: { readonly blob: string; readonly bytes: number } | null,
  ): Promise<void> {
    await this.settle()
    if (captured) {
      const data = { ...this.#names, stream: 'out', offset: 0, ...captured } as const
      this.#soon('captured', { kind: 'process.captured', data })
    }
    this.#soon('exited', exitedEntry(this.#place.process, exit, exit.bytes, this.#teller.run))
    await this.flush()
  }

  /** What waits is written later by whoever goes on. */
  leave(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #pieces(stream: Stream, pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      const data = { ...this.#names, stream, ...piece }
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
    const { session, run } = this.#teller
    const before = this.#last
    await before
    if (this.#failed) return
    await session.append({ ...entry, run } as NewEntry, { key: `${this.#key} ${place}` })
  }
}
