// Watches the work tree that a prompt works in: an entry whenever its branch, what is unfinished there, or its conflicts change.

import { isDeepStrictEqual } from 'node:util'
import type { LivePrograms } from '../../program/contract.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { RunId } from '../../schema/ids.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import { newest } from './newest.ts'

/** Milliseconds between two looks; each starts git twice. */
const everyMs = 2000
/** Files in conflict that an entry names. */
const mostFiles = 512

export interface Watched {
  readonly session: Session
  readonly run: RunId
  /** Absolute path. */
  readonly workdir: string
}

type State = Omit<DataOf<'branch.state_changed'>, 'run_id'>

export class BranchWatch {
  readonly #watched: Watched
  readonly #git: LivePrograms['git']
  readonly #timer: NodeJS.Timeout
  /** What the log has; undefined before it was asked. */
  #told: State | null | undefined
  #looking: Promise<void> = Promise.resolve()
  #busy = false

  constructor(watched: Watched, git: LivePrograms['git']) {
    this.#watched = watched
    this.#git = git
    this.#timer = setInterval(() => this.#busy || this.#again(), everyMs).unref()
  }

  /** The last look. Throws what writing met. */
  async end(): Promise<void> {
    this.leave()
    this.#again()
    await this.#looking
  }

  /** Nothing more is written. */
  leave(): void {
    clearInterval(this.#timer)
  }

  #again(): void {
    this.#looking = this.#looking.then(() => this.#look())
    // Whoever ends the watch is told; until then the next look tries again.
    this.#looking.catch(() => undefined)
  }

  async #look(): Promise<void> {
    this.#busy = true
    try {
      const state = await this.#state()
      if (!state) return
      const { session, run, workdir } = this.#watched
      this.#told ??= await newest(session, 'branch.state_changed', 0, (data) => data.workdir === workdir)
      if (this.#told && isSame(this.#told, state)) return
      await session.append({ kind: 'branch.state_changed', data: { run_id: run, ...state }, run })
      this.#told = state
    } finally {
      this.#busy = false
    }
  }

  /** Null where there is no work tree, or no git that could tell. */
  async #state(): Promise<State | null> {
    const { workdir } = this.#watched
    try {
      const state = await this.#git(workdir)
      if (!state) return null
      const { branch, kinds, more, files } = state
      return { workdir, branch, kinds: [...kinds], more, conflicts: files.length, files: files.slice(0, mostFiles) }
    } catch (error) {
      // A folder that is gone or that git refuses to read has no state; the prompt is about something else.
      if (isDaybookError(error)) return null
      throw error
    }
  }
}

function isSame({ run_id: _, ...told }: DataOf<'branch.state_changed'>, state: State): boolean {
  return isDeepStrictEqual(told, state)
}
