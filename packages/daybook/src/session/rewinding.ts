// Ending the active history at an earlier entry, alone or in front of what goes on from there.

import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Seq } from '../schema/ids.ts'
import type { ScopedStore } from '../store/store.ts'
import type { Command, Made } from './assemble.ts'
import type { Draft } from './drafts.ts'
import type { Folded } from './fold.ts'
import { foldAt } from './refold.ts'

export class Rewinding {
  readonly #to: Seq
  readonly #entry: Draft
  readonly #whole: ScopedStore
  #target: Folded | undefined

  /** @param whole sees the whole tenant: the base of a fork may be another person's */
  constructor(to: Seq, entry: Draft, whole: ScopedStore) {
    this.#to = to
    this.#entry = entry
    this.#whole = whole
  }

  /** The whole of a write that does nothing else. */
  alone() {
    return { operation: 'rewind', request: this.#to, ...this.before(() => []) }
  }

  /** Of a write: what goes on behind it is made on the present head with the agent of that moment. */
  before(make: (head: Head) => readonly Draft[]): Required<Pick<Command, 'alone' | 'make'>> {
    return { alone: (state) => this.#look(state), make: ({ head }) => this.#made(make(this.#headOn(head))) }
  }

  async #look({ head }: Folded): Promise<null> {
    if (this.#to > head.seq) {
      throw new DaybookError('invalid', `there is no entry ${this.#to} to go back to`, { field: 'to' })
    }
    if (head.openRuns.length > 0) throw new DaybookError('busy', `${head.session} has open work`)
    this.#target = await foldAt(this.#whole, head.session, this.#to)
    return null
  }

  #headOn(head: Head): Head {
    return this.#target ? { ...head, currentAgent: this.#target.head.currentAgent } : head
  }

  #made(behind: readonly Draft[]): Made {
    const drafts = [this.#entry, ...behind]
    return this.#target ? { drafts, context: { rewoundTo: this.#target } } : { drafts }
  }
}
