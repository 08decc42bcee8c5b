// The connection to Redis: opened lazily, judged each time it is made, and patient while the server is away.

import type { Redis } from 'ioredis'
import { DaybookError } from '../../schema/errors.ts'
import type { Supports } from '../store.ts'
import { isPassing, lacksLibrary, startsWith, toDaybookError } from './errors.ts'
import { presentFormat } from './format.ts'
import { library } from './library/library.ts'
import type { Given } from './ops.ts'
import { durabilityOf, factsOf, refusePowerless, refuseUnfit, refuseWeaker } from './settings.ts'

export interface LinkOptions {
  readonly url: string
  readonly prefix: string
  readonly durable: Supports['durable']
  /** Milliseconds that a call waits for a server that is away, starting or busy. */
  readonly wait: number
  /** In place of the clock of the server. */
  readonly clock?: () => number
}

/** Milliseconds between two tries. */
export const pause = 20
/** Milliseconds without an answer after which a connection is taken for dead. */
const silence = 5000
/** Milliseconds after which a server is judged anew: its settings can be changed while it runs. */
const judgedFor = 60_000

export async function connect(url: string, wait: number): Promise<Redis> {
  const { Redis } = await driver()
  const client = new Redis(url, {
    lazyConnect: true,
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // What was not answered when the connection broke fails at once: whoever sent it knows how to repeat it.
    maxRetriesPerRequest: 0,
    // Well within the wait, so that a call on a connection that died in silence is made again on another.
    commandTimeout: Math.min(Math.ceil(wait / 2), silence),
    connectTimeout: Math.min(wait, silence),
    retryStrategy: (times) => Math.min(times * pause, 500),
    // After a failover the same address may lead to the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    connectionName: 'daybook',
  })
  // Told with the call that fails; without a listener the driver prints it.
  client.on('error', () => {})
  return client
}

async function driver(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const hint = 'npm install ioredis@6'
    throw new DaybookError('unreachable', 'The Redis store needs the package ioredis.', { hint, cause })
  }
}

