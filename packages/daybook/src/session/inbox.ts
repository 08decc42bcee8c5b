// A bounded inbox between a producer that never waits and one slow reader.

const capacity = 1024

export class Inbox<T> {
  #items: T[] = []
  #overflowed = false
  #wake: (() => void) | null = null
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get empty(): boolean {
    return this.#items.length === 0 && !this.#overflowed
  }

  /** Beyond 1,024 items everything is dropped and the reader is told to read the log instead. */
  push(item: T): void {
    if (this.#items.length >= capacity) {
      this.#items = []
      this.#overflowed = true
    }
    if (!this.#overflowed) this.#items.push(item)
    this.#wake?.()
  }

  take(): readonly T[] {
    const items = this.#items
    this.#items = []
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
