// Follows what a terminal prints for one prompt: hands it on, and knows how long nothing came.

import type { PromptEvent } from '../contract.ts'
import type { ProcessExit, ProcessHost } from '../host/contract.ts'
import type { Collected } from './collected.ts'
import { quietMs } from './sight.ts'

/** Bytes that wait for whoever writes them down, above which reading pauses; what is read later lies at the host. */
const mostWaiting = 1 << 20

export interface Watched {
  readonly host: ProcessHost
  readonly process: string
  /** The first byte that is handed on; what is collected may begin before it. */
  readonly from: number
  readonly collected: Collected
  /** Nothing was printed since the log was written: a pause is over. */
  readonly calm: boolean
}

type Output = Extract<PromptEvent, { type: 'output' }>

export class Watch implements Disposable {
  readonly #watched: Watched
  readonly #stop = new AbortController()
  #waiting: Output[] = []
  #bytes = 0
  #offset: number
  #changed: number
  #wake: () => void = () => undefined
  #taken: () => void = () => undefined
  #failed: { readonly error: unknown } | null = null
  /** Null while it lives. */
  exit: ProcessExit | null = null

  /** @param start offset from which on it is read */
  constructor(watched: Watched, start: number) {
    this.#watched = watched
    this.#offset = start
    this.#changed = performance.now() - (watched.calm ? quietMs : 0)
    this.#read(start)
      .catch((error: unknown) => {
        this.#failed = { error }
      })
      .finally(() => this.#wake())
  }

  /** The next byte that has not been seen. */
  get offset(): number {
    return this.#offset
  }

  /** Milliseconds since the last byte. */
  get quietMs(): number {
    return performance.now() - this.#changed
  }

  async #read(start: number): Promise<void> {
    const { host, process, from, collected } = this.#watched
    for await (const event of host.follow(process, { out: start, err: 0 }, this.#stop.signal)) {
      if (event.type === 'exit') this.exit = event.exit
      else if (event.type === 'gap') {
        this.#offset = event.to
        collected.skip(event.to)
      } else {
        const { offset, bytes } = event
        collected.add(offset, bytes)
        this.#offset = offset + bytes.length
        if (this.#offset > from) this.#changed = performance.now()
        const fresh = bytes.subarray(Math.max(from - offset, 0))
        if (fresh.length > 0)
          this.#waiting.push({ ...event, stream: 'out', offset: this.#offset - fresh.length, bytes: fresh })
        this.#bytes += fresh.length
      }
      this.#wake()
      while (this.#bytes > mostWaiting && !this.#stop.signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#taken = resolve
        })
      }
    }
  }

  /** What came and was not taken yet. Throws what following met. */
  take(): readonly Output[] {
    if (this.#failed) throw this.#failed.error
    const taken = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    this.#taken()
    return taken
  }

  /** Until something came, at most so many milliseconds; at once where something waits, or the signal has come. */
  async wait(ms: number, signal: AbortSignal | null): Promise<void> {
    if (this.#waiting.length > 0 || this.#failed || this.exit || signal?.aborted) return
    const waiting = Promise.withResolvers<void>()
    const timer = setTimeout(waiting.resolve, ms)
    this.#wake = waiting.resolve
    signal?.addEventListener('abort', waiting.resolve as () => void, { once: true })
    await waiting.promise
    clearTimeout(timer)
    signal?.removeEventListener('abort', waiting.resolve as () => void)
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    this.#taken()
  }
}
