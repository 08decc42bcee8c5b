// Looks at the beginning of the value behind a sign: where it ends, and whether anything in it speaks for a secret.
import { SAMPLE } from './judge.ts'

const isSpace = /\s/

/** What ends a value, for units below 128. */
function ending(signs: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let code = 0; code < 128; code++) {
    const unit = String.fromCharCode(code)
    if (isSpace.test(unit) || signs.includes(unit)) table[code] = 1
  }
  return table
}

const quotes = '"\'`\\'
const endings = { quoted: ending(quotes), bare: ending(`${quotes}<>(){}[],;&|`) }

/**
 * Values in one text, asked for from left to right. A hostile text has a name at every few units, and each value contains
 * all later ones of its word: what was seen once is not looked at again.
 */
export class Samples {
  readonly #text: string
  readonly #ends: Uint8Array
  /** Looked at: from here to there, and what was seen. */
  #start = 0
  #end = 0
  #digits = 0
  #lower = false
  #upper = false
  #other = false

  constructor(text: string, kind: keyof typeof endings) {
    this.#text = text
    this.#ends = endings[kind]
  }

  /** End of the first `SAMPLE` units of the value at `start`; whether they may be secret is told by {@link promising}. */
  end(start: number): number {
    if (start < this.#start || start >= this.#end) this.#begin(start)
    this.#look(start + SAMPLE)
    return Math.min(this.#end, start + SAMPLE)
  }

  /**
   * Whether the sample at `start` has two digits and a letter, or letters of both cases: every other value is refused. Asked
   * after {@link end}.
   */
  promising(start: number): boolean {
    if (!this.#seen() || this.#start === start) return this.#seen()
    // What was seen may lie before this value.
    this.#begin(start)
    this.#look(start + SAMPLE)
    return this.#seen()
  }

  #seen(): boolean {
    return (this.#lower && this.#upper) || (this.#digits >= 2 && (this.#lower || this.#upper || this.#other))
  }

  #begin(start: number): void {
    this.#start = start
    this.#end = start
    this.#digits = 0
    this.#lower = this.#upper = this.#other = false
  }

  #look(until: number): void {
    const text = this.#text
    const last = Math.min(until, text.length)
    for (let at = this.#end; at < last; at++) {
      const code = text.charCodeAt(at)
      if (code < 128 ? this.#ends[code] === 1 : isSpace.test(text.charAt(at))) return
      if (code >= 97 && code <= 122) this.#lower = true
      else if (code >= 65 && code <= 90) this.#upper = true
      else if (code >= 48 && code <= 57) this.#digits++
      else if (code >= 128) this.#other = true
      this.#end = at + 1
    }
  }
}
