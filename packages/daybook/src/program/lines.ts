// Bytes as they come, cut into lines of text.

import { DaybookError } from '../schema/errors.ts'

/** Bytes of one line; a program that prints more without an end speaks no protocol of lines. */
export const longestLine = 8 * 1024 * 1024

export class Lines {
  readonly #longest: number
  #parts: Uint8Array[] = []
  #bytes = 0

  /** @param longest bytes of one line */
  constructor(longest = longestLine) {
    this.#longest = longest
  }

  /** Lines that these bytes complete, without their ends. `too_large` for one that is longer than it may be. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = []
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      this.#keep(bytes.subarray(from, end))
      lines.push(this.#take())
      from = end + 1
    }
    this.#keep(bytes.subarray(from))
    return lines
  }

  /** What stands behind the last end of a line; null where nothing does. */
  end(): string | null {
    return this.#bytes === 0 ? null : this.#take()
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#bytes += bytes.length
    if (this.#bytes > this.#longest) throw new DaybookError('too_large', `a line is longer than ${this.#longest} bytes`)
    this.#parts.push(bytes.slice())
  }

  #take(): string {
    const text = Buffer.concat(this.#parts).toString('utf8')
    this.#parts = []
    this.#bytes = 0
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }
}
