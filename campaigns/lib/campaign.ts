// What every campaign is: a name, how many rounds, and a run that counts and collects problems.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Settings {
  readonly rounds: number
  readonly seed: number
  /** An empty folder on a real disk; kept when something was wrong. */
  readonly folder: string
  readonly log: (line: string) => void
}

export interface Result {
  /** Rounds that were run, and those with a problem. */
  readonly rounds: number
  readonly failed: number
  /** What was counted, in the order of showing. */
  readonly counts: Readonly<Record<string, number>>
  /** What could not be tried here, each with its reason. */
  readonly skipped: readonly string[]
}

export interface Campaign {
  readonly name: string
  /** What it proves, in a sentence or two for the page. */
  readonly proves: string
  readonly full: number
  readonly short: number
  run(settings: Settings): Promise<Result>
}

export class Counter {
  readonly #counts: Record<string, number> = {}

  /** Names to show also when nothing of the kind happens, in their order. */
  constructor(...names: readonly string[]) {
    for (const name of names) this.#counts[name] = 0
  }

  add(name: string, count = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + count
  }

  get all(): Readonly<Record<string, number>> {
    return this.#counts
  }
}

/** A folder on the disk, away from memory file systems where a sync costs nothing. */
export function newFolder(): string {
  return mkdtempSync(join(process.env.DAYBOOK_CAMPAIGN_FOLDER ?? tmpdir(), 'daybook-campaign-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** The first problems of a round, each cut to a few lines. */
export function describeProblems(round: string, problems: readonly string[], log: (line: string) => void): void {
  log(`PROBLEM in ${round}:`)
  for (const problem of problems.slice(0, 20)) log(`  ${problem.split('\n').slice(0, 5).join('\n  ').slice(0, 1000)}`)
  if (problems.length > 20) log(`  and ${problems.length - 20} more`)
}
