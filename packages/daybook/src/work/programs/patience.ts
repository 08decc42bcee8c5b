// How long a prompt may take, and how it is ended: by whoever cancels its run, by its own limits, or only left.

import type { LiveProgram, PromptEnd } from '../../program/contract.ts'

export class Patience {
  /** Why it was ended by a limit; null while it was not. */
  over: 'timeout' | 'idle_timeout' | null = null
  readonly #end = new AbortController()
  readonly #idleMs: number
  readonly #whole: NodeJS.Timeout
  #idle: NodeJS.Timeout

  constructor(turn: AbortSignal, { timeoutMs, idleMs }: LiveProgram) {
    this.#idleMs = idleMs
    this.#whole = setTimeout(() => this.#give('timeout'), timeoutMs)
    this.#idle = setTimeout(() => this.#give('idle_timeout'), idleMs)
    const left = (): void => {
      const ended = turn.reason === 'cancelled' || turn.reason === 'timeout'
      this.#end.abort((ended ? 'interrupt' : 'leave') satisfies PromptEnd)
    }
    if (turn.aborted) left()
    else turn.addEventListener('abort', left, { once: true })
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  heard(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#give('idle_timeout'), this.#idleMs)
  }

  end(): void {
    clearTimeout(this.#whole)
    clearTimeout(this.#idle)
  }

  #give(why: 'timeout' | 'idle_timeout'): void {
    this.over ??= why
    this.#end.abort('interrupt' satisfies PromptEnd)
  }
}
