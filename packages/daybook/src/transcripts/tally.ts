// Counts what adopting does, for its report.

import type { Finding } from '../session/redact.ts'
import type { Facts, FoundFile } from './contract.ts'
import type { AdoptProblem, AdoptProgress, AdoptReport } from './contract-adopt.ts'
import type { Gathered } from './gathering.ts'

export class Tally {
  readonly #files: readonly FoundFile[]
  readonly #bytes: number
  readonly #masked = new Map<string, number>()
  readonly #repositories = new Set<string>()
  readonly #branches = new Set<string>()
  readonly #sessions = new Map<string, 'added' | 'grown' | 'unchanged'>()
  readonly #partial: string[] = []
  readonly #leftAlone: string[] = []
  readonly #ours: string[] = []
  readonly #problems: AdoptProblem[] = []
  #counts = { messages: 0, calls: 0, edits: 0, foreign: 0 }
  #bytesRead = 0
  #unopened = 0
  #filesDone = 0
  #bytesDone = 0

  constructor(files: readonly FoundFile[]) {
    this.#files = files
    this.#bytes = files.reduce((sum, { size }) => sum + size, 0)
  }

  read(bytes: number): void {
    this.#bytesRead += bytes
  }

  /** What became durable. */
  wrote(entries: Gathered['entries'], found: readonly Finding[]): void {
    for (const entry of entries) {
      if (entry.kind === 'foreign.recorded') this.#counts.foreign += 1
      if (entry.kind === 'message') {
        this.#counts.messages += 1
        for (const part of entry.data.parts ?? []) {
          if (part.type === 'call') this.#counts.calls += 1
          if (part.type === 'edit') this.#counts.edits += 1
        }
      }
    }
    for (const { shape, count } of found) this.#masked.set(shape, (this.#masked.get(shape) ?? 0) + count)
  }

  facts({ repository, branch }: Facts): void {
    if (repository !== undefined) this.#repositories.add(repository)
    if (branch !== undefined) this.#branches.add(branch)
  }

  /** A session may stand in several files: the most that happened to it counts. */
  session(id: string, what: 'added' | 'grown' | 'unchanged'): void {
    const before = this.#sessions.get(id)
    if (before === undefined || before === 'unchanged') this.#sessions.set(id, what)
  }

  partial(name: string): void {
    this.#partial.push(name)
  }

  /** Sessions in a file that was not opened, as it is as it was. */
  unchanged(sessions: number): void {
    this.#unopened += sessions
  }

  ours(name: string): void {
    this.#ours.push(name)
  }

  leftAlone(name: string): void {
    this.#leftAlone.push(name)
  }

  problem(problem: AdoptProblem): void {
    this.#problems.push(problem)
  }

  done(file: FoundFile): AdoptProgress {
    this.#filesDone += 1
    this.#bytesDone += file.size
    return { files: this.#files.length, filesDone: this.#filesDone, bytes: this.#bytes, bytesDone: this.#bytesDone }
  }

  /** Bytes of the files that are not done. */
  get left(): number {
    return this.#bytes - this.#bytesDone
  }

  report(): AdoptReport {
    const states = [...this.#sessions.values()]
    const count = (what: string) => states.filter((one) => one === what).length
    return {
      files: this.#files.length,
      bytes: this.#bytes,
      bytesRead: this.#bytesRead,
      added: count('added'),
      grown: count('grown'),
      unchanged: count('unchanged') + this.#unopened,
      ...this.#counts,
      masked: Array.from(this.#masked, ([shape, found]) => ({ shape, count: found })),
      repositories: [...this.#repositories].sort(),
      branches: [...this.#branches].sort(),
      partial: this.#partial,
      leftAlone: this.#leftAlone,
      ours: this.#ours,
      problems: this.#problems,
    }
  }
}
