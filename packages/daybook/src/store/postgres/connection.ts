// Connections to one server: few at once, a bounded queue before them, and what to do when one is lost or slow.

import { setTimeout as sleep } from 'node:timers/promises'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import { type Address, type Client, clientOf, type Driver } from './driver.ts'
import { isLost, isPooled, isTransient, stateOf } from './errors.ts'
import { type Ask, Line, type Mode, type Rows, type Value } from './line.ts'
import { type Sharing, sharesSessions } from './pooler.ts'

export type { Value } from './line.ts'

export interface ConnectionOptions extends Address {
  /** Connections at most. */
  readonly max: number
  /** Milliseconds from the first try of a statement to its last. */
  readonly wait: number
  /** Shared by connections to one address; default one of its own. */
  readonly between?: Between
  /** Whether a standby will do; default no. */
  readonly standby?: boolean
  /** Puts names of the store's own schema and routines into a statement. */
  named(text: string): string
}

/** Whether something shares the server's sessions: then nothing may be left in one for later. */
export interface Between {
  pooled: boolean
}

/** Statements that wait for a connection; more are refused. */
const mostWaiting = 10_000
/** Milliseconds that the server has to say that it cancelled, before the connections are given up. */
const grace = 1000
const pause = 50
/** So many transactions one after the other are cut by no network that lets a statement through before each. */
const cutsEnough = 3

export class Connection {
  readonly #driver: Driver
  readonly #options: ConnectionOptions
  readonly #texts = new Map<string, string>()
  readonly #waiting: (() => void)[] = []
  #client: Client | null = null
  #free: Line[] = []
  #lines = new Set<Line>()
  #running = 0
  readonly #between: Between
  #closed = false

  constructor(driver: Driver, options: ConnectionOptions) {
    this.#driver = driver
    this.#options = options
    this.#between = options.between ?? { pooled: false }
  }

  get wait(): number {
    return this.#options.wait
  }

  /** A client of the driver beside the lines, for what only that can do: it lasts until this is closed. */
  get client(): Client {
    this.#client ??= clientOf(this.#driver, this.#options, 1, {})
    return this.#client
  }

  #connected(): Line {
    const { wait, standby = false } = this.#options
    const { pooled } = this.#between
    const settings = { statement_timeout: String(wait), default_transaction_isolation: 'read committed', jit: 'off' }
    const line = new Line(this.#driver, this.#options, pooled ? {} : settings, { prepare: !pooled, standby })
    this.#lines.add(line)
    return line
  }

  /**
   * Looks for a pooler, and to what it gives sessions. Some refuse the settings of a connection, others drop them. One that
   * gives a session to each statement cuts the connection of every transaction, which looks like a bad network.
   */
  async sharing(): Promise<Sharing> {
    let cuts = 0
    return this.#taking(async (line) => {
      const [row] = await line.send("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")
      if (row?.[0] !== String(this.#options.wait)) this.#between.pooled = true
      const transacts = await line
        .transaction('read committed', async () => true)
        .catch((error: unknown) => {
          cuts += 1
          if (!isLost(error) || cuts < cutsEnough) throw error
          return false
        })
      if (transacts && !this.#between.pooled) return 'nothing'
      const other = this.#connected()
      try {
        if (!transacts) return 'statements'
        return (await sharesSessions(line, other)) ? 'transactions' : 'sessions'
      } finally {
        // What was made before the pooler was noticed prepares its statements.
        for (const each of [line, other]) this.#giveUp(each)
      }
    })
  }

  /** Ends statements that run, as a cut of the network would; what is asked next connects anew. */
  drop(): void {
    const old = this.#lines
    this.#lines = new Set()
    this.#free = []
    for (const line of old) void line.end()
  }

  /**
   * One statement in a transaction of its own. It is sent again after a lost connection until the wait is over, so it
   * must bear that; `again` tells it (a value may be a function of it).
   */
  async ask(text: string, values: readonly Value[] | ((again: boolean) => readonly Value[]) = []): Promise<Rows> {
    const of = typeof values === 'function' ? values : () => values
    const named = this.#named(text)
    return this.#taking((line, again) => line.send(named, of(again)))
  }

  /** Statements that see one state of the store. They only read. */
  async reading<T>(look: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#transaction('repeatable read read only', look)
  }

  /** Statements of one transaction that writes; sent again as a whole after a lost connection. */
  async writing<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#transaction('read committed', work)
  }

  #transaction<T>(mode: Mode, work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#taking((line) =>
      line.transaction(mode, (ask) => work((text, values) => ask(this.#named(text), values))),
    )
  }

  /** Waits for what was asked for, then closes. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#running > 0 || this.#waiting.length > 0) await sleep(1)
    // Nothing runs: the driver would wait for connections that were cut.
    await Promise.all([...this.#lines].map((line) => line.end()))
    await this.#client?.end({ timeout: 0 })
  }

  async #taking<T>(work: (line: Line, again: boolean) => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      const end = performance.now() + this.#options.wait
      for (let again = false; ; ) {
        const line = this.#free.pop() ?? this.#connected()
        try {
          return await this.#timed(work(line, again))
        } catch (error) {
          // What leads to a standby leads elsewhere when it is made anew.
          if (isLost(error) || isDaybookError(error)) this.#giveUp(line)
          if (!this.#worthAgain(error) || performance.now() >= end) throw error
          again ||= isLost(error)
        } finally {
          if (this.#lines.has(line)) this.#free.push(line)
        }
        if (again) await sleep(pause)
      }
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  #giveUp(line: Line): void {
    this.#lines.delete(line)
    void line.end()
  }

  async #enter(): Promise<void> {
    if (this.#closed) throw new DaybookError('shutting_down', 'The store is closed.')
    if (this.#running >= this.#options.max) {
      if (this.#waiting.length >= mostWaiting) {
        throw new DaybookError('store_busy', 'too many statements wait for a connection to the PostgreSQL server')
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#running += 1
  }

  #worthAgain(error: unknown): boolean {
    if (isPooled(error) && !this.#between.pooled) {
      this.#between.pooled = true
      this.drop()
      return true
    }
    return isLost(error) || isTransient(error)
  }

  #named(text: string): string {
    let named = this.#texts.get(text)
    if (named === undefined) {
      named = this.#options.named(text)
      this.#texts.set(text, named)
    }
    return named
  }

  /** The server itself cancels what takes too long; one that does not answer at all costs the connections. */
  async #timed<T>(work: PromiseLike<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.drop()
        reject(Object.assign(new Error('no answer'), { code: 'NOT_ANSWERED' }))
      }, this.#options.wait + grace)
    })
    try {
      return await Promise.race([work, silence])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Whether the error names this SQLSTATE. */
export function says(error: unknown, state: string): boolean {
  return stateOf(error) === state
}
