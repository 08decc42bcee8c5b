// Follows the transcripts of other agents: looks at names, sizes and dates again and again, and adopts what changed.

import { setTimeout as wait } from 'node:timers/promises'
import { adopt, findAll } from './adopt.ts'
import type { FoundFile } from './contract.ts'
import type { AdoptOptions, AdoptReport } from './contract-adopt.ts'

export interface WatchOptions extends Omit<AdoptOptions, 'signal' | 'accept' | 'onProgress'> {
  /** Asked before every look: false while nobody wants it. Agents by name, or all. */
  readonly wanted: () => Promise<boolean | readonly string[]>
  /** Milliseconds between two looks: after one that found something, and the longest while all is quiet. */
  readonly soonMs?: number
  readonly quietMs?: number
  readonly onReport?: (report: AdoptReport) => void
  /** Failures; the next look comes all the same. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

export interface Watching extends AsyncDisposable {
  /** Looks at once; resolves when what was there then is adopted. */
  look(): Promise<void>
}

/** One look at a time; what a look costs does not grow with what the files hold. Disposing waits for the append under way. */
export function watchTranscripts(options: WatchOptions): Watching {
  const stop = new AbortController()
  const watcher = new Watcher(options, stop.signal)
  const ended = watcher.run()
  return {
    look: () => watcher.look(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

class Watcher {
  readonly #options: WatchOptions
  readonly #signal: AbortSignal
  /** What each file was like when it was adopted; as many as there are files. */
  #marks = new Map<string, string>()
  #looking: Promise<boolean> | null = null

  constructor(options: WatchOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  async run(): Promise<void> {
    const { soonMs = 1_000, quietMs = 8_000 } = this.#options
    for (let pause = soonMs; !this.#signal.aborted; ) {
      const changed = await this.#once()
      pause = changed ? soonMs : Math.min(pause * 2, quietMs)
      await wait(pause, undefined, { signal: this.#signal, ref: false }).catch(ended)
    }
  }

  async look(): Promise<void> {
    await this.#looking
    await this.#once()
  }

  /** True when something was adopted. */
  async #once(): Promise<boolean> {
    this.#looking ??= this.#adoptChanged().catch((error) => this.#failed(error))
    try {
      return await this.#looking
    } finally {
      this.#looking = null
    }
  }

  async #adoptChanged(): Promise<boolean> {
    const wanted = await this.#options.wanted()
    if (wanted === false) return false
    const readers = this.#options.readers.filter(({ agent }) => wanted === true || wanted.includes(agent))
    const found = await findAll({ readers, places: this.#options.places })
    const key = ({ agent, path }: FoundFile) => `${agent} ${path}`
    const changed = new Set(found.filter((file) => this.#marks.get(key(file)) !== file.mark).map(key))
    if (changed.size > 0) {
      const accept = (file: FoundFile) => changed.has(key(file))
      const report = await adopt({ ...this.#options, readers, accept, signal: this.#signal })
      this.#options.onReport?.(report)
    }
    // The marks of before the reading: what was written meanwhile is seen by the next look.
    this.#marks = new Map(found.map((file) => [key(file), file.mark]))
    return changed.size > 0
  }

  #failed(error: unknown): boolean {
    if (this.#signal.aborted) return false
    const { onError = warn } = this.#options
    onError(error)
    return false
  }
}

function ended(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
