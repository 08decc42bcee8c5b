// The writer in a worker thread, as the lane sees it; when the thread dies, another finds out what it had committed.

import { Worker } from 'node:worker_threads'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import { LaneFailure } from '../lane.ts'
import type { Op, Result } from './ops.ts'
import type { WriterOptions } from './writer.ts'

/** To the worker: a group to commit, or the end. */
export type Request = { readonly group: readonly Op[]; readonly again: boolean; readonly now: number } | 'close'

/** From the worker: failures as data, since errors lose their class on the way. */
export type Answer = 'open' | { readonly results: readonly (Result | Failed)[] } | { readonly failed: Failed }

export interface Failed {
  readonly failedWith: ErrorCode
  readonly message: string
}

export type WorkerOptions = Omit<WriterOptions, 'clock'>

interface InFlight {
  readonly group: readonly Op[]
  readonly resolve: (results: readonly (Result | LaneFailure)[]) => void
  readonly reject: (error: unknown) => void
  again: boolean
}

export class RemoteWriter {
  readonly #options: WriterOptions
  #worker: Worker
  #inFlight: InFlight | null = null
  #closed: (() => void) | null = null

  private constructor(options: WriterOptions, worker: Worker) {
    this.#options = options
    this.#worker = worker
    this.#listen(worker)
  }

  static async start(options: WriterOptions): Promise<RemoteWriter> {
    return new RemoteWriter(options, await spawn(options))
  }

  /** One group at a time: the lane waits for the answer. */
  commit(group: readonly Op[]): Promise<readonly (Result | LaneFailure)[]> {
    return new Promise((resolve, reject) => {
      this.#inFlight = { group, resolve, reject, again: false }
      this.#send()
    })
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#closed = resolve
    })
    this.#post('close')
    await gone
  }

  #send(): void {
    const flight = this.#inFlight
    if (!flight) return
    try {
      this.#post({ group: flight.group, again: flight.again, now: (this.#options.clock ?? Date.now)() })
    } catch (error) {
      // A value that cannot cross to another thread.
      this.#inFlight = null
      flight.reject(new DaybookError('invalid', 'a value cannot be stored', { cause: error }))
    }
  }

  #post(request: Request): void {
    this.#worker.postMessage(request)
  }

  #listen(worker: Worker): void {
    worker.on('message', (answer: Answer) => this.#settle(answer))
    // An uncaught error of the thread is followed by its exit.
    worker.on('error', () => {})
    worker.on('exit', () => this.#died())
  }

  #settle(answer: Answer): void {
    const flight = this.#inFlight
    this.#inFlight = null
    if (!flight || answer === 'open') return
    if ('failed' in answer) flight.reject(errorOf(answer.failed))
    else flight.resolve(answer.results.map((result) => (isFailed(result) ? new LaneFailure(errorOf(result)) : result)))
  }

  /**
   * Whether the group in flight was committed only the file knows. A new thread runs it again as `again`: what is in
   * the file already is answered as written, the rest is written now. A group that ends two threads is given up.
   */
  #died(): void {
    if (this.#closed) {
      this.#closed()
      return
    }
    const flight = this.#inFlight
    if (flight?.again) {
      this.#inFlight = null
      flight.reject(
        new DaybookError('internal', 'the writer ended twice over the same group; read before repeating it'),
      )
    }
    spawn(this.#options).then(
      (worker) => {
        this.#worker = worker
        this.#listen(worker)
        if (this.#inFlight) {
          this.#inFlight.again = true
          this.#send()
        }
      },
      (error: unknown) => {
        this.#inFlight?.reject(error)
        this.#inFlight = null
      },
    )
  }
}

function isFailed(result: Result | Failed): result is Failed {
  return typeof result === 'object' && result !== null && 'failedWith' in result
}

function errorOf({ failedWith, message }: Failed): DaybookError {
  return new DaybookError(failedWith, message)
}

function spawn(options: WriterOptions): Promise<Worker> {
  const { path, durability, wait, maxBytes } = options
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const workerData = { path, durability, wait, maxBytes }
  const worker = new Worker(new URL(`./worker.${ending}`, import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => reject(error)
    worker.once('error', failed)
    worker.once('message', (answer: Answer) => {
      worker.off('error', failed)
      if (typeof answer === 'object' && 'failed' in answer) reject(errorOf(answer.failed))
      else resolve(worker)
    })
  })
}
