// What a terminal printed for one prompt, as far as its answer is made of it: the beginning, the end, and the line before.

/** Bytes of the beginning and of the end; what lies between is in the log and at the host. */
const mostFirst = 262_144
const mostLast = 65_536
/** Bytes before the prompt, among which the beginning of its line is. */
export const mostBefore = 4_096

export interface Printed {
  /** From the beginning of the line in which the prompt begins, to the prompt. */
  readonly before: Uint8Array
  readonly first: Uint8Array
  /** Bytes between first and last that were let go. */
  readonly between: number
  readonly last: Uint8Array
}

export class Collected {
  /** Where the prompt begins; null: that is still to come. */
  #given: number | null
  #before: Buffer = Buffer.alloc(0)
  readonly #first: Uint8Array[] = []
  #firstBytes = 0
  #last: Uint8Array[] = []
  #lastBytes = 0
  #between = 0

  constructor(given: number | null) {
    this.#given = given
  }

  /** All that came so far stands before the prompt. */
  begin(offset: number): void {
    this.#given ??= offset
  }

  add(offset: number, bytes: Uint8Array): void {
    const before = this.#given === null ? bytes.length : Math.min(Math.max(this.#given - offset, 0), bytes.length)
    if (before > 0) {
      this.#before = Buffer.concat([this.#before, bytes.subarray(Math.max(before - mostBefore, 0), before)]).subarray(
        -mostBefore,
      )
    }
    const fresh = bytes.subarray(before)
    const head = fresh.subarray(0, mostFirst - this.#firstBytes)
    if (head.length > 0) this.#first.push(head)
    this.#firstBytes += head.length
    if (fresh.length > head.length) this.#keep(fresh.subarray(head.length))
  }

  /** What stood before this offset and did not come is no longer kept. */
  skip(offset: number): void {
    if (this.#given === null || offset <= this.#given) this.#before = Buffer.alloc(0)
    else this.#between += 1 // at least
  }

  #keep(bytes: Uint8Array): void {
    this.#last.push(bytes)
    this.#lastBytes += bytes.length
    for (let [first] = this.#last; first && this.#lastBytes - first.length >= mostLast; [first] = this.#last) {
      this.#last.shift()
      this.#lastBytes -= first.length
      this.#between += first.length
    }
  }

  /** The last so many bytes, of what stands before the prompt too. */
  ending(bytes: number): Buffer {
    return Buffer.concat([this.#before, ...this.#first, ...this.#last]).subarray(-bytes)
  }

  get printed(): Printed {
    const before = this.#before.subarray(this.#before.lastIndexOf(10) + 1)
    const last = Buffer.concat(this.#last)
    // In pieces that follow each other nothing is cut.
    if (this.#between === 0) {
      return { before, first: Buffer.concat([...this.#first, last]), between: 0, last: Buffer.alloc(0) }
    }
    return { before, first: Buffer.concat(this.#first), between: this.#between, last }
  }
}
