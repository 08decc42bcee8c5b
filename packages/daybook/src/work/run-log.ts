// The journal's writing side: entries of one root run, gathered and made durable together under its lease.

import type { NewEntry } from '../schema/entries.ts'
import { isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { RunId, Seq } from '../schema/ids.ts'
import type { Receipt, Session, Writing } from '../session/contract.ts'
import type { Ref } from '../store/store.ts'

/** Why nothing more can be written: the lease went to somebody else, the run is over, or the store refuses. */
export type LogEnd = 'lost' | 'over' | 'store'

export class LogEnded extends Error {
  override readonly name = 'LogEnded'
  readonly end: LogEnd

  constructor(end: LogEnd, cause?: unknown) {
    super(`the run's log ended: ${end}`, cause === undefined ? undefined : { cause })
    this.end = end
  }
}

/** Looked at on the head that the entries go on; throwing refuses them all. */
export type Condition = (head: Head) => void

/** An entry, or what makes one of the seq that it will have; asked again after every lost race. */
export type Written = NewEntry | ((seq: Seq) => NewEntry)

export class RunLog {
  readonly #session: Session
  readonly #run: RunId
  #gathered: Written[] = []
  #told: (() => void)[] = []
  #conditions: Condition[] = []
  #refs: Ref[] = []
  #next: Promise<void> | null = null
  #last: Promise<void> = Promise.resolve()
  #ended: LogEnded | null = null
  #ending = false
  #released = false

  /** Of a session whose writes carry the lease's fence. */
  constructor(session: Session, run: RunId) {
    this.#session = session
    this.#run = run
  }

  /** Goes out with the next flush. */
  write(...entries: readonly Written[]): void {
    this.#gathered.push(...entries)
  }

  /** Calls as soon as what was written so far is durable. */
  onDurable(told: () => void): void {
    this.#told.push(told)
  }

  /** Whether the lease went with the end of the run. */
  get released(): boolean {
    return this.#released
  }

  /** Whether something is written that nobody asked to be durable yet. */
  get waits(): boolean {
    return this.#gathered.length > 0 && this.#next === null
  }

  /** Names under which what was written is found; with the next flush. */
  bind(...refs: readonly Ref[]): void {
    this.#refs.push(...refs)
  }

  /**
   * Resolves when everything written so far is durable. What several ask for in one turn of the loop shares one append.
   *
   * @throws LogEnded, and what a condition throws
   */
  flush(condition?: Condition): Promise<void> {
    if (condition) this.#conditions.push(condition)
    if (!this.#next) {
      this.#next = this.#last.then(() => this.#append())
      this.#last = this.#next.catch(() => undefined)
    }
    return this.#next
  }

  /**
   * Flushes the end of the run. Where no other run of the session is open, the lease is given back with it.
   *
   * @throws as {@link flush}
   */
  end(): Promise<void> {
    this.#ending = true
    return this.flush()
  }

  async #append(): Promise<void> {
    this.#next = null
    if (this.#ended) throw this.#ended
    const entries = this.#gathered
    const conditions = this.#conditions
    const refs = this.#refs
    const told = this.#told
    this.#gathered = []
    this.#told = []
    this.#conditions = []
    this.#refs = []
    if (entries.length === 0) return
    let release = false
    const make = (head: Head): Writing => {
      if (!head.openRuns.some((open) => open.run === this.#run)) throw new LogEnded('over')
      for (const condition of conditions) condition(head)
      release = this.#ending && head.openRuns.length === 1
      const placed = entries.map((entry, index) => (typeof entry === 'function' ? entry(head.seq + 1 + index) : entry))
      return release ? { entries: placed, release } : { entries: placed }
    }
    try {
      await appended(this.#session, make, refs)
      this.#released = release
      for (const tell of told) tell()
    } catch (error) {
      if (error instanceof LogEnded) this.#ended = error
      throw error
    }
  }
}

async function appended(session: Session, make: (head: Head) => Writing, refs: readonly Ref[]): Promise<Receipt> {
  try {
    return await session.appendOn(make, null, refs.length === 0 ? {} : { refs })
  } catch (error) {
    if (!isDaybookError(error)) throw error
    if (error.code === 'fenced') throw new LogEnded('lost', error)
    throw new LogEnded(over.has(error.code) ? 'over' : 'store', error)
  }
}

/** The session is not there to be worked on any more. */
const over: ReadonlySet<string> = new Set(['gone', 'not_found', 'trashed'])
