// The journal's writing side: entries of one root run, gathered and made durable together under its lease.

import type { NewEntry, StoredEntry } from '../schema/entries.ts'
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

/** Only the end of the run was to be written, and somebody else has written in front of it. */
class Touched extends Error {}

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
  /** The end of the run, and whether it waits where others have written meanwhile. */
  #ending: { readonly entry: Written; readonly alone: boolean } | null = null
  #released = false
  /** The last entry that this knows of. */
  #seen: Seq
  #disturbed = false
  #touchedFrom: Seq = 0
  /** Of the session, from where the run was asked for. */
  #entries: readonly StoredEntry[] | null

  /**
   * Of a session whose writes carry the lease's fence; `seen` is the last entry that the journal was read with, `entries` all
   * of the session from where the run was asked for up to it, where they are known.
   */
  constructor(session: Session, run: RunId, seen: Seq, entries: readonly StoredEntry[] | null = null) {
    this.#session = session
    this.#run = run
    this.#seen = seen
    this.#entries = entries
  }

  /** All of the run, where that was known from its beginning, nobody else has written meanwhile, and they are few; else null. */
  get entries(): readonly StoredEntry[] | null {
    return this.#entries?.filter(({ run }) => run === this.#run) ?? null
  }

  /** All of the session's log up to the last flush, where the run opened it and the same holds; else null. */
  get whole(): readonly StoredEntry[] | null {
    return this.#entries?.[0]?.kind === 'session.opened' ? this.#entries : null
  }

  /** Behind it stands what somebody else wrote before the last flush. */
  get touchedFrom(): Seq {
    return this.#touchedFrom
  }

  /** Whether anybody else has written to the session, as far as the last flush could see. */
  get disturbed(): boolean {
    return this.#disturbed
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
   * Flushes the end of the run; where no other run of the session is open, the lease is given back with it. With `alone` the
   * end is left out where somebody else has written since the last flush, and false is given: it may be for this run.
   *
   * @throws as {@link flush}
   */
  async end(entry: Written, { alone = false } = {}): Promise<boolean> {
    this.#ending = { entry, alone }
    await this.flush()
    const ended = this.#ending === null
    this.#ending = null
    return ended
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
    const ending = this.#ending
    if (entries.length === 0 && !ending) return
    let release = false
    let ended = false
    let at = this.#seen
    const make = (head: Head): Writing => {
      if (!head.openRuns.some((open) => open.run === this.#run)) throw new LogEnded('over')
      for (const condition of conditions) condition(head)
      const touched = head.seq !== this.#seen
      if (touched) this.#disturbed = true
      at = head.seq
      ended = ending !== null && !(ending.alone && touched)
      if (!ended && entries.length === 0) throw new Touched()
      release = ended && head.openRuns.length === 1
      const all = ended && ending ? [...entries, ending.entry] : entries
      const placed = all.map((entry, index) => (typeof entry === 'function' ? entry(head.seq + 1 + index) : entry))
      return release ? { entries: placed, release } : { entries: placed }
    }
    try {
      const { last, entries } = await appended(this.#session, make, refs)
      this.#touchedFrom = this.#seen
      this.#seen = last
      this.#keep(entries)
      this.#released = release
      if (ended) this.#ending = null
      for (const tell of told) tell()
    } catch (error) {
      if (error instanceof Touched) {
        this.#touchedFrom = this.#seen
        this.#seen = at
        return
      }
      if (error instanceof LogEnded) this.#ended = error
      throw error
    }
  }

  #keep(written: readonly StoredEntry[]): void {
    const all = this.#disturbed || !this.#entries ? null : [...this.#entries, ...written]
    this.#entries = all && all.length <= mostKept ? all : null
  }
}

/** Entries that are kept; a turn with a call has 14, and a session is opened by another. */
const mostKept = 16

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
