// The feed of a server over one connection at a time, for as long as it is wanted: woken, told what to watch, never silent for long.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { FeedDelta, FeedHello, MarksChanged, PresenceShape } from '../schema/wire-feed.ts'
import type { FeedPageShape } from '../schema/wire-shapes.ts'
import { watchOver } from './follow.ts'
import { prefix } from './session.ts'
import { eventsTogether, type ServerSentEvent } from './sse.ts'
import { isPassing, pauseBefore, type Transport } from './transport.ts'

export type LiveEvent =
  | { readonly type: 'hello'; readonly hello: FeedHello }
  | { readonly type: 'item'; readonly item: FeedPageShape['items'][number] }
  | { readonly type: 'live' }
  | { readonly type: 'beat' }
  | { readonly type: 'marks'; readonly marks: MarksChanged }
  | { readonly type: 'delta'; readonly delta: FeedDelta }
  | { readonly type: 'presence'; readonly presence: PresenceShape }
  | { readonly type: 'lost' }
  /** Waiting does not help; it is tried again when woken. */
  | { readonly type: 'refused'; readonly error: DaybookError }

export interface LiveSettings {
  /** Where to go on; asked before each connection. */
  readonly cursor: () => string
  /** What came together is told together. */
  readonly tell: (events: readonly LiveEvent[]) => void
}

/** Until the server says how often its heart beats. */
const firstHeartbeat = 15_000
/** Milliseconds between two tries at most, unless the server names its own time: within a second of its first answer all is right again. */
const longestPause = 400
/** Events that are told together at most. */
const mostTogether = 32
/** Milliseconds of work before others have a turn: whoever types beside three streams notices none of them. */
const longestTurn = 4

export class Live {
  readonly #transport: Transport
  readonly #settings: LiveSettings
  readonly #closed = new AbortController()
  #watch: readonly string[] = []
  #heartbeat = firstHeartbeat
  /** Milliseconds of work since others had a turn. */
  #worked = 0
  /** Ends the connection, or the pause before the next. */
  #again = new AbortController()

  constructor(transport: Transport, settings: LiveSettings) {
    this.#transport = transport
    this.#settings = settings
  }

  /** Resolves when it is closed. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#closed.signal.aborted; ) {
      this.#again = new AbortController()
      const wanted = this.#again.signal
      const error = await this.#follow(wanted, () => {
        failures = 0
      })
      if (this.#closed.signal.aborted) return
      if (wanted.aborted && error === undefined) continue
      if (isDaybookError(error) && !isPassing(error)) {
        this.#settings.tell([{ type: 'refused', error }])
        await this.#pause(undefined)
      } else {
        if (failures === 0) this.#settings.tell([{ type: 'lost' }])
        await this.#pause(pauseBefore(error, failures, longestPause))
      }
      failures += 1
    }
  }

  /** Sessions whose deltas and watchers are told too: the stream goes on with them at once. */
  watch(sessions: readonly string[]): void {
    if (sessions.join() === this.#watch.join()) return
    this.#watch = sessions
    this.#again.abort()
  }

  /** Whoever was asleep trusts no connection: the next one reads what came meanwhile. */
  wake(): void {
    this.#again.abort()
  }

  close(): void {
    this.#closed.abort()
    this.#again.abort()
  }

  /** What ended the stream; undefined when somebody here wanted its end. */
  async #follow(wanted: AbortSignal, alive: () => void): Promise<unknown> {
    const watch = watchOver(wanted, () => 2 * this.#heartbeat)
    const query = { cursor: this.#settings.cursor() || undefined, watch: this.#watch.join() || undefined }
    try {
      const headers = { accept: 'text/event-stream' }
      const answer = await this.#transport.send({ path: `${prefix}/feed`, query, headers, signal: watch.signal })
      for await (const events of eventsTogether(answer.body ?? new ReadableStream())) {
        if (events.length > 0) alive()
        for (let at = 0; at < events.length && !wanted.aborted; at += mostTogether) {
          await this.#take(events.slice(at, at + mostTogether))
        }
        if (wanted.aborted) return undefined
        // Behind what was taken: how often the heart beats may stand in it.
        watch.alive()
      }
      return wanted.aborted ? undefined : new DaybookError('unreachable', 'the stream has ended')
    } catch (error) {
      return wanted.aborted ? undefined : error
    } finally {
      watch.end()
    }
  }

  async #take(events: readonly ServerSentEvent[]): Promise<void> {
    const begun = performance.now()
    const told = events.map(eventOf).filter((event) => event !== null)
    for (const event of told) if (event.type === 'hello') this.#heartbeat = event.hello.heartbeat_ms
    if (told.length > 0) this.#settings.tell(told)
    this.#worked += performance.now() - begun
    if (this.#worked < longestTurn) return
    this.#worked = 0
    await turnOfOthers()
  }

  /** Until it is woken, where no time is given. */
  async #pause(milliseconds: number | undefined): Promise<void> {
    const woken = this.#again.signal
    if (woken.aborted) return
    if (milliseconds === undefined) return new Promise((resolve) => woken.addEventListener('abort', () => resolve()))
    // A wait that was ended is not a fault.
    await this.#transport.wait(milliseconds, woken).catch((error: unknown) => {
      if (!woken.aborted) throw error
    })
  }
}

/** A timer would wait for a second in a tab that nobody looks at. */
function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/** Null for what a newer server may tell. */
function eventOf({ name, data, numbered }: ServerSentEvent): LiveEvent | null {
  if (name === '') return { type: 'beat' }
  if (data === '') return null
  if (numbered) return { type: 'item', item: JSON.parse(data) }
  switch (name) {
    case 'live':
      return { type: 'live' }
    case 'hello':
      return { type: 'hello', hello: JSON.parse(data) }
    case 'marks':
      return { type: 'marks', marks: JSON.parse(data) }
    case 'delta':
      return { type: 'delta', delta: JSON.parse(data) }
    case 'presence':
      return { type: 'presence', presence: JSON.parse(data) }
    default:
      return null
  }
}
