// Notices that folders may have changed: the system's notices where it gives them, and a look now and then everywhere.

import { type FSWatcher, watch } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { isMissing } from './files.ts'

/** Milliseconds between two looks while files are being written, and the most that is waited for a quiet moment. */
const settleMs = 30
const longestSettleMs = 2000

export interface WatchOptions {
  /** What stands there now, as a text that differs after every change; cheap. Second: the folders to be watched. */
  readonly look: () => Promise<readonly [stamp: string, folders: readonly string[]]>
  /** Reads what has changed. Never called twice at once. */
  readonly read: () => Promise<void>
  readonly onError: (error: unknown) => void
  /** Milliseconds between two looks without a notice. */
  readonly everyMs: number
}

/**
 * Calls `read` after every change, once the files are quiet: editors write in several steps, and truncate or rename in
 * between. Notices only make it faster; what they miss (folders that are not there yet, files of a network) a look finds.
 */
export class FolderWatch {
  readonly #options: WatchOptions
  readonly #watchers = new Map<string, FSWatcher>()
  /** Folders that the system does not watch for us: told once, and looked at now and then like all. */
  readonly #refused = new Set<string>()
  readonly #timer: NodeJS.Timeout
  /** Nothing is taken for read yet: what was read before may have been written again since. */
  #stamp = ''
  #turn: Promise<void> | null = null
  #again = false
  #closed = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#notice(), options.everyMs).unref()
    this.#notice()
  }

  /** Resolves when what was being read is read. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    this.#watchOnly([])
    await this.#turn
  }

  #notice(): void {
    if (this.#closed) return
    this.#again = true
    this.#turn ??= this.#turns()
      .catch(this.#options.onError)
      .finally(() => {
        this.#turn = null
      })
  }

  async #turns(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false
      const [stamp, folders] = await this.#settled()
      // What was written before a folder was watched gives no notice.
      if (this.#watchOnly(folders)) this.#again = true
      if (stamp === this.#stamp || this.#closed) continue
      await this.#options.read()
      this.#stamp = stamp
    }
  }

  /** The first look that agrees with the one before it. */
  async #settled(): ReturnType<WatchOptions['look']> {
    const end = performance.now() + longestSettleMs
    let seen = await this.#options.look()
    let before = this.#stamp
    while (seen[0] !== before && performance.now() < end && !this.#closed) {
      before = seen[0]
      await setTimeout(settleMs, undefined, { ref: false })
      seen = await this.#options.look()
    }
    return seen
  }

  /** True when a folder is watched that was not before. */
  #watchOnly(folders: readonly string[]): boolean {
    const wanted = new Set(this.#closed ? [] : folders)
    for (const [folder, watcher] of this.#watchers) if (!wanted.has(folder)) this.#drop(folder, watcher)
    for (const folder of this.#refused) if (!wanted.has(folder)) this.#refused.delete(folder)
    const fresh = [...wanted].filter((folder) => !this.#watchers.has(folder) && !this.#refused.has(folder))
    for (const folder of fresh) this.#add(folder)
    return fresh.some((folder) => this.#watchers.has(folder))
  }

  #add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#notice())
      watcher.on('error', (error) => {
        this.#drop(folder, watcher)
        this.#refuse(folder, error)
      })
      this.#watchers.set(folder, watcher)
    } catch (error) {
      this.#refuse(folder, error)
    }
  }

  /** A folder that went since the look is shown by the next one. Anything else, like too many watched folders, is told. */
  #refuse(folder: string, error: unknown): void {
    if (this.#closed || isMissing(error)) return
    this.#refused.add(folder)
    this.#options.onError(error)
  }

  #drop(folder: string, watcher: FSWatcher): void {
    this.#watchers.delete(folder)
    watcher.close()
  }
}
