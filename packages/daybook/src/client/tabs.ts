// The tabs of one browser: which of them has the stream, what it tells the others, and whether they got all of it.

import type { Link } from './connection.ts'
import type { LiveEvent } from './live.ts'
import { newKey } from './session.ts'

/** As browsers have it (and node): `navigator.locks`. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    held: () => Promise<void>,
  ): Promise<unknown>
}

/** As `BroadcastChannel`. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
}

export interface TabsSettings {
  /** The same in all tabs of one server. */
  readonly name: string
  /** This tab. */
  readonly me: string
  readonly locks: Locks | null
  readonly channel: ((name: string) => Channel) | null
  /** Has the stream until the signal; resolves when it is closed. */
  readonly lead: (ended: AbortSignal) => Promise<void>
  /** By the tab that has it; without events only how the connection is. */
  readonly told: (events: readonly LiveEvent[], link: Link) => void
  /** Items may have been missed. */
  readonly missed: () => void
  /** What all tabs together watch. */
  readonly watched: (sessions: readonly string[]) => void
  /** Somebody looks, and heard nothing for long. */
  readonly woken: () => void
}

type Said =
  /** `epoch` is one time of one tab with the stream, `n` counts its items. */
  | {
      readonly type: 'told'
      readonly epoch: string
      readonly n: number
      readonly events: readonly LiveEvent[]
      readonly link: Link
    }
  /** Null: the tab is gone. */
  | { readonly type: 'watch'; readonly tab: string; readonly sessions: readonly string[] | null }
  | { readonly type: 'ask' }
  | { readonly type: 'wake' }

/** Milliseconds: how often a tab says again what it watches; who said nothing for three times as long is gone. Background tabs may be late by a minute. */
const sayEvery = 60_000
/** Without a word from the tab that has the stream for so long, another one takes it. A heart beats every 15 s. */
const mostSilent = 60_000

export class Tabs {
  readonly #settings: TabsSettings
  readonly #channel: Channel | null
  readonly #closed = new AbortController()
  readonly #watching = new Map<string, { readonly sessions: readonly string[]; readonly at: number }>()
  #mine: readonly string[] = []
  /** While this tab has the stream. */
  #epoch: string | null = null
  #n = 0
  #link: Link | null = null
  #heard: { readonly epoch: string; readonly n: number } | null = null
  #heardAt = performance.now()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(settings: TabsSettings) {
    this.#settings = settings
    const { locks, channel, name } = settings
    this.#channel = locks && channel ? channel(name) : null
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data as Said)
  }

  /** Of all tabs, each once. */
  get watched(): readonly string[] {
    const oldest = performance.now() - 3 * sayEvery
    for (const [tab, { at }] of this.#watching) if (at < oldest) this.#watching.delete(tab)
    const all = [...this.#watching.values()].flatMap(({ sessions }) => sessions)
    return [...new Set([...this.#mine, ...all])]
  }

  start(): void {
    this.#say({ type: 'ask' })
    this.#timer = setInterval(() => this.#tick(), sayEvery / 2)
    this.#stand(false)
  }

  watch(sessions: readonly string[]): void {
    this.#mine = sessions
    this.#say({ type: 'watch', tab: this.#settings.me, sessions })
    if (this.#epoch !== null) this.#settings.watched(this.watched)
  }

  /** To the tab that has the stream: how is the connection? With `late` it is made anew. */
  ask(late: boolean): void {
    this.#say({ type: late ? 'wake' : 'ask' })
  }

  /** By the tab that has the stream. */
  tell(all: readonly LiveEvent[], link: Link): void {
    this.#link = link
    if (this.#epoch === null) return
    // Errors do not travel; what became of the connection does.
    const events = all.filter(({ type }) => type !== 'refused')
    this.#n += itemsOf(events)
    this.#say({ type: 'told', epoch: this.#epoch, n: this.#n, events, link })
  }

  close(): void {
    clearInterval(this.#timer)
    this.#say({ type: 'watch', tab: this.#settings.me, sessions: null })
    this.#closed.abort()
    this.#channel?.close()
  }

  /** In line for the stream, or past whoever has it and is silent. Whose stream is taken stands in line again. */
  #stand(steal: boolean): void {
    const { locks, name } = this.#settings
    const { signal } = this.#closed
    const taken = new AbortController()
    const lead = (): Promise<void> => this.#lead(AbortSignal.any([signal, taken.signal]))
    if (!locks || !this.#channel) {
      void lead()
      return
    }
    locks.request(name, steal ? { steal } : { signal }, lead).catch((error: unknown) => {
      if (signal.aborted) return
      taken.abort()
      if ((error as { name?: unknown } | null)?.name === 'AbortError') this.#stand(false)
      // A page that may not ask for locks has a stream of its own.
      else void this.#lead(signal)
    })
  }

  async #lead(ended: AbortSignal): Promise<void> {
    const epoch = newKey()
    this.#epoch = epoch
    this.#n = 0
    try {
      await this.#settings.lead(ended)
    } finally {
      if (this.#epoch === epoch) this.#epoch = null
    }
  }

  #tick(): void {
    this.#say({ type: 'watch', tab: this.#settings.me, sessions: this.#mine })
    if (this.#epoch !== null || !this.#channel || performance.now() - this.#heardAt < mostSilent) return
    this.#heardAt = performance.now()
    this.#stand(true)
  }

  #hear(said: Said): void {
    if (said.type === 'told') this.#follow(said)
    else if (said.type === 'wake') this.#settings.woken()
    else if (said.type === 'ask') this.#answer()
    else {
      const { tab, sessions } = said
      if (sessions === null) this.#watching.delete(tab)
      else this.#watching.set(tab, { sessions, at: performance.now() })
      if (this.#epoch !== null) this.#settings.watched(this.watched)
    }
  }

  #answer(): void {
    this.#say({ type: 'watch', tab: this.#settings.me, sessions: this.#mine })
    if (this.#epoch === null || this.#link === null) return
    this.#say({ type: 'told', epoch: this.#epoch, n: this.#n, events: [], link: this.#link })
  }

  #follow({ epoch, n, events, link }: Extract<Said, { type: 'told' }>): void {
    // Two have it for a moment when one was taken for dead: both tell the same, and each item is taken once.
    this.#heardAt = performance.now()
    const next = (this.#heard?.n ?? 0) + itemsOf(events)
    const whole = this.#heard?.epoch === epoch && next === n
    this.#heard = { epoch, n }
    if (!whole) this.#settings.missed()
    if (this.#epoch === null) this.#settings.told(events, link)
  }

  #say(said: Said): void {
    if (!this.#closed.signal.aborted) this.#channel?.postMessage(said)
  }
}

function itemsOf(events: readonly LiveEvent[]): number {
  return events.filter(({ type }) => type === 'item').length
}
