// What the runs of one session say before they are finished: told to whoever follows now, and the part so far to who comes later.

import { type DeltaContent, type DeltaPlace, Unfinished } from '../schema/deltas.ts'
import type { RunId } from '../schema/ids.ts'
import { type Bus, deltaAskTopic, deltaTopic } from '../store/bus.ts'
import type { SessionRef } from '../store/store.ts'

/** For those who follow live; nothing of it is stored. */
export interface Live {
  progress(run: RunId, text: string): void
  /** One more piece of what is unfinished. */
  piece(place: DeltaPlace, content: DeltaContent): void
  /** It stands in the log now, or was given up. */
  end(place: Pick<DeltaPlace, 'run_id' | 'step'>): void
}

export class LiveRuns implements Live {
  readonly #bus: Bus
  readonly #place: Pick<SessionRef, 'tenant' | 'session'>
  readonly #unfinished = new Unfinished()
  #unsubscribe: (() => void) | null = null

  constructor(bus: Bus, place: Pick<SessionRef, 'tenant' | 'session'>) {
    this.#bus = bus
    this.#place = place
  }

  progress(run: RunId, text: string): void {
    this.#publish({ run_id: run, progress: text })
  }

  piece(place: DeltaPlace, content: DeltaContent): void {
    const piece = { ...place, n: this.#unfinished.next(place), ...content }
    if (this.#unfinished.take(piece) !== 'told') return
    this.#unsubscribe ??= this.#answer()
    this.#publish(piece)
  }

  end(place: Pick<DeltaPlace, 'run_id' | 'step'>): void {
    this.#unfinished.end(place)
  }

  /** Nobody is answered any more. */
  close(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = null
  }

  /** Whoever asks is told through the same topic, so in its order with the pieces. */
  #answer(): () => void {
    const { tenant, session } = this.#place
    return this.#bus.subscribe(deltaAskTopic(tenant, session), () => {
      for (const soFar of this.#unfinished.soFar()) this.#publish(soFar)
    })
  }

  #publish(message: object): void {
    this.#bus.publish(deltaTopic(this.#place.tenant, this.#place.session), message)
  }
}
