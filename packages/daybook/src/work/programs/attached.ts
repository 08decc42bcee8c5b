// Which processes somebody looks at, on this server or another one: those are not closed for being idle.

import { randomUUID } from 'node:crypto'
import type { Bus } from '../../store/bus.ts'

const topic = 'attached'

interface Word {
  readonly from: string
  readonly names: readonly string[]
}

export class Attached {
  readonly #me = randomUUID()
  readonly #bus: Bus
  readonly #clock: () => number
  readonly #forMs: number
  readonly #own = new Map<string, number>()
  /** Until when the word of others counts. */
  readonly #others = new Map<string, number>()
  readonly #end: () => void

  /** @param forMs milliseconds that a word counts; it is said again before they are over */
  constructor(bus: Bus, clock: () => number, forMs: number) {
    this.#bus = bus
    this.#clock = clock
    this.#forMs = forMs
    this.#end = bus.subscribe(topic, (message) => this.#hear(message as Word))
  }

  /** Returns the call that ends it. */
  add(name: string): () => void {
    this.#own.set(name, this.count(name) + 1)
    this.say()
    let gone = false
    return () => {
      if (gone) return
      gone = true
      const left = this.count(name) - 1
      if (left > 0) this.#own.set(name, left)
      else this.#own.delete(name)
    }
  }

  /** On this server. */
  count(name: string): number {
    return this.#own.get(name) ?? 0
  }

  has(name: string): boolean {
    return this.#own.has(name) || (this.#others.get(name) ?? 0) > this.#clock()
  }

  say(): void {
    if (this.#own.size > 0) this.#bus.publish(topic, { from: this.#me, names: [...this.#own.keys()] } satisfies Word)
  }

  #hear({ from, names }: Word): void {
    if (from === this.#me) return
    const now = this.#clock()
    for (const [name, until] of this.#others) if (until <= now) this.#others.delete(name)
    for (const name of names) this.#others.set(name, now + this.#forMs)
  }

  close(): void {
    this.#end()
  }
}
