// The feed of a server over one connection at a time, for as long as it is wanted: woken, told what to watch, never silent for long.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { FeedDelta, FeedHello, MarksChanged, PresenceShape } from '../schema/wire-feed.ts'
import type { FeedPageShape } from '../schema/wire-shapes.ts'
import { watchOver } from './follow.ts'
import { prefix } from './session.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'
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
  readonly tell: (event: LiveEvent) => void
}

/** Until the server says how often its heart beats. */
const firstHeartbeat = 15_000
/** Milliseconds between two tries at most: whoever comes back is seen within a second. */
const longestPause = 1000

export class Live {
  readonly #transport: Transport
  readonly #settings: LiveSettings
  readonly #closed = new AbortController()
  #watch: readonly string[] = []
  #heartbeat = firstHeartbeat
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
        this.#settings.tell({ type: 'refused', error })
        await this.#pause(undefined)
      } else {
        if (failures === 0) this.#settings.tell({ type: 'lost' })
        await this.#pause(Math.min(longestPause, pauseBefore(error, failures)))
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
      for await (const event of serverSentEvents(answer.body ?? new ReadableStream())) {
        if (wanted.aborted) return undefined
        alive()
        watch.alive()
        this.#take(event)
      }
      return wanted.aborted ? undefined : new DaybookError('unreachable', 'the stream has ended')
    } catch (error) {
      return wanted.aborted ? undefined : error
    } finally {
      watch.end()
    }
  }

  #take(event: ServerSentEvent): void {
    const told = eventOf(event)
    if (told?.type === 'hello') this.#heartbeat = told.hello.heartbeat_ms
    if (told) this.#settings.tell(told)
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