export class Link {
  readonly #options: LinkOptions
  #client: Redis | null = null
  /** Of the connection that was judged last, and when; another one has to be judged before it is used. */
  #judged = 0
  #judgedAt = 0
  #judging: Promise<void> | null = null
  #connection = 0
  #cause: unknown
  /** When the server was found to be away: calls do not wait anew for one that was waited for. */
  #awaySince: number | null = null

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** Fails when the server is not there within the wait, or is not fit. */
  async open(): Promise<void> {
    const client = await connect(this.#options.url, this.#options.wait)
    client.on('ready', () => {
      this.#connection += 1
      this.#awaySince = null
    })
    client.on('error', (error: unknown) => {
      this.#cause = error
    })
    this.#client = client
    // Its failure is told by the call that waits.
    client.connect().catch(() => {})
    try {
      await this.run(async () => {})
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    this.#client?.disconnect()
    this.#client = null
  }

  /** A question to the function that writes nothing. */
  async ask<T>(given: readonly Given[]): Promise<T> {
    return (await this.run((client) => client.call('FCALL_RO', this.#call('ask', given)))) as T
  }

  /** Milliseconds since 1970, by the clock of the server. */
  async time(): Promise<number> {
    const [seconds, micros] = (await this.run((client) => client.call('TIME'))) as [string, string]
    return Number(seconds) * 1000 + Number(micros) / 1000
  }

  /** A group of changes, sent once and at once; errors as the driver has them. */
  async change(given: readonly Given[], free: boolean): Promise<string> {
    const client = this.#client
    if (!client) throw closed()
    try {
      const answer = (await client.call('FCALL', this.#call(free ? 'free' : 'change', given))) as string
      this.#awaySince = null
      return answer
    } catch (error) {
      this.#heal(client, error)
      throw error
    }
  }

  /** What does not answer may be a connection whose other end is gone. */
  #heal(client: Redis, error: unknown): void {
    if (error instanceof Error && error.message === 'Command timed out') client.disconnect(true)
  }

  #call(door: string, given: readonly Given[]): Given[] {
    const { prefix, clock } = this.#options
    return [`${library().name}_${door}`, '1', prefix, clock ? String(clock()) : '', ...given]
  }

  /** Runs `work`, again where the connection broke, until the wait is over; errors in the codes of daybook. */
  async run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const end = this.patience()
    for (;;) {
      try {
        if (!this.isReady) await this.judge()
        if (!this.#client) throw closed()
        const result = await work(this.#client)
        this.#awaySince = null
        return result
      } catch (error) {
        if (this.#client) this.#heal(this.#client, error)
        if (lacksLibrary(error)) this.forgetServer()
        else if (!isPassing(error)) throw toDaybookError(error)
        // First the pause: who asks again at once must leave the event loop room to connect.
        await new Promise((resolve) => setTimeout(resolve, pause))
        if (performance.now() >= end) throw toDaybookError(this.reason(error))
      }
    }
  }

  /** Until when a call that begins now waits, on the monotonic clock: nobody waits anew for a server that was waited for. */
  patience(): number {
    const now = performance.now()
    if (this.#client?.status !== 'ready') this.#awaySince ??= now
    return Math.min(now, this.#awaySince ?? now) + this.#options.wait
  }

  /** Connected to a server that was found fit. */
  get isReady(): boolean {
    return (
      this.#client?.status === 'ready' &&
      this.#judged === this.#connection &&
      performance.now() - this.#judgedAt < judgedFor
    )
  }

  /** The server may lack what was prepared there. */
  forgetServer(): void {
    this.#judged = 0
  }

  /** A driver that is not connected says only that; what the socket said last tells more. */
  reason(error: unknown): unknown {
    if (error instanceof Error && this.#cause !== undefined && this.#client?.status !== 'ready') {
      return Object.assign(new Error(error.message), { cause: this.#cause })
    }
    return error
  }

  /** Every new connection may lead to another server, or to the same one with other settings. */
  async judge(): Promise<void> {
    const client = this.#client
    if (!client) throw closed()
    if (client.status !== 'ready') throw new Error(`not connected: ${client.status}`)
    if (this.isReady) return
    const connection = this.#connection
    this.#judging ??= this.#prepare(client)
      .catch((error: unknown) => {
        this.#heal(client, error)
        throw error
      })
      .finally(() => {
        this.#judging = null
      })
    await this.#judging
    this.#judged = connection
    this.#judgedAt = performance.now()
  }

  async #prepare(client: Redis): Promise<void> {
    const facts = factsOf(await client.info())
    refuseUnfit(facts)
    refuseWeaker(this.#options.durable, durabilityOf(await configOf(client), facts))
    await loadLibrary(client)
    refusePowerless((await client.call('FCALL_RO', this.#call('ask', ['rights']))) as string[])
    const meta = `${this.#options.prefix}meta`
    await client.hsetnx(meta, 'format', presentFormat)
    const format = Number(await client.hget(meta, 'format'))
    if (format > presentFormat) {
      throw new DaybookError('too_new', `The store has format ${format}; this daybook knows ${presentFormat}.`)
    }
  }
}

function closed(): DaybookError {
  return new DaybookError('shutting_down', 'The store is closed.')
}

/** Null where the server does not let us ask, as hosted ones often do. */
async function configOf(client: Redis): Promise<ReadonlyMap<string, string> | null> {
  try {
    const found = (await client.call('CONFIG', 'GET', 'append*', 'no-appendfsync-on-rewrite')) as unknown
    const flat = Array.isArray(found)
      ? found.flat().map(String)
      : Object.entries(found as object)
          .flat()
          .map(String)
    return new Map(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : [])))
  } catch (error) {
    if (startsWith(error, 'NOPERM') || startsWith(error, 'ERR unknown command')) return null
    throw error
  }
}

/** Versions live side by side, each under the hash of its text, so servers of two versions may share one Redis. */
async function loadLibrary(client: Redis): Promise<void> {
  try {
    await client.call('FUNCTION', 'LOAD', library().code)
  } catch (error) {
    if (!(error instanceof Error && /already exists/.test(error.message))) throw error
  }
}
