// The part of a log that a page holds: a window of entries around where somebody reads, which moves with the reader.

import type { EntryShape } from 'daybook/client'
import type { Row } from './items.ts'
import { type LiveRun, LiveTexts } from './live-text.ts'
import type { ShownPart } from './shown.ts'
import { Timeline } from './timeline.ts'

/** How a window is filled; of a session of the client. */
export interface LogSource {
  entries(
    range: { after?: number; until?: number; limit: number; order: 'asc' | 'desc' },
    signal: AbortSignal,
  ): Promise<readonly EntryShape[]>
}

export interface WindowState {
  readonly rows: readonly Row[]
  /** The entries held, first and last; both 0 while there are none. */
  readonly first: number
  readonly last: number
  /** The newest entry there is, as far as it is known, or the one that was asked to be the last. */
  readonly end: number
  readonly loading: 'open' | 'before' | 'after' | null
  readonly live: readonly LiveRun[]
  /** Rises with each `show`: a reader's place in what stood there before means nothing. */
  readonly opening: number
}

/** Entries asked for at once, and held at most: as many again on either side of what a reader sees. */
export const pageEntries = 120
export const mostEntries = 480
/** While only a part is shown, so many times as much is asked for and held. */
const ofPart = 8

const empty: WindowState = { rows: [], first: 0, last: 0, end: 0, loading: 'open', live: [], opening: 0 }

export class LogWindow {
  readonly #source: LogSource
  readonly #until: number
  readonly #onError: (error: unknown) => void
  readonly #live = new LiveTexts()
  readonly #listeners = new Set<() => void>()
  #entries: EntryShape[] = []
  #timeline = new Timeline()
  #state = empty
  #part: ShownPart | null = null
  #work: AbortController | null = null

  /** `until`: nothing behind this entry is shown, whatever comes. */
  constructor(source: LogSource, onError: (error: unknown) => void, until = Number.POSITIVE_INFINITY) {
    this.#source = source
    this.#onError = onError
    this.#until = until
  }

  get state(): WindowState {
    return this.#state
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#work?.abort()
  }

  /** The window around an entry, or the end of the log; whatever was loading is left. */
  async show(at: number | 'end', end: number): Promise<void> {
    const last = Math.min(this.#until, Math.max(end, this.#state.end))
    const middle = at === 'end' ? last : Math.min(at, last)
    if (this.#state.opening > 0 && this.#state.first <= middle && middle <= this.#state.last) {
      this.#tell({ opening: this.#state.opening + 1, end: last })
      return
    }
    this.#tell({ loading: 'open', end: last })
    const to = Math.min(last, middle + pageEntries)
    const range = { until: to, limit: 2 * pageEntries, order: 'desc' as const }
    await this.#load(range, (entries) => {
      this.#entries = entries.toReversed()
      this.#fold()
      this.#tell({ opening: this.#state.opening + 1 })
    })
  }

  /** The entry that somebody looks for is shown, whatever it is; null: none. */
  name(seq: number | null): void {
    this.#timeline.look({ named: seq })
    this.#tell({})
  }

  /** Only that part is shown; null: everything. */
  only(part: ShownPart | null): void {
    if (part === this.#part) return
    this.#part = part
    this.#timeline.look({ part })
    this.#tell({})
  }

  get #more(): number {
    return this.#part === null ? 1 : ofPart
  }

  async before(): Promise<void> {
    const { first, loading } = this.#state
    if (loading !== null || first <= 1) return
    this.#tell({ loading: 'before' })
    await this.#load({ until: first - 1, limit: pageEntries * this.#more, order: 'desc' }, (entries) => {
      this.#entries = [...entries.toReversed(), ...this.#entries].slice(0, mostEntries * this.#more)
      this.#fold()
    })
  }

  async after(): Promise<void> {
    const { last, end, loading } = this.#state
    if (loading !== null || last >= end) return
    this.#tell({ loading: 'after' })
    const limit = Math.min(pageEntries * this.#more, end - last)
    await this.#load({ after: last, limit, order: 'asc' }, (entries) => {
      this.#entries = [...this.#entries, ...entries.filter(({ seq }) => seq <= this.#until)].slice(
        -mostEntries * this.#more,
      )
      this.#fold()
    })
  }

  /** Entries as they come. Where the window does not reach the end they are only counted. */
  push(entries: readonly EntryShape[]): void {
    const fresh = entries.filter(({ seq }) => seq > this.#state.end && seq <= this.#until)
    for (const entry of entries) this.#ends(entry)
    const newest = fresh.at(-1)
    if (!newest) {
      this.#tell({ live: this.#live.runs })
      return
    }
    const whole = this.#state.last === this.#state.end && fresh[0]?.seq === this.#state.last + 1
    if (whole) {
      this.#entries.push(...fresh)
      if (this.#entries.length > mostEntries + pageEntries) {
        this.#entries = this.#entries.slice(-mostEntries)
        this.#fold()
      } else this.#timeline.add(fresh)
    }
    this.#tell({ end: newest.seq, live: this.#live.runs })
  }

  /** The log is known to reach that far; what is missing is read when somebody comes there. */
  reach(end: number): void {
    if (this.#state.opening > 0 && end > this.#state.end && end <= this.#until) this.#tell({ end })
  }

  delta(value: unknown): void {
    if (this.#until === Number.POSITIVE_INFINITY && this.#live.add(value)) this.#tell({ live: this.#live.runs })
  }

  /** The stream broke: what was on its way comes again, or as an entry. */
  lost(): void {
    this.#live.clear()
    this.#tell({ live: [] })
  }

  async #load(range: Parameters<LogSource['entries']>[0], take: (entries: readonly EntryShape[]) => void) {
    this.#work?.abort()
    const work = new AbortController()
    this.#work = work
    try {
      const entries = await this.#source.entries(range, work.signal)
      if (work.signal.aborted) return
      take(entries)
    } catch (error) {
      if (work.signal.aborted) return
      this.#onError(error)
    }
    this.#tell({ loading: null })
  }

  #fold(): void {
    const timeline = new Timeline(this.#timeline)
    timeline.add(this.#entries)
    this.#timeline = timeline
  }

  /** What was on its way stands in this entry, or comes no more. */
  #ends({ kind, run_id, data }: EntryShape): void {
    const fields = (data ?? {}) as { run_id?: string; role?: string; step?: string; metadata?: { step?: string } }
    const run = run_id ?? fields.run_id ?? ''
    if (kind === 'run.finished' || kind === 'run.cancelled' || kind === 'run.withdrawn') this.#live.end(run)
    else if (kind === 'step.finished') this.#live.end(run, fields.step)
    else if (kind === 'message' && fields.metadata?.step !== undefined) this.#live.end(run, fields.metadata.step)
    else if (kind === 'message' && fields.role === 'assistant') this.#live.end(run)
  }

  #tell(changes: Partial<WindowState>): void {
    const first = this.#entries[0]?.seq ?? 0
    const last = this.#entries.at(-1)?.seq ?? 0
    const end = Math.max(changes.end ?? this.#state.end, last)
    this.#state = { ...this.#state, rows: this.#timeline.rows, ...changes, first, last, end }
    for (const listener of this.#listeners) listener()
  }
}
