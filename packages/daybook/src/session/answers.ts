// Answers to what the writer accepted: each caller is told once, repeats that joined a call with it, and closing waits for all.

import type { Receipt } from './contract.ts'
import type { Item } from './live.ts'

export class Answers {
  #open = 0
  #quiet: (() => void) | undefined

  /** One more caller waits. */
  promise(): void {
    this.#open += 1
  }

  resolve(item: Item, receipt: Receipt): void {
    this.#tell(item, (one) => one.resolve(one === item ? receipt : repeated(receipt)))
  }

  reject(item: Item, error: unknown): void {
    this.#tell(item, (one) => one.reject(error))
  }

  /** Resolves when nobody waits any more; asked once. */
  async given(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#quiet = resolve))
  }

  #tell(item: Item, tell: (one: Item) => void): void {
    for (const one of [item, ...item.joined]) {
      tell(one)
      this.#open -= 1
    }
    if (this.#open === 0) this.#quiet?.()
  }
}

/** What a repeat is told: it wrote nothing, and took no lease. */
function repeated({ fence: _, ...receipt }: Receipt): Receipt {
  return { ...receipt, replayed: true }
}
