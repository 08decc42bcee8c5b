// Follows what the runs of a session say before it is finished: the part so far, then each piece once and none missing.

import { type Delta, type SoFar, Unfinished } from '../schema/deltas.ts'
import type { StoredEntry } from '../schema/entries.ts'
import { dataOf } from '../session/decode.ts'
import { type Bus, deltaAskTopic, deltaTopic } from '../store/bus.ts'

const ending: ReadonlySet<string> = new Set([
  ...['message', 'step.finished', 'run.finished', 'run.cancelled', 'run.withdrawn'],
])

export class DeltaFollowing {
  readonly #unfinished = new Unfinished()
  readonly #ask: () => void
  readonly #end: () => void

  /**
   * Whoever performs a run of the session, in this process or another one that the bus reaches, is asked for what is
   * unfinished: `tell` may be called before this returns.
   */
  constructor(bus: Bus, place: { readonly tenant: string; readonly session: string }, tell: (delta: Delta) => void) {
    const { tenant, session } = place
    this.#ask = () => bus.publish(deltaAskTopic(tenant, session), {})
    this.#end = bus.subscribe(deltaTopic(tenant, session), (message) => {
      const delta = message as Delta
      const taken = this.#unfinished.take(delta)
      if (taken === 'told') tell(delta)
      else if (taken === 'gap') this.#ask()
    })
    this.#ask()
  }

  /** Before an entry is passed on: what it ends is told to nobody any more. */
  see(entry: StoredEntry): void {
    const { kind, run } = entry
    if (run === undefined || !ending.has(kind)) return
    this.#unfinished.see({ kind, run, data: kind.startsWith('run.') ? null : dataOf(entry) })
  }

  /** As {@link see}, of an entry whose data was read. */
  seen(entry: { readonly kind: string; readonly run_id?: string | undefined; readonly data?: unknown }): void {
    const { kind, run_id: run, data } = entry
    if (run !== undefined && ending.has(kind)) this.#unfinished.see({ kind, run, data })
  }

  /** Of everything that is unfinished, or of one run. */
  soFar(run?: string): readonly SoFar[] {
    return this.#unfinished.soFar(run)
  }

  close(): void {
    this.#end()
  }
}
