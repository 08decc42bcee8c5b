// An index in a thread of its own, as its caller sees it. A thread that dies is replaced: what it did stands in the file.

import { Worker } from 'node:worker_threads'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import type { Batch, IndexQuestion, Matches, Position } from '../contract.ts'
import type { IndexFileOptions } from './file.ts'
import type { Page, PageStart } from './local.ts'

export interface Request {
  readonly id: number
  readonly name: 'open' | 'close' | 'position' | 'apply' | 'settle' | 'tidy' | 'clear' | 'find' | 'page'
  readonly given?: unknown
}

export interface Failed {
  readonly code: ErrorCode
  readonly message: string
  readonly field?: string
}

/** Failures as data, since errors lose their class on the way. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: Failed }

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export class RemoteIndex {
  readonly #options: IndexFileOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #closed = true
  #closing = false
  #last = 0
  #cause: unknown

  constructor(options: IndexFileOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    this.#closed = false
    await this.#call('open')
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (this.#closed || this.#closing) return
    this.#closing = true
    if (worker) {
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      await this.#call('close')
      await ended
    }
    this.#closed = true
    this.#closing = false
  }

  position = (): Promise<Position> => this.#call('position')
  apply = (batch: Batch): Promise<boolean> => this.#call('apply', batch)
  settle = (): Promise<void> => this.#call('settle')
  tidy = (): Promise<boolean> => this.#call('tidy')
  clear = (): Promise<void> => this.#call('clear')
  find = (question: IndexQuestion): Promise<Matches> => this.#call('find', question)
  page = (after: PageStart | null): Promise<Page> => this.#call('page', after)

  #call<T>(name: Request['name'], given?: unknown): Promise<T> {
    if (this.#closed) return Promise.reject(new DaybookError('shutting_down', 'the search index is closed'))
    return new Promise<T>((resolve, reject) => {
      const worker = this.#running()
      const id = ++this.#last
      this.#waiting.set(id, { resolve: (result) => resolve(result as T), reject })
      // Like a file, an idle thread keeps no process alive.
      worker.ref()
      worker.postMessage({ id, name, ...(given === undefined ? {} : { given }) } satisfies Request)
    })
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = new Worker(new URL(`./worker.${ending}`, import.meta.url), { workerData: this.#options })
    this.#worker = worker
    worker.on('message', (answer: Answer) => this.#settle(worker, answer))
    // An uncaught error of the thread is followed by its exit.
    worker.on('error', (error: unknown) => {
      this.#cause = error
    })
    worker.on('exit', () => this.#died())
    // A thread that takes the place of another opens the file first.
    worker.postMessage({ id: 0, name: 'open' } satisfies Request)
    return worker
  }

  #settle(worker: Worker, answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0 && !this.#closing) worker.unref()
    if ('failed' in answer) {
      const { code, message, field } = answer.failed
      waiting?.reject(new DaybookError(code, message, field === undefined ? {} : { field }))
    } else waiting?.resolve(answer.result)
  }

  #died(): void {
    this.#worker = null
    const left = [...this.#waiting.values()]
    this.#waiting.clear()
    const error = new DaybookError('internal', 'the thread of the search index ended', { cause: this.#cause })
    for (const { reject } of left) reject(error)
  }
}
