// The time of a server elsewhere, told without asking it: measured now and then, counted on by this process's monotonic clock.

import { DaybookError } from '../schema/errors.ts'

export interface ServerClockOptions {
  /** Asks the server: milliseconds since 1970. */
  readonly ask: () => Promise<number>
  /** Milliseconds that never step; default `performance.now`. For tests. */
  readonly monotonic?: () => number
}

/** Milliseconds between two measurements: clocks drift, servers are replaced, machines sleep. */
const everyMs = 10_000
/** Milliseconds by which a measurement may take time back unnoticed; more is a server whose clock was set. */
const heldMs = 1000

/**
 * The wall clock of this machine is never asked, so it may say anything. What is told is off by half of the fastest way to
 * the server and back, at most.
 */
export class ServerClock {
  readonly #ask: () => Promise<number>
  readonly #monotonic: () => number
  /** What the server's time is ahead of the monotonic clock. */
  #offset: number | null = null
  #told = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  constructor({ ask, monotonic = () => performance.now() }: ServerClockOptions) {
    this.#ask = ask
    this.#monotonic = monotonic
  }

  /** Measures, and from then on again and again; fails where the server cannot be asked. */
  async start(): Promise<void> {
    await this.measure()
    this.#timer = setInterval(() => {
      // A server that is away is told by the calls that need it; until it is back the last measurement is counted on.
      this.measure().catch(() => {})
    }, everyMs)
    this.#timer.unref()
  }

  /** What was measured is counted on. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Milliseconds since 1970, whole ones. `unreachable` before the first measurement. */
  now(): number {
    if (this.#offset === null)
      throw new DaybookError('unreachable', 'The store is not open yet.', { hint: 'Await open() first.' })
    const time = Math.floor(this.#monotonic() + this.#offset)
    const held = time < this.#told && this.#told - time < heldMs
    if (!held) this.#told = time
    return this.#told
  }

  async measure(): Promise<void> {
    const before = this.#monotonic()
    const time = await this.#ask()
    const after = this.#monotonic()
    // The server said it somewhere between: half of the way there and back is what nobody can know.
    const offset = time - (before + after) / 2
    const unknown = (after - before) / 2
    // A slow answer takes nothing from a better one that it agrees with.
    if (this.#offset === null || Math.abs(offset - this.#offset) > unknown) this.#offset = offset
  }
}
