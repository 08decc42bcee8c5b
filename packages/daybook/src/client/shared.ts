// One stream for all tabs of a browser: one of them has it and tells the others; whoever misses something reads it.

import { type DaybookError, isDaybookError } from '../schema/errors.ts'
import type { FeedDelta, MarksChanged, PresenceShape } from '../schema/wire-feed.ts'
import type { FeedPageShape } from '../schema/wire-shapes.ts'
import { type Connection, type ConnectionEvent, firstLink, type Link, linkAfter } from './connection.ts'
import { Live, type LiveEvent } from './live.ts'
import { Reading } from './reading.ts'
import { newKey, prefix } from './session.ts'
import { Tabs, type TabsSettings } from './tabs.ts'
import type { Transport } from './transport.ts'

type Item = FeedPageShape['items'][number]

/** What of the browser is used; what is null or absent is done without, with a stream of its own. */
export interface Surroundings {
  readonly locks?: TabsSettings['locks']
  readonly channel?: TabsSettings['channel']
  /** `pageshow`, `online`, `offline`, `visibilitychange`. */
  readonly page?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | null
  readonly online?: () => boolean
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface SharedListeners {
  /** Every entry of all sessions that the caller sees, in commit order, each once; with the changed session. */
  readonly item: (item: Item) => void
  /** Marks of the caller changed, perhaps here: read them again where `version` is newer than what is shown. */
  readonly marks: (marks: MarksChanged) => void
  readonly delta: (delta: FeedDelta) => void
  readonly presence: (presence: PresenceShape) => void
  /** To be said to the reader unless it is `live`. */
  readonly connection: (connection: Connection) => void
  /**
   * What has no number may have been missed: marks, watchers, unfinished output. `all`: the store has another history than what
   * was read (it was restored from a backup); everything that is shown is read again.
   */
  readonly again: (what: 'hints' | 'all') => void
}

export interface Shared {
  readonly connection: Connection
  /** Once it resolves, nothing that is stored from now on is missed: what is read afterwards and what is told leave no gap. */
  readonly ready: Promise<void>
  /** Returns the call that ends it. */
  on<N extends keyof SharedListeners>(name: N, listener: SharedListeners[N]): () => void
  /** Deltas and watchers of these sessions (16 for all tabs) are told too; replaces what this tab watched before. */
  watch(sessions: readonly string[]): void
  /** Reads at once what came since; also done by itself when the page is shown, or online again. */
  read(): void
  close(): void
}

/** Milliseconds without a fact from a stream that is alive: more than one heartbeat. */
const longestQuiet = 20_000
/** Of all tabs together; the server takes no more. */
const mostWatched = 16

export function openShared(transport: Transport, surroundings: Surroundings): Shared {
  return new SharedFeed(transport, surroundings)
}

class SharedFeed implements Shared {
  readonly ready: Promise<void>
  readonly #transport: Transport
  readonly #around: Surroundings
  readonly #now: () => number
  readonly #listeners: { readonly [N in keyof SharedListeners]: Set<SharedListeners[N]> } = {
    item: new Set(),
    marks: new Set(),
    delta: new Set(),
    presence: new Set(),
    connection: new Set(),
    again: new Set(),
  }
  readonly #reading: Reading
  readonly #tabs: Tabs
  readonly #closed = new AbortController()
  #link: Link = firstLink
  #live: Live | null = null

