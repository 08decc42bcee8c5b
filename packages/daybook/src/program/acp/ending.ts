// Ends the turn of an agent where somebody wants that: by its protocol, then by signals; or lets go of it.

import { isDaybookError } from '../../schema/errors.ts'
import type { PromptEnd } from '../contract.ts'
import type { ProcessHost } from '../host/contract.ts'

/** Milliseconds between a signal and the next one. */
const signalMs = 2000
const ladder = [
  ['SIGTERM', 'group'],
  ['SIGKILL', 'tree'],
] as const

export interface EndingSetting {
  readonly host: ProcessHost
  readonly key: string
  /** Aborted with a {@link PromptEnd}. */
  readonly end: AbortSignal
  /** The process was started for this prompt, and is of no use before it is ready for one. */
  readonly isFresh: boolean
  /** Milliseconds that the agent gets to stop by itself. */
  readonly cancelMs: number
}

export class Ending implements Disposable {
  readonly #host: ProcessHost
  readonly #key: string
  readonly #end: AbortSignal
  readonly #leave = new AbortController()
  #cancel: (() => Promise<unknown>) | null = null
  #by: string | null = null
  #isWanted = false
  #timer: NodeJS.Timeout | null = null
  #failed: { readonly error: unknown } | null = null
  readonly #onEnd = (): void => {
    if ((this.#end.reason as PromptEnd) === 'leave') this.#leave.abort()
    else this.#interrupt()
  }
  #isFresh: boolean
  readonly #cancelMs: number

  constructor({ host, key, end, isFresh, cancelMs }: EndingSetting) {
    this.#host = host
    this.#key = key
    this.#end = end
    this.#isFresh = isFresh
    this.#cancelMs = cancelMs
    if (end.aborted) this.#onEnd()
    else end.addEventListener('abort', this.#onEnd, { once: true })
  }

  /** Aborted once the process is to be left as it is. */
  get left(): AbortSignal {
    return this.#leave.signal
  }

  /** Somebody wants the turn to end. */
  get wanted(): boolean {
    return this.#isWanted
  }

  /** `cancel` or the last signal; null: nothing was done to end it. */
  get by(): string | null {
    return this.#by
  }

  /** It was sent a signal, so it takes nothing more. */
  get signalled(): boolean {
    return this.#by !== null && this.#by !== 'cancel'
  }

  /** It is ready for prompts, and kept for the next one. */
  keep(): void {
    this.#isFresh = false
  }

  /** From now on there is a turn that the protocol can end. */
  through(cancel: () => Promise<unknown>): void {
    this.#cancel = cancel
    if (this.#isWanted) this.#byCancel(cancel)
  }

  /** Ends the process: nothing can be made of it. */
  climb(rung = 0): void {
    if (this.#timer) clearTimeout(this.#timer)
    const step = ladder[rung]
    if (!step) return
    const [signal, target] = step
    this.#by = signal
    this.#timer = setTimeout(() => this.climb(rung + 1), signalMs)
    this.#try(this.#host.signal(this.#key, signal, target))
  }

  /** What left its group, and never heard of the signal, goes with it. */
  async sweep(): Promise<void> {
    if (this.signalled) await this.#host.signal(this.#key, 'SIGKILL', 'tree')
  }

  /** Throws what kept it from being ended. */
  check(): void {
    if (this.#failed) throw this.#failed.error
  }

  [Symbol.dispose](): void {
    this.#end.removeEventListener('abort', this.#onEnd)
    if (this.#timer) clearTimeout(this.#timer)
  }

  #interrupt(): void {
    this.#isWanted = true
    if (this.#cancel) this.#byCancel(this.#cancel)
    else if (this.#isFresh) this.climb()
  }

  #byCancel(cancel: () => Promise<unknown>): void {
    if (this.#by !== null) return
    this.#by = 'cancel'
    this.#timer = setTimeout(() => this.climb(), this.#cancelMs)
    this.#try(cancel())
  }

  #try(call: Promise<unknown>): void {
    call.catch((error: unknown) => {
      // One that has just ended has nothing left to be told; one that does not read gets a signal.
      if (isDaybookError(error) && (error.code === 'invalid_state' || error.code === 'busy')) return
      this.#failed ??= { error }
      this.#leave.abort()
    })
  }
}
