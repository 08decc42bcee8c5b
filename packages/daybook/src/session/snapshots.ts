// Snapshots: folds put beside the log behind the commits, at most 1,024 entries apart, so that folding again stays short.

import { foldVersion } from '../schema/heads.ts'
import type { Tenant } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Append, Outcome, ScopedStore } from '../store/store.ts'
import type { Folded } from './fold.ts'
import type { Live } from './live.ts'

export class SnapshotKeeper {
  readonly #whole: (tenant: Tenant) => ScopedStore
  readonly #onError: (error: unknown) => void
  readonly #underWay = new Set<Promise<void>>()

  constructor(whole: (tenant: Tenant) => ScopedStore, onError: (error: unknown) => void) {
    this.#whole = whole
    this.#onError = onError
  }

  /**
   * Takes one of the fold before `append` when the next would be too far away. It is put once `append` is in the log: only
   * then is it known that the fold before it was the stored one. An erasure drops those that it makes untrue, and raises
   * `refolds`: the store lets go of what is put too late, and the next append takes a new one.
   */
  consider(live: Live, append: Append, answer: Promise<readonly Outcome[]>): void {
    if (append.erase) {
      live.snapshot = Math.min(live.snapshot, ...append.erase)
      return
    }
    const { state } = live
    if (!state) return
    if (state.head.seq + append.entries.length <= live.snapshot + limits.snapshotEntries) return
    live.snapshot = state.head.seq
    const work = answer
      .then(
        ([outcome]) => outcome?.ok && !outcome.replayed,
        // The caller of that append is told.
        () => false,
      )
      .then((wanted) => (wanted ? this.#put(live, state) : undefined))
      .catch(this.#onError)
      .finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  /** Resolves when nothing is being put any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #put(live: Live, state: Folded): Promise<void> {
    await this.#whole(live.tenant).snapshots.put(live.session, { seq: state.head.seq, fold: foldVersion, ...state })
  }
}
