// The runs that this process performs now: whoever waits for one of them here is told without reading the log.

import type { StoredEntry } from '../schema/entries.ts'
import type { RunId } from '../schema/ids.ts'
import type { EndedRun } from './contract.ts'
import { Passing } from './passing.ts'

/** The entries of a run, where this process has written all of them and nobody else anything between; else null. */
export type KnownEntries = readonly StoredEntry[] | null

export class RunsHere {
  readonly #listeners = new Set<(run: EndedRun) => void>()
  readonly #performed = new Passing<RunId, PromiseWithResolvers<KnownEntries>>()

  onEnded(listener: (run: EndedRun) => void): () => void {
    const own = (run: EndedRun) => listener(run)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  end(run: EndedRun, entries: KnownEntries): void {
    this.leave(run.run, entries)
    for (const listener of [...this.#listeners]) listener(run)
  }

  async perform<T>(run: RunId, work: () => Promise<T>): Promise<T> {
    const performed = Promise.withResolvers<KnownEntries>()
    this.#performed.set(run, performed)
    try {
      return await work()
    } finally {
      this.leave(run)
    }
  }

  /** It is given up here: what still works on it is waited for by nobody. */
  leave(run: RunId, entries: KnownEntries = null): void {
    this.#performed.get(run)?.resolve(entries)
    this.#performed.delete(run)
  }

  /** Resolves when it is performed here no more: it has ended, waits, or was left to others. Null where it is not now. */
  performed(run: RunId): Promise<KnownEntries> | null {
    return this.#performed.get(run)?.promise ?? null
  }
}
