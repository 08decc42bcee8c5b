// The writer in a worker thread, as the lane sees it; when the thread dies, another finds out what it had committed.

import { Worker } from 'node:worker_threads'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import { LaneFailure } from '../lane.ts'
import type { Op, Result } from './ops.ts'
import { pack, type Sent } from './pack.ts'
import type { WriterOptions } from './writer.ts'

/** To the worker: a group to commit, or the end. */
export type Request = { readonly group: readonly Sent[]; readonly again: boolean; readonly now: number } | 'close'

/** From the worker (`whole`: again, with every head): failures as data, since errors lose their class on the way. */
export type Answer =
  | 'open'
  | 'closed'
  | 'whole'
  | { readonly results: readonly (Result | Failed)[] }
  | { readonly failed: Failed }

export interface Failed {
  readonly failedWith: ErrorCode
  readonly message: string
  /** What the system or SQLite said, as text. */
  readonly cause?: string
}

export type WorkerOptions = Omit<WriterOptions, 'clock'>

interface InFlight {
  readonly group: readonly Op[]
  readonly resolve: (results: readonly (Result | LaneFailure)[]) => void
  readonly reject: (error: unknown) => void
  /** Threads that ended while this group waited for its answer. */
  deaths: number
  /** Send every head: the thread asked for one that was left out. */
  whole: boolean
}

const mostDeaths = 3

export class RemoteWriter {
  readonly #options: WriterOptions
  /** Null between the end of one thread and the start of the next. */
  #worker: Worker | null = null
  #starting = false
  #inFlight: InFlight | null = null
  #closing: { resolve(): void; reject(error: unknown): void } | null = null
  /** What the last thread said when it ended early. */
  #cause: unknown

  private constructor(options: WriterOptions, worker: Worker) {
    this.#options = options
    this.#take(worker)
  }

  static start(options: WriterOptions): Promise<RemoteWriter> {
    return spawn(options, (worker) => new RemoteWriter(options, worker))
  }

  /** One group at a time: the lane waits for the answer. Like a file, an idle thread keeps no process alive. */
  commit(group: readonly Op[]): Promise<readonly (Result | LaneFailure)[]> {
    return new Promise((resolve, reject) => {
      this.#inFlight = { group, resolve, reject, deaths: 0, whole: false }
      if (this.#worker) this.#send(this.#worker)
      else this.#revive()
    })
  }

  /** Fails where the thread could not close its file, or ended before it did: what was acknowledged is in the file. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    await new Promise<void>((resolve, reject) => {
      this.#closing = { resolve, reject }
      worker.ref()
      worker.postMessage('close' satisfies Request)
    })
  }

  #take(worker: Worker): void {
    this.#worker = worker
    worker.on('message', (answer: Answer) => this.#settle(worker, answer))
    // An uncaught error of the thread is followed by its exit.
    worker.on('error', (error: unknown) => {
      this.#cause = error
    })
    worker.on('exit', () => this.#died())
    if (this.#inFlight) this.#send(worker)
    else worker.unref()
  }

  #send(worker: Worker): void {
    const flight = this.#inFlight
    if (!flight) return
    const now = (this.#options.clock ?? Date.now)()
    worker.ref()
    try {
      const group = pack(flight.group, flight.whole)
      worker.postMessage({ group, again: flight.deaths > 0, now } satisfies Request)
    } catch (error) {
      // A value that cannot cross to another thread.
      this.#inFlight = null
      flight.reject(new DaybookError('invalid', 'a value cannot be stored', { cause: error }))
    }
  }

  #settle(worker: Worker, answer: Answer): void {
    const closing = this.#closing
    if (closing && (answer === 'closed' || (typeof answer === 'object' && 'failed' in answer))) {
      this.#closing = null
      if (answer === 'closed') closing.resolve()
      else closing.reject(errorOf(answer.failed))
      return
    }
    const flight = this.#inFlight
    if (flight && answer === 'whole') {
      flight.whole = true
      this.#send(worker)
      return
    }
    this.#inFlight = null
    worker.unref()
    if (!flight || typeof answer === 'string') return
    if ('failed' in answer) flight.reject(errorOf(answer.failed))
    else flight.resolve(answer.results.map((result) => (isFailed(result) ? new LaneFailure(errorOf(result)) : result)))
  }

  #died(): void {
    this.#worker = null
    const closing = this.#closing
    this.#closing = null
    if (closing) closing.reject(this.#gone('the writer ended before it had closed the file'))
    else if (this.#inFlight) this.#revive()
  }

  #gone(message: string): DaybookError {
    return new DaybookError('internal', message, { cause: this.#cause })
  }

  /**
   * Whether the group in flight was committed only the file knows. The next thread runs it again, and says so: what is
   * in the file already is answered as written, the rest is written now. A group that ends several threads is given up.
   */
  #revive(): void {
    if (this.#starting) return
    const flight = this.#inFlight
    if (flight) flight.deaths += 1
    if (flight && flight.deaths > mostDeaths) {
      this.#inFlight = null
      flight.reject(this.#gone('the writer ended several times over one group; read before repeating it'))
      return
    }
    this.#starting = true
    spawn(this.#options, (worker) => this.#take(worker))
      .catch((error: unknown) => {
        // No fault of the file, so another may do better.
        if (error instanceof EndedEarly) {
          this.#cause = error.cause ?? this.#cause
          return
        }
        this.#inFlight?.reject(error)
        this.#inFlight = null
      })
      .finally(() => {
        this.#starting = false
        if (!this.#worker && this.#inFlight) this.#revive()
      })
  }
}

/** Why a thread could not be started. It may have been open: what a thread fails with can overtake what it had said. */
class EndedEarly extends DaybookError {
  constructor(cause?: unknown) {
    super('internal', 'the thread of the writer ended before it was open', { cause })
  }
}

function isFailed(result: Result | Failed): result is Failed {
  return typeof result === 'object' && result !== null && 'failedWith' in result
}

function errorOf({ failedWith, message, cause }: Failed): DaybookError {
  return new DaybookError(failedWith, message, cause === undefined ? {} : { cause: new Error(cause) })
}

/** `take` listens at the thread in the moment in which it says that it is open: it may end in the next. */
function spawn<T>(options: WriterOptions, take: (worker: Worker) => T): Promise<T> {
  const { path, durability, wait, maxBytes } = options
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const workerData = { path, durability, wait, maxBytes }
  const worker = new Worker(new URL(`./worker.${ending}`, import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) => reject(new EndedEarly(cause))
    const exited = () => reject(new EndedEarly())
    worker.once('error', failed)
    worker.once('exit', exited)
    worker.once('message', (answer: Answer) => {
      worker.off('error', failed)
      worker.off('exit', exited)
      if (typeof answer === 'object' && 'failed' in answer) reject(errorOf(answer.failed))
      else resolve(take(worker))
    })
  })
}
