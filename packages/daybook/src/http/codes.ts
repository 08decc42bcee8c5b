// Codes that show the key of the user to whoever gives one first: they stand in the address of the page that is printed.

import { randomBytes } from 'node:crypto'

/** Codes that wait; of more, the oldest are forgotten. */
const most = 32

export class Codes {
  /** By whom each was taken; null: by nobody yet. */
  readonly #known = new Map<string, string | null>()

  /** 22 characters of base64url, good for one taking as long as this server lives. */
  make(): string {
    const code = randomBytes(16).toString('base64url')
    this.#known.set(code, null)
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
    return code
  }

  /**
   * False for one that was never made or is taken.
   *
   * @param by the idempotency key of the call: its repeat may take the code again
   */
  take(code: string, by: string | null): boolean {
    const before = this.#known.get(code)
    if (before === undefined) return false
    if (before !== null) return by === before
    this.#known.set(code, by ?? '')
    return true
  }
}
