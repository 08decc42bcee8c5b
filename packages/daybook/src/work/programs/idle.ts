// Whether a process that lives on is used by nobody any more.

import type { LiveProgram, LivePrograms } from '../../program/contract.ts'
import type { HostProcess } from '../../program/host/contract.ts'
import { tickWindowMs } from '../../program/tick.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import type { Attached } from './attached.ts'

/** Of a program that its file does not have any more, in milliseconds. */
const usualMs = 600_000

export interface Lived {
  readonly process: HostProcess
  readonly session: Session
  readonly started: DataOf<'process.started'>
  readonly program: LiveProgram | undefined
}

interface Seen {
  readonly offset: number
  readonly at: number
}

export class Idle {
  readonly #programs: Pick<LivePrograms, 'git'>
  readonly #attached: Attached
  /** When it was first seen with so much output, where the host does not know when it printed. */
  readonly #last = new Map<string, Seen>()

  constructor(programs: Pick<LivePrograms, 'git'>, attached: Attached) {
    this.#programs = programs
    this.#attached = attached
  }

  /** No run, nobody attached, nothing printed for as long as its program says, and no git at work in its folder. */
  async is({ process, session, started, program }: Lived, now: number): Promise<boolean> {
    const { key } = process
    // What ticks is printed: nothing that was silent for longer than the window is active by tick.
    if (now - this.#printed(process, now) <= Math.max(program?.idleMs ?? usualMs, tickWindowMs)) return false
    if (this.#attached.has(key)) return false
    if ((await session.head()).openRuns.length > 0) return false
    return !(await this.#gitWorks(started.workdir))
  }

  #printed({ key, offset, printedAt, startedAt }: HostProcess, now: number): number {
    if (printedAt !== undefined) return printedAt ?? startedAt
    const seen = this.#last.get(key)
    if (seen?.offset === offset) return seen.at
    this.#last.set(key, { offset, at: now })
    return now
  }

  /** Only these are still to be known. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#last.keys()) if (!names.has(name)) this.#last.delete(name)
  }

  async #gitWorks(folder: string): Promise<boolean> {
    try {
      return (await this.#programs.git(folder))?.busy ?? false
    } catch (error) {
      // A folder that is gone or not allowed any more, and a machine without git.
      if (isDaybookError(error) && ['invalid', 'forbidden', 'unreachable'].includes(error.code)) return false
      throw error
    }
  }
}
