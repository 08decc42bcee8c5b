// Two lanes of appends: while the server commits what one gathered, the other gathers; no session is ever in both.
// Behind other servers' commits everything gathers in one.

import { limits } from '../../schema/json.ts'
import { Lane, type LaneFailure } from '../lane.ts'
import type { Outcome } from '../store.ts'
import { type AppendOp, touchesNames } from './batch.ts'
import { bytesOf, entriesOf } from './writer.ts'

export type Answer = Outcome | LaneFailure

export interface LanesOptions {
  /** Writes a group through the connection of one lane. */
  readonly commits: readonly ((group: readonly AppendOp[]) => Promise<readonly Answer[]>)[]
  committed(group: readonly AppendOp[], results: readonly Answer[]): void
  /** Whether other servers write to this store now. */
  contended(): boolean
}

/** A session that has appends on their way. */
interface Underway {
  readonly lane: number
  count: number
}

/**
 * What was asked for first is written first wherever it can matter: appends of one session stay in one lane, and all that
 * touch what sessions share (openings, forks, refs, blobs, erasures) go through the first. One commit at a time has the lock of
 * the feed: where other servers stand before it too, a second lane would only make all commits smaller, and the line longer.
 */
export class Lanes {
  readonly #lanes: readonly Lane<AppendOp, Outcome>[]
  readonly #underway = new Map<string, Underway>()
  readonly #loads: number[]
  readonly #contended: () => boolean
  /** Calls wait behind one that itself waits for a lane to be empty. */
  #gate: Promise<void> | null = null

  constructor({ commits, committed, contended }: LanesOptions) {
    this.#contended = contended
    this.#lanes = commits.map(
      (commit) =>
        new Lane<AppendOp, Outcome>({
          commit,
          entries: entriesOf,
          bytes: bytesOf,
          maxEntries: limits.commitEntries,
          maxBytes: limits.commitBytes,
          committed,
        }),
    )
    this.#loads = commits.map(() => 0)
  }

  push(ops: readonly AppendOp[]): Promise<readonly Outcome[]> {
    if (ops.length === 0) return Promise.resolve([])
    if (this.#gate) return this.#gate.then(() => this.push(ops))
    const names = new Set(ops.map(nameOf))
    const lane = this.#laneFor(
      names,
      ops.some(({ append }) => touchesNames(append)),
    )
    if (lane !== null) return this.#enter(lane, names, ops)
    const gate = Promise.all(this.#lanes.slice(1).map((each) => each.drained())).then(() => {
      // The calls that were answered have left before this, since their answers came first.
      this.#gate = null
    })
    this.#gate = gate
    return gate.then(() => this.push(ops))
  }

  async drained(): Promise<void> {
    while (this.#gate) await this.#gate
    await Promise.all(this.#lanes.map((lane) => lane.drained()))
  }

  /** Null where sessions are underway in another lane than the one they would have to take. */
  #laneFor(names: ReadonlySet<string>, shared: boolean): number | null {
    let lane: number | null = shared ? 0 : null
    for (const name of names) {
      const underway = this.#underway.get(name)
      if (!underway) continue
      if (lane !== null && underway.lane !== lane) return null
      lane = underway.lane
    }
    return lane ?? (this.#contended() ? 0 : this.#loads.indexOf(Math.min(...this.#loads)))
  }

  #enter(lane: number, names: ReadonlySet<string>, ops: readonly AppendOp[]): Promise<readonly Outcome[]> {
    for (const name of names) {
      const underway = this.#underway.get(name)
      if (underway) underway.count += 1
      else this.#underway.set(name, { lane, count: 1 })
    }
    this.#loads[lane] = (this.#loads[lane] ?? 0) + ops.length
    const left = () => {
      for (const name of names) {
        const underway = this.#underway.get(name)
        if (underway?.count === 1) this.#underway.delete(name)
        else if (underway) underway.count -= 1
      }
      this.#loads[lane] = (this.#loads[lane] ?? 0) - ops.length
    }
    const answered = (this.#lanes[lane] as Lane<AppendOp, Outcome>).push(ops)
    answered.then(left, left)
    return answered
  }
}

function nameOf({ asker, append }: AppendOp): string {
  return `${append.session} ${asker.tenant}`
}
