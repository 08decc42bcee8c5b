// Looks at the beginning of the value behind a sign: where it ends, and whether anything in it speaks for a secret.
import { isSign, SAMPLE, tradeAt } from './judge.ts'

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
 * all later ones of its word: what was seen once is not looked at again, so only the place where it was seen last is kept.
 */
export class Samples {
  readonly #text: string
  readonly #ends: Uint8Array
  /** Looked at: from here to there. */
  #start = 0
  #end = 0
  /** Where each was seen last; -1 for nowhere. */
  #lower = -1
  #upper = -1
  #other = -1
  #sign = -1
  /** The last two digits outside of the words of the trade. */
  #digit = -1
  #digitBefore = -1
  /** End of the last word of the trade. */
  #tradeEnd = 0

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
   * False only for samples that the judge refuses: of its digits outside of words of the trade, signs and cases too little
   * stands at `start` or behind. Asked after {@link end}.
   */
  promising(start: number): boolean {
    const mixed = this.#lower >= start && this.#upper >= start
    if (mixed && (this.#digit >= start || this.#sign >= start)) return true
    return this.#digitBefore >= start && Math.max(this.#lower, this.#upper, this.#other) >= start
  }

  #begin(start: number): void {
    this.#start = start
    this.#end = start
    this.#tradeEnd = start
    this.#lower = this.#upper = this.#other = this.#sign = this.#digit = this.#digitBefore = -1
  }

  #look(until: number): void {
    const text = this.#text
    const last = Math.min(until, text.length)
    for (let at = this.#end; at < last; at++) {
      const code = text.charCodeAt(at)
      if (code < 128 ? this.#ends[code] === 1 : isSpace.test(text.charAt(at))) return
      if (code >= 97 && code <= 122) this.#lower = at
      else if (code >= 65 && code <= 90) this.#upper = at
      else if (code >= 48 && code <= 57) this.#see(at, last)
      else if (code >= 128) this.#other = at
      else if (isSign(code)) this.#sign = at
      this.#end = at + 1
    }
  }

  /** A digit. A word of the trade that the sample cuts is none. */
  #see(at: number, last: number): void {
    if (at < this.#tradeEnd) return
    const end = tradeAt(this.#text, this.#start, at)
    if (end > at && end <= last) {
      this.#tradeEnd = end
      return
    }
    this.#digitBefore = this.#digit
    this.#digit = at
  }
}
