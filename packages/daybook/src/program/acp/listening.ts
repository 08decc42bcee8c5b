// What an agent says, from one place of its output on: messages with their places, complaints, and its end.

import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { HostEvent, OutputPiece, ProcessExit, ProcessHost } from '../host/contract.ts'
import { Lines } from '../lines.ts'
import { type Said, saidIn } from './rpc.ts'

export type Heard =
  /** `end`: the offset behind it. */
  | { readonly type: 'said'; readonly said: Said; readonly end: number }
  | { readonly type: 'complained'; readonly piece: OutputPiece }
  /** What it prints is no protocol of lines; nothing more of it is told. */
  | { readonly type: 'broken'; readonly why: string }
  | { readonly type: 'exited'; readonly exit: ProcessExit }
  /** Nothing came for as long as was waited. */
  | { readonly type: 'silent' }
  /** It is to be left as it is. */
  | { readonly type: 'left' }

export class Listening implements AsyncDisposable {
  readonly #events: AsyncIterator<HostEvent>
  readonly #stop = new AbortController()
  readonly #lines = new Lines()
  readonly #heard: Heard[] = []
  #asked: Promise<IteratorResult<HostEvent>> | null = null
  #isBroken = false
  #at: number
  #seen: number
  #complained: number

  /** @param left aborted where the process is to be left as it is */
  constructor(host: ProcessHost, key: string, from: { readonly out: number; readonly err: number }, left: AbortSignal) {
    this.#at = from.out
    this.#seen = from.out
    this.#complained = from.err
    this.#events = host.follow(key, from, AbortSignal.any([left, this.#stop.signal]))[Symbol.asyncIterator]()
  }

  /** Behind the last message that was told. */
  get at(): number {
    return this.#at
  }

  /** How far the output was read; what was read may end with half a message. */
  get seen(): { readonly out: number; readonly err: number } {
    return { out: this.#seen, err: this.#complained }
  }

  /** Something of what was read is not told yet. */
  get isBehind(): boolean {
    return this.#heard.length > 0
  }

  /** @param ms to wait at most; default for ever */
  async next(ms?: number): Promise<Heard> {
    for (;;) {
      const heard = this.#heard.shift()
      if (heard) {
        if (heard.type === 'said') this.#at = heard.end
        return heard
      }
      this.#asked ??= this.#events.next()
      const result = await (ms === undefined ? this.#asked : within(this.#asked, ms))
      if (result === null) return { type: 'silent' }
      this.#asked = null
      if (result.done) return { type: 'left' }
      this.#take(result.value)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    // A reading that is under way ends with the signal.
    await this.#asked?.catch(() => undefined)
    await this.#events.return?.()
  }

  #take(event: HostEvent): void {
    if (event.type === 'exit') this.#heard.push({ type: 'exited', exit: event.exit })
    else if (event.type === 'gap') this.#missed(event)
    else if (event.stream === 'err') {
      this.#complained = event.offset + event.bytes.length
      this.#heard.push({ type: 'complained', piece: event })
    } else this.#read(event)
  }

  #missed({ stream, to }: Extract<HostEvent, { type: 'gap' }>): void {
    if (stream === 'out') throw new DaybookError('not_found', 'a part of what it said is no longer kept')
    this.#complained = to
  }

  #read({ offset, bytes }: OutputPiece): void {
    this.#seen = offset + bytes.length
    if (this.#isBroken) return
    try {
      let end = 0
      for (const line of this.#lines.push(bytes)) {
        end = bytes.indexOf(10, end) + 1
        if (line.trim() !== '') this.#heard.push({ type: 'said', said: saidIn(line), end: offset + end })
      }
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'too_large') throw error
      this.#isBroken = true
      this.#heard.push({ type: 'broken', why: error.message })
    }
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  const { promise: over, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), ms)
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}
