// Looks at the beginning of the value behind a sign: where it ends, and whether anything in it speaks for a secret.
import { isSign, SAMPLE, tradeAt } from './judge.ts'

const isSpace = /\s/
/** Units between two looks at what was found, ahead of all samples. */
const STRIDE = 64

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
  /** Digits of a word of the trade that samples may cut, where looking ahead stopped; -1 for nowhere. */
  #cuttable = -1
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

  /**
   * Asked after {@link promising} said false: what begins in the same word behind `start` and before this place is not
   * promising either.
   */
  barren(start: number): number {
    while (this.#end !== this.#cuttable) {
      const seen = this.#end
      const goesOn = this.#look(seen + STRIDE, true)
      // The samples that end before what was seen now hold nothing of it.
      if (this.promising(start)) return seen - SAMPLE + 1
      if (!goesOn && this.#end !== this.#cuttable) return this.#end
    }
    return this.#end - SAMPLE + 1
  }

  #begin(start: number): void {
    this.#start = start
    this.#end = start
    this.#tradeEnd = start
    this.#cuttable = -1
    this.#lower = this.#upper = this.#other = this.#sign = this.#digit = this.#digitBefore = -1
  }

  /**
   * Looks on until there, and tells whether the word goes on. `ahead` of all samples it stops in front of the digits of a
   * word of the trade that the end of a sample may cut.
   */
  #look(until: number, ahead = false): boolean {
    const text = this.#text
    const last = Math.min(until, text.length)
    for (let at = this.#end; at < last; at++) {
      const code = text.charCodeAt(at)
      if (code < 128 ? this.#ends[code] === 1 : isSpace.test(text.charAt(at))) return false
      if (code >= 97 && code <= 122) this.#lower = at
      else if (code >= 65 && code <= 90) this.#upper = at
      else if (code >= 48 && code <= 57) this.#see(at, ahead ? text.length : last, ahead)
      else if (code >= 128) this.#other = at
      else if (isSign(code)) this.#sign = at
      if (at === this.#cuttable && ahead) return false
      this.#end = at + 1
    }
    return last === until
  }

  /** A digit. A word of the trade that the sample cuts is none. */
  #see(at: number, last: number, ahead: boolean): void {
    if (at < this.#tradeEnd) return
    const end = tradeAt(this.#text, this.#start, at)
    if (end > at && end <= last) {
      if (ahead && end > at + 1) this.#cuttable = at
      else this.#tradeEnd = end
      return
    }
    this.#digitBefore = this.#digit
    this.#digit = at
  }
}
