// Feeds an index from the store: behind the writers, in small pieces, from where it stopped, also after a kill.

import { setTimeout as after, setImmediate } from 'node:timers/promises'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { hintTopic } from '../store/bus.ts'
import type { Cursor, FeedItem, Store } from '../store/store.ts'
import type { Position, SearchIndex, Witness } from './contract.ts'
import { batchOf } from './feed-items.ts'

export interface FollowerOptions {
  readonly store: Store
  readonly index: SearchIndex
  readonly clock: () => number
  readonly onError: (error: unknown) => void
}

/** Entries and characters of one piece, at most. */
const mostEntries = 512
const fewestEntries = 8
const mostCharacters = 4 * 1024 * 1024
/** Milliseconds that a piece may take, about: beside other work of this thread, for who waits for it, in a thread of its own. */
const sliceMs = { beside: 5, asked: 50, apart: 50 }
/**
 * Pieces that follow each other are kept together, up to about so many entries and milliseconds: a commit sorts and writes what
 * came in, and costs most of taking it in when it is small. In the caller's thread it also has to be over soon.
 */
const together = { beside: 512, asked: 8_192, apart: 8_192 }
const longestTogether = 1_000
/** Other processes' writes are looked for this often, and failed attempts repeated. */
const lookMs = 5_000
/** Where another server feeds the index, whether it has done so is looked for this often. */
const pollMs = 50
/** Writes that follow each other are taken in together. */
const gatherMs = 100
/** Milliseconds for which one call takes texts of deleted sessions out; what is left waits for the next one. */
const tidyMs = 200
const day = 24 * 3_600_000
/** A store tells for 30 days that a session was deleted. Who did not look for so long begins again. */
const longestAbsence = 25 * day

