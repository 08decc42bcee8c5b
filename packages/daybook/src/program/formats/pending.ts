// What is known of calls under way, until their results come.

/** Calls whose results may still come; with more than these the oldest is no longer waited for. */
const most = 256

export class Pending<T> {
  readonly #calls = new Map<unknown, T>()

  remember(id: unknown, known: T): void {
    this.#calls.set(id, known)
    const [oldest] = this.#calls.keys()
    if (this.#calls.size > most) this.#calls.delete(oldest)
  }

  /** Once: its result has come. */
  take(id: unknown): T | undefined {
    const known = this.#calls.get(id)
    this.#calls.delete(id)
    return known
  }
}
