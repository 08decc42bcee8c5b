// What a person types into a process between two prompts: each line stands in the log once it was sent, with what comes of it behind it.

import type { LiveProcesses } from '../../program/live.ts'
import type { Session } from '../../session/contract.ts'
import { writeSoFar } from './ended.ts'
import { isGone } from './gone.ts'

/** Milliseconds that output is gathered before it is written. */
const gatherMs = 250
/** Bytes that come of one line: behind that only its end is told, with the next line. */
const mostOfLine = 262_144
/** The same of a program that draws its screen again and again. */
const mostDrawn = 16_384
const far = 2 ** 52

interface Line {
  /** Bytes that may still come of it. */
  left: number
  readonly done: Promise<void>
}

export class TypedLines implements AsyncDisposable {
  readonly #processes: LiveProcesses
  readonly #placeOf: (name: string) => { readonly session: Session; readonly id: string }
  readonly #onError: (error: unknown) => void
  readonly #lines = new Map<string, Line>()
  readonly #stop = new AbortController()

  /** @param placeOf of a process by its name at the host */
  constructor(
    processes: LiveProcesses,
    placeOf: (name: string) => { readonly session: Session; readonly id: string },
    onError: (error: unknown) => void,
  ) {
    this.#processes = processes
    this.#placeOf = placeOf
    this.#onError = onError
  }

  /** A line is about to be sent; it may be once this resolves. */
  async about(name: string): Promise<void> {
    if (this.#stop.signal.aborted) return
    const process = await this.#processes.get(name)
    if (process?.mode !== 'pty' || process.exit !== null) return
    const { alternate, told } = await this.#processes.look(name)
    const left = alternate || told !== null ? mostDrawn : mostOfLine
    const open = this.#lines.get(name)
    if (open) open.left = left
    if (open || this.#stop.signal.aborted) return
    const line: Line = {
      left,
      done: Promise.resolve().then(() => this.#follow(name, process.offset, line)),
    }
    this.#lines.set(name, line)
  }

  async #follow(name: string, from: number, line: Line): Promise<void> {
    const { session, id } = this.#placeOf(name)
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, this.#stop.signal])
    let [isDue, written] = [false, Promise.resolve()]
    const write = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, gatherMs))
      isDue = false
      line.left -= (await writeSoFar(session, id, this.#processes, line.left)) ?? line.left
      if (line.left <= 0) over.abort()
    }
    const failed = (error: unknown): void => {
      over.abort()
      if (!isGone(error)) this.#onError(error)
    }
    try {
      for await (const { type } of this.#processes.follow(name, { out: from, err: far }, signal)) {
        if (type === 'exit') break // written down with the rest by whoever watches for it
        if (isDue) continue
        isDue = true
        written = written.then(write).catch(failed)
      }
    } catch (error) {
      failed(error)
    } finally {
      await written
      this.#lines.delete(name)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all([...this.#lines.values()].map(({ done }) => done))
  }
}
