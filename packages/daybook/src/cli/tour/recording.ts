// Writes what bash prints into a session and follows that session over a killed server, both by the client alone.

import type { EntryShape, RemoteSession } from '../../client/client.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Counting } from './counting.ts'

/** Lines of one entry: the log has finished facts, never single lines in flight. */
const lines = 500

/** Begins at once. */
export class Recording {
  /** The seq behind which the follower went on once the server was back. */
  readonly back: Promise<number>
  /** The numbers that the follower saw, after bash ended and all of it is stored. */
  readonly done: Promise<readonly number[]>
  readonly #remote: RemoteSession
  readonly #counting: Counting
  readonly #signal: AbortSignal
  readonly #seen: EntryShape[] = []
  readonly #backAt: (seq: number) => void
  #waiting: (() => void) | null = null
  #stored = 0

  constructor(remote: RemoteSession, counting: Counting, signal: AbortSignal) {
    this.#remote = remote
    this.#counting = counting
    this.#signal = signal
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#backAt = resolve
    this.back = promise
    this.back.catch(() => undefined)
    this.done = this.#both()
    this.done.catch(reject)
  }

  /** Resolves when so many entries of lines are stored. */
  async stored(entries: number): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      this.#waiting = () => {
        if (this.#stored >= entries) resolve()
      }
      this.#waiting()
    })
    await Promise.race([enough, this.done])
  }

  async #both(): Promise<readonly number[]> {
    const written = this.#write()
    const followed = this.#follow(written)
    await Promise.all([written, followed])
    const text = this.#seen.map(({ kind, data }) => (kind === 'message' ? textOf(data) : '')).join('')
    return text.split('\n').filter(Boolean).map(Number)
  }

  /** The seq of the last entry. */
  async #write(): Promise<number> {
    const signal = this.#signal
    let last = 0
    for (let text = await this.#next(); text !== null; text = await this.#next()) {
      const entry = await this.#remote.message({ role: 'assistant', agent: 'bash', content: text }, { signal })
      last = entry.seq
      this.#stored += 1
      this.#waiting?.()
    }
    return last
  }

  #next(): Promise<string | null> {
    return this.#counting.take(lines, this.#signal)
  }

  async #follow(written: Promise<number>): Promise<void> {
    const enough = new AbortController()
    const signal = AbortSignal.any([this.#signal, enough.signal])
    let until = Number.POSITIVE_INFINITY
    const last = (): number => this.#seen.at(-1)?.seq ?? 0
    const look = (): void => {
      if (last() >= until) enough.abort()
    }
    const end = (seq: number): void => {
      until = seq
      look()
    }
    // What writing failed with is told by whoever waits for it.
    void written.then(end, () => enough.abort())
    const onBack = (): void => this.#backAt(last())
    for await (const entry of this.#remote.follow(0, { signal, onBack })) {
      this.#seen.push(entry)
      look()
    }
    this.#signal.throwIfAborted()
  }
}

function textOf(data: unknown): string {
  const { content } = (data ?? {}) as { content?: unknown }
  if (typeof content !== 'string') throw new DaybookError('internal', 'a message of bash has no text')
  return content
}
