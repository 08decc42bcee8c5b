// One connection to the server, for one statement or one transaction at a time.

import { DaybookError } from '../../schema/errors.ts'
import { type Address, type Client, clientOf, type Driver, type Settings } from './driver.ts'
import { isLost } from './errors.ts'

export type Value = string | number | boolean | null | Uint8Array
export type Rows = readonly (readonly unknown[])[]

/** Runs one statement: rows as arrays. */
export type Ask = (text: string, values?: readonly Value[]) => Promise<Rows>

export type Mode = 'repeatable read read only' | 'read committed'

export interface LineOptions {
  /** Whether the server may be left with prepared statements. */
  readonly prepare: boolean
  /** Whether a standby will do; default no: what it is asked is then refused as `store_readonly`. */
  readonly standby?: boolean
}

/**
 * What is asked behind a statement that failed with its connection may wait for ever in the driver: a line that was lost is
 * given up. And the driver's own transactions keep a connection reserved, and a reserved one that the server ends while nothing runs on it
 * takes the whole process down with the next statement (porsager/postgres#1208, in 3.4.9). So a transaction is statements
 * one behind the other on a client of one connection; that it is still the same one is asked before each.
 */
export class Line {
  readonly client: Client
  readonly #options: LineOptions
  #losses = 0
  /** The losses before the connection that is known to end at a primary. */
  #judged = -1

  constructor(driver: Driver, address: Address, settings: Settings, options: LineOptions) {
    this.client = clientOf(driver, address, 1, settings, () => {
      this.#losses += 1
    })
    this.#options = options
  }

  send(text: string, values: readonly Value[] = []): Promise<Rows> {
    const known = this.#options.standby === true || this.#judged === this.#losses
    return known ? this.#sent(text, values) : this.#judging(text, values)
  }

  #sent(text: string, values: readonly Value[]): Promise<Rows> {
    return this.client.unsafe(text, values as never[], { prepare: this.#options.prepare }).values()
  }

  /**
   * A standby answers from what it has heard so far: an address that leads to one after a failover would take back what
   * was told before. So each connection is asked what it leads to before its first statement, and alone: what waits behind
   * a question that fails with its connection would still be sent later.
   */
  async #judging(text: string, values: readonly Value[]): Promise<Rows> {
    const losses = this.#losses
    const [row] = await this.client.unsafe('SELECT pg_is_in_recovery()').values()
    if (row?.[0] === true) throw isStandby()
    if (this.#losses !== losses) throw gone()
    this.#judged = losses
    return this.#sent(text, values)
  }

  /** Committed when `work` is done, rolled back when it fails. */
  async transaction<T>(mode: Mode, work: (ask: Ask) => Promise<T>): Promise<T> {
    await this.send(`BEGIN ISOLATION LEVEL ${mode}`)
    const losses = this.#losses
    const ask: Ask = (text, values) => (this.#losses === losses ? this.send(text, values) : Promise.reject(gone()))
    try {
      const result = await work(ask)
      await ask('COMMIT')
      return result
    } catch (error) {
      // What a lost connection had begun is rolled back by the server.
      if (!isLost(error) && this.#losses === losses) await this.send('ROLLBACK')
      throw error
    }
  }

  end(): Promise<void> {
    return this.client.end({ timeout: 0 })
  }
}

function isStandby(): DaybookError {
  return new DaybookError('store_readonly', 'This PostgreSQL server is a replica.', { hint: 'Name the primary.' })
}

function gone(): Error {
  return Object.assign(new Error('the connection was lost within a transaction'), { code: 'CONNECTION_CLOSED' })
}
