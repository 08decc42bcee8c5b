// A bounded inbox between a producer that never waits and one slow reader.

const capacity = 1024
/** In UTF-16 units, as far as the reader's items have a length. */
const room = 8 << 20

export class Inbox<T> {
  #items: T[] = []
  #overflowed = false
  #wake: (() => void) | null = null
  /** Length of what waits. */
  #length = 0
  readonly #signal: AbortSignal
  readonly #lengthOf: (item: T) => number

  /** `lengthOf` tells the UTF-16 units that an item holds. */
  constructor(signal: AbortSignal, lengthOf: (item: T) => number) {
    this.#signal = signal
    this.#lengthOf = lengthOf
  }

  get empty(): boolean {
    return this.#items.length === 0 && !this.#overflowed
  }

  /** Beyond 1,024 items or 8 Mi units everything is dropped and the reader is told to read the log instead. */
  push(item: T): void {
    const length = this.#lengthOf(item)
    if (this.#items.length >= capacity || this.#length + length > room) {
      this.take()
      this.#overflowed = true
    }
    if (!this.#overflowed) {
      this.#items.push(item)
      this.#length += length
    }
    this.#wake?.()
  }

  take(): readonly T[] {
    const items = this.#items
    this.#items = []
    this.#length = 0
    return items
  }

  /** Whether items were dropped since the last question. */
  overflowed(): boolean {
    const was = this.#overflowed
    this.#overflowed = false
    return was
  }

  /** Resolves when there is something to take, or the signal is aborted. */
  next(): Promise<void> {
    if (!this.empty || this.#signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wake = null
        this.#signal.removeEventListener('abort', done)
        resolve()
      }
      this.#wake = done
      this.#signal.addEventListener('abort', done)
    })
  }
}
