// One root run being performed: what it waits for, when it may be put aside, and why it is ended from outside.

import type { NewEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import type { RunId } from '../schema/ids.ts'
import type { DataOf } from '../schema/kinds.ts'
import { entryOf, moment } from './entry.ts'
import type { NoRoom } from './failure.ts'
import type { Journal } from './journal.ts'
import { LogEnded, type RunLog } from './run-log.ts'

export type AbortReason = 'cancelled' | 'timeout' | 'lost' | 'store' | 'shutdown'

/** Something that a run cannot go on without. */
export interface Pending {
  /** The run that waits, then its parents up to the root. */
  readonly line: readonly RunId[]
  readonly reason: DataOf<'run.waiting'>['reason']
  /** Milliseconds since 1970. */
  readonly until?: number
  readonly summary?: string
  /** The approval or question that is open. */
  readonly asked?: string
  /** Which leaves no room. */
  readonly budget?: NoRoom['budget']
}

/** An effect that goes on without this process: its step stays as it is. */
export class EffectLeft extends Error {}

/** An effect that a budget leaves no room for: its step stays as it is. */
export class Paused extends Error {
  readonly pending: Pending

  constructor(noRoom: NoRoom, line: Pending['line']) {
    super(noRoom.message)
    this.pending = pendingOf(noRoom, line)
  }
}

export function pendingOf({ message: summary, until, budget }: NoRoom, line: Pending['line']): Pending {
  return { line, reason: 'budget_paused', summary, budget, ...(until === null ? {} : { until }) }
}

/** What was waited for has come before the run was put aside. */
class Woken extends Error {}

export interface ExecutionOptions {
  readonly root: RunId
  readonly log: RunLog
  readonly journal: Journal
  /** What a person chose for the run, else for its session, in the place of what agents name; null: nothing. */
  readonly model: string | null
  /** Milliseconds since 1970 at which the run fails with `timeout`. */
  readonly deadline: number | null
  /** A step of which the log says that it began, though its effect is still to begin here. */
  readonly begun?: string
}

export class Execution {
  readonly root: RunId
  readonly log: RunLog
  readonly journal: Journal
  readonly model: string | null
  readonly deadline: number | null
  /** How a performer's run ends without the performer: put aside, to be performed again at once, or aborted. */
  readonly left = Promise.withResolvers<'waiting' | 'again' | AbortReason>()
  readonly #abort = new AbortController()
  readonly #pending = new Set<Pending>()
  #begun: string | undefined
  #effects = 0
  /** Of these, what goes on without this process. */
  #leavable = 0
  #quiet: (() => void)[] = []
  #looking = false
  /** No new effect begins. */
  #closing = false

  constructor(options: ExecutionOptions) {
    this.root = options.root
    this.log = options.log
    this.journal = options.journal
    this.model = options.model
    this.deadline = options.deadline
    this.#begun = options.begun
    // Whoever performs it may be through before it is left.
    this.left.promise.catch(() => undefined)
  }

  get begun(): string | undefined {
    return this.#begun
  }

  /** True when it is this step that had begun; its effect begins now. */
  takeBegun(step: string): boolean {
    if (this.#begun !== step) return false
    this.#begun = undefined
    return true
  }

  /** Nothing of which the log has the beginning is without its end. */
  get #idle(): boolean {
    return this.#effects === 0 && this.#begun === undefined
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Ends it now, whatever it does. Only the first reason counts. */
  abort(reason: AbortReason): void {
    if (this.signal.aborted) return
    this.#abort.abort(reason)
    this.left.resolve(reason)
  }

  /** Ends it before its next effect, and at once while there is none. */
  closeSoon(): void {
    this.#closing = true
    if (this.#effects === this.#leavable && this.#begun === undefined) this.abort('shutdown')
  }

  /** Does one effect; while there is any, the run is not put aside. */
  async effect<T>(work: () => Promise<T>, leavable = false): Promise<T> {
    if (this.#closing && this.#idle) this.abort('shutdown')
    if (this.signal.aborted) return never()
    this.#effects += 1
    if (leavable) this.#leavable += 1
    try {
      return await work()
    } catch (error) {
      if (error instanceof EffectLeft) return never()
      if (error instanceof Paused) return this.waitFor(error.pending)
      if (error instanceof LogEnded) return this.logEnded(error)
      throw error
    } finally {
      this.#effects -= 1
      if (leavable) this.#leavable -= 1
      if (this.#effects === 0) for (const tell of this.#quiet.splice(0)) tell()
      this.writeSoon()
      this.#look()
    }
  }

  /** What is written goes out after this turn of the loop, even if nothing that the performer does next asks for it. */
  writeSoon(): void {
    setImmediate(() => {
      if (!this.log.waits) return
      this.log.flush().catch((error) => {
        if (error instanceof LogEnded) void this.logEnded(error)
        else this.left.reject(error)
      })
    })
  }

  /** Resolves when no effect is under way, or after so many milliseconds: one that hears no abort is left to itself. */
  async quiet(ms: number): Promise<void> {
    if (this.#effects === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#quiet.push(resolve)
    const timer = setTimeout(resolve, ms)
    timer.unref()
    await promise
    clearTimeout(timer)
  }

  /** The performer learns nothing of it: its promises just never settle, so that no `catch` of its own takes a wait for a failure. */
  logEnded({ end }: LogEnded): Promise<never> {
    this.abort(end === 'over' ? 'cancelled' : end)
    return never()
  }

  /** Waits for it, beyond the life of this execution: the run is performed again then. */
  waitFor(pending: Pending): Promise<never> {
    this.#pending.add(pending)
    this.#look()
    return never()
  }

  #look(): void {
    if (!this.#idle) return
    if (this.#closing) this.abort('shutdown')
    if (this.#looking || this.#pending.size === 0 || this.signal.aborted) return
    this.#looking = true
    // What goes on beside the wait gets a turn of the loop to begin its next effect.
    setImmediate(() => {
      this.#looking = false
      if (this.#effects === 0 && !this.signal.aborted) void this.#putAside()
    })
  }

  async #putAside(): Promise<void> {
    const pending = [...this.#pending]
    try {
      await this.log.flush()
      if (this.#effects > 0) return
      this.log.write(...waitingEntries(pending, this.deadline))
      await this.log.flush((head) => stillOpen(head, pending))
      this.left.resolve('waiting')
    } catch (error) {
      if (error instanceof Woken) this.left.resolve('again')
      else if (error instanceof LogEnded) void this.logEnded(error)
      else this.left.reject(error)
    }
  }
}

function stillOpen(head: Head, pending: readonly Pending[]): void {
  for (const { asked } of pending) {
    if (asked !== undefined && !head.attention.some((one) => one.id === asked)) throw new Woken()
  }
}

/** One `run.waiting` for each run that waits, and for those above it; the root is looked at again by its deadline. */
function waitingEntries(pending: readonly Pending[], deadline: number | null): readonly NewEntry[] {
  const waits = new Map<RunId, Omit<Pending, 'line'>>()
  for (const { line, ...one } of pending) {
    const [run = '', ...parents] = line
    const known = waits.get(run)
    waits.set(run, known && known.reason !== 'child' ? { ...known, ...earlier(known, one) } : one)
    const { summary } = one
    for (const parent of parents) {
      if (!waits.has(parent))
        waits.set(parent, { reason: 'child', ...(summary === undefined ? undefined : { summary }) })
    }
  }
  const root = pending[0]?.line.at(-1) ?? ''
  const own = waits.get(root)
  if (own && deadline !== null) waits.set(root, { ...own, ...earlier(own, { until: deadline }) })
  return [...waits].map(([run, { reason, until, summary, budget }]) =>
    entryOf('run.waiting', run, {
      reason,
      ...(until === undefined ? undefined : { until: moment(until) }),
      ...(summary === undefined ? undefined : { summary: summary.slice(0, 512) }),
      ...(budget === undefined ? undefined : { budget }),
    }),
  )
}

function earlier(one: Pick<Pending, 'until'>, other: Pick<Pending, 'until'>): { until?: number } {
  const times = [one.until, other.until].filter((time) => time !== undefined)
  return times.length === 0 ? {} : { until: Math.min(...times) }
}

/** A promise that nothing settles; what waits for it is given up with it. */
export function never(): Promise<never> {
  return new Promise(() => {})
}