export class Follower {
  readonly #options: FollowerOptions
  #position: Position | null = null
  #running: Promise<void> | null = null
  #again = false
  #closed = false
  #entries = 64
  /** What was applied and is not kept yet: so many entries, since then. */
  #open: { entries: number; readonly since: number } | null = null
  #stop: (() => void) | null = null
  #told: string | null = null
  /** When the index last held everything, as far as is known here. */
  #reached: number
  #hinted = false
  /** Another server feeds the index, as far as is known here. */
  #fedElsewhere = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#reached = options.clock()
  }

  /**
   * Milliseconds since the index last held everything; 0 while nothing is known that it does not hold. What other processes write,
   * and where another server feeds the index all that is written, is known when it is looked for, every five seconds. Null: it is
   * fed when somebody asks.
   */
  lag(): number | null {
    if (this.#stop === null) return null
    const isBehind = this.#running !== null || this.#hinted || this.#told !== null
    return isBehind ? Math.max(0, this.#options.clock() - this.#reached) : 0
  }

  /** Resolves when the index holds all that was committed before the call. Fails as the store or the index fails. */
  catchUp(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** What is known of where the index stands may no longer be true. */
  lookAgain(): void {
    this.#position = null
  }

  /** Follows the feed from now on, until it is closed. */
  follow(): void {
    const { store } = this.#options
    let waiting: NodeJS.Timeout | null = null
    const look = (): void => {
      waiting = null
      this.#hinted = false
      if (!this.#closed) void this.#look()
    }
    const unsubscribe = store.bus.subscribe(hintTopic, () => {
      // To see that another one did the work would be work for each that stands by; who asks makes sure of it anyway.
      if (this.#fedElsewhere) return
      this.#hinted = true
      waiting ??= setTimeout(look, gatherMs).unref()
    })
    const timer = setInterval(look, lookMs).unref()
    this.#stop = () => {
      unsubscribe()
      clearInterval(timer)
      if (waiting) clearTimeout(waiting)
    }
    look()
  }

  /** What keeps failing for the same reason is told once. */
  async #look(): Promise<void> {
    try {
      await this.catchUp()
      while (!this.#closed && (await this.#options.index.tidy())) await setImmediate()
      this.#told = null
    } catch (error) {
      const said = String(error)
      if (!this.#closed && said !== this.#told) this.#options.onError(error)
      this.#told = said
    }
  }

  /** Waits for the piece under way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stop?.()
    // Whoever waits for it is told of its failure.
    await this.#running?.catch(() => {})
  }

  /** Texts of deleted sessions, out of the index's bytes: for a bounded time. */
  async tidy(): Promise<void> {
    const end = performance.now() + tidyMs
    while (!this.#closed && performance.now() < end && (await this.#options.index.tidy()));
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false
        await this.#reachEnd()
      }
    } catch (error) {
      this.lookAgain()
      // Who waits for this one would wait for ever; who feeds it next is told why it fails.
      await this.#options.index.shared?.resign()
      throw error
    }
  }

  async #reachEnd(): Promise<void> {
    try {
      do {
        if (await this.#isFed()) return
        this.#position ??= await this.#begin()
      } while (!this.#closed && (await this.#step(this.#position)) && (await setImmediate(true)))
    } finally {
      if (this.#open !== null) await this.#options.index.settle()
      this.#open = null
    }
  }

  /** Whether another server feeds the index, and has done so up to what is stored now. False as soon as this one has to. */
  async #isFed(): Promise<boolean> {
    const { store, index, clock } = this.#options
    if (index.shared === undefined) return false
    if (this.#position === null) await index.open()
    const asked = clock()
    for (let end: Cursor | null = null; !(await index.shared.leads()); ) {
      this.#fedElsewhere = true
      this.#position = null
      end ??= await store.tip()
      if (this.#closed || (await index.shared.holds(end))) {
        this.#reached = asked
        return true
      }
      await after(pollMs, null, { ref: this.#stop === null })
    }
    this.#fedElsewhere = false
    return false
  }

  /** One piece; false at the end of the feed. */
  async #step(position: Position): Promise<boolean> {
    const { store, index, clock } = this.#options
    const asked = clock()
    const page = await store.feed(position.cursor, this.#entries)
    const to = page.cursor
    const atEnd = to === null || to === position.cursor
    if (atEnd) {
      this.#reached = asked
      await index.shared?.complete()
    }
    if (atEnd && clock() - position.at < day) return false
    const begun = performance.now()
    const batch = batchOf(page.items, position.cursor, to ?? position.cursor ?? '', clock())
    const more = page.items.length === this.#entries && this.#goesOn(page.items.length)
    if (to !== null && (await index.apply(more ? { ...batch, more } : batch))) {
      const witnesses = batch.witnesses.length > 0 ? batch.witnesses : position.witnesses
      this.#position = { cursor: to, witnesses, at: batch.at }
      this.#adapt(page.items, performance.now() - begun)
      return !atEnd
    }
    // Another process was faster, and stands further on.
    this.#position = await index.position()
    return to !== null
  }

  /** Whether a piece of so many entries is kept together with what follows. */
  #goesOn(entries: number): boolean {
    const { entries: before, since } = this.#open ?? { entries: 0, since: performance.now() }
    const full = before + entries >= together[this.#way] || performance.now() - since > longestTogether
    this.#open = full ? null : { entries: before + entries, since }
    return !full
  }

  get #way(): keyof typeof together {
    return this.#options.index.apart ? 'apart' : this.#stop ? 'beside' : 'asked'
  }

  /** The next piece takes about as long as one may, and is never much larger than the last. */
  #adapt(items: readonly FeedItem[], took: number): void {
    if (items.length === 0) return
    const slice = sliceMs[this.#way]
    const characters = items.reduce((sum, { entry }) => sum + (entry.body?.length ?? 0), 0)
    const byTime = (items.length * slice) / Math.max(took, 0.1)
    const bySize = (items.length * mostCharacters) / Math.max(characters, 1)
    const next = Math.min(byTime, bySize, 2 * this.#entries, mostEntries)
    this.#entries = Math.max(bySize < fewestEntries ? 1 : fewestEntries, Math.floor(next))
  }

  /** Where the index stands, if it belongs to this store as it is; else it begins again. */
  async #begin(): Promise<Position> {
    const { index } = this.#options
    await index.open()
    const position = await index.position()
    if (position.at > 0) this.#reached = Math.min(this.#reached, position.at)
    if (position.cursor === null || (await this.#belongs(position))) return position
    await index.clear()
    return index.position()
  }

  async #belongs({ cursor, witnesses, at }: Position): Promise<boolean> {
    const { store, clock } = this.#options
    if (clock() - at > longestAbsence) return false
    try {
      await store.feed(cursor, 1)
    } catch (error) {
      if (isDaybookError(error) && error.code === 'invalid') return false
      throw error
    }
    if (witnesses.length === 0) return true
    for (const witness of witnesses) {
      const said = await this.#confirms(witness)
      if (said !== null) return said
    }
    // All of those sessions are gone: nobody can tell.
    return false
  }

  /** Null where the session is gone. */
  async #confirms({ tenant, session, seq, hash }: Witness): Promise<boolean | null> {
    const whole = this.#options.store.within({ tenant, subjects: 'all' })
    const head = await whole.head(session)
    if (!head || head.place === 'deleted') return null
    const [entry] = await whole.read(session, { after: seq - 1, until: seq })
    return entry?.hash === hash
  }
}

export function closedSearch(): DaybookError {
  return new DaybookError('shutting_down', 'the search is closed')
}