  constructor(transport: Transport, around: Surroundings) {
    this.#transport = transport
    this.#around = around
    this.#now = around.now ?? Date.now
    this.#reading = new Reading({
      page: (cursor) => {
        const query = { cursor: cursor || undefined, limit: 200 }
        return transport.json({ path: `${prefix}/feed`, query, signal: this.#closed.signal })
      },
      take: (item) => this.#emit('item', item),
      void: () => this.#emit('again', 'all'),
    })
    this.#tabs = new Tabs({
      // The number is that of what tabs say: one left open over an upgrade has a stream of its own.
      name: `daybook 2 ${transport.url}`,
      me: newKey(),
      locks: around.locks ?? null,
      channel: around.channel ?? null,
      lead: (ended) => this.#lead(ended),
      told: (events, link) => this.#told(events, link),
      missed: () => this.read(),
      watched: (sessions) => this.#live?.watch(sessions.slice(0, mostWatched)),
      woken: () => this.#live?.wake(),
    })
    this.#listen()
    this.ready = this.#begin()
  }

  get connection(): Connection {
    return this.#link.shown
  }

  on<N extends keyof SharedListeners>(name: N, listener: SharedListeners[N]): () => void {
    this.#listeners[name].add(listener)
    return () => this.#listeners[name].delete(listener)
  }

  watch(sessions: readonly string[]): void {
    this.#tabs.watch([...sessions].sort())
  }

  read(): void {
    this.#reading.read().catch((error: unknown) => this.#failed(error))
  }

  close(): void {
    this.#closed.abort()
    this.#live?.close()
    this.#tabs.close()
  }

  /** Tries until there is a beginning: without one nothing can be told. */
  async #begin(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        await this.#reading.read()
        break
      } catch (error) {
        this.#failed(error)
        await this.#transport.wait(1000, this.#closed.signal).catch(() => undefined) // closed
      }
    }
    if (!this.#closed.signal.aborted) this.#tabs.start()
  }

  #failed(error: unknown): void {
    if (this.#closed.signal.aborted) return
    const refused = isDaybookError(error) && error.row.retry !== 'after'
    this.#happened(refused ? { type: 'refused', code: error.code } : { type: 'lost' })
    // How it is now is told by the stream, wherever that is.
    this.#live?.wake()
    this.#tabs.ask(false)
  }

  /** This tab has the stream until `ended`. */
  async #lead(ended: AbortSignal): Promise<void> {
    const live = new Live(this.#transport, {
      cursor: () => this.#reading.cursor,
      tell: (events) => {
        if (ended.aborted) return
        for (const event of events) this.#take(event)
        this.#tabs.tell(events, this.#link)
      },
    })
    this.#live = live
    ended.addEventListener('abort', () => live.close(), { once: true })
    live.watch(this.#tabs.watched.slice(0, mostWatched))
    await live.run()
    this.#live = null
  }

  /** Of the tab that has the stream. */
  #told(events: readonly LiveEvent[], link: Link): void {
    for (const event of events) this.#dispatch(event)
    this.#become(link)
  }

  #take(event: LiveEvent): void {
    this.#dispatch(event)
    if (event.type === 'refused') this.#refused(event.error)
    else if (event.type === 'hello') this.#happened({ type: 'hello', server: event.hello.server })
    else {
      const known = event.type === 'item' || event.type === 'live' || event.type === 'lost'
      this.#happened({ type: known ? event.type : 'beat' })
    }
  }

  #refused(error: DaybookError): void {
    if (error.code === 'invalid') this.#anew()
    else this.#happened({ type: 'refused', code: error.code })
  }

  /** The server does not know the cursor: reading finds a new one, and the stream goes on from there. */
  #anew(): void {
    this.#reading.read().then(
      () => this.#live?.wake(),
      (error: unknown) => this.#failed(error),
    )
  }

  #dispatch(event: LiveEvent): void {
    if (event.type === 'item') this.#reading.told(event.item)
    else if (event.type === 'marks') this.#emit('marks', event.marks)
    else if (event.type === 'delta') this.#emit('delta', event.delta)
    else if (event.type === 'presence') this.#emit('presence', event.presence)
    else if (event.type === 'hello' && this.#link.server !== null) this.#emit('again', 'hints')
  }

  #happened(event: ConnectionEvent): void {
    this.#become(linkAfter(this.#link, event, this.#now()))
  }

  #become(link: Link): void {
    const before = this.#link.shown
    // What another tab told is a copy: the object stays the same until it says something else.
    const same = link.shown === before || JSON.stringify(link.shown) === JSON.stringify(before)
    this.#link = same ? { ...link, shown: before } : link
    if (!same) this.#emit('connection', link.shown)
  }

  #emit<N extends keyof SharedListeners>(name: N, ...given: Parameters<SharedListeners[N]>): void {
    for (const listener of [...this.#listeners[name]]) (listener as (...all: typeof given) => void)(...given)
  }

  /** A page that was asleep trusts nothing: it reads at once, and its stream begins anew behind that. */
  #listen(): void {
    const { page, online = () => true } = this.#around
    if (!page) return
    const awake = (): void => {
      if (!online()) return
      this.read()
      const late = this.#link.shown.state !== 'live' || this.#now() - this.#link.since > longestQuiet
      if (!late) return
      this.#live?.wake()
      this.#tabs.ask(true)
    }
    const back = (): void => {
      this.#happened({ type: 'online' })
      this.#live?.wake()
      awake()
    }
    const away = (): void => this.#happened({ type: 'offline' })
    const all = { pageshow: awake, visibilitychange: awake, online: back, offline: away }
    for (const [name, listener] of Object.entries(all)) {
      page.addEventListener(name, listener)
      this.#closed.signal.addEventListener('abort', () => page.removeEventListener(name, listener), { once: true })
    }
  }
}
