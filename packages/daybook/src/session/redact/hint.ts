// Tells quickly, from serialised JSON, whether a text may hold an assigned value or an address with a password.
import { NAME, signFrom } from './assigned.ts'
import { EVIDENCE, isSign, LEAST_VALUE } from './judge.ts'

// Wider than the search in every respect: white space may be escaped, and the value may be stretched by escapes.
const gap = '(?:\\s|\\\\+t)*'
const NAMED = new RegExp(`[:=](?<=${NAME}[\\s\\\\t"'\`\\]]*?[:=])[:=>]{0,2}${gap}`, 'iy')
const SCHEME = /(?:\\*["'`])?(?:basic|bearer|token|bot|apikey|digest)(?:\s|\\+t)+\S{6}/iy
const ADDRESS = /[:=]\\*\/\\*\/[^\s/@]{1,2400}@/y
/** Units that the judged beginning of a value may have in JSON, where each may be an escape. */
const REACH = EVIDENCE * 6

const isSpace = /\s/

function speaks(code: number): boolean {
  return (code >= 48 && code <= 57) || isSign(code)
}

/** The next place in a text where something holds, asked for from left to right: no unit is looked at twice. */
class Next {
  readonly #text: string
  readonly #holds: (code: number, unit: string) => boolean
  #from = 0
  #found = -1

  constructor(text: string, holds: (code: number, unit: string) => boolean) {
    this.#text = text
    this.#holds = holds
  }

  /** The length of the text where there is none. */
  at(from: number): number {
    if (from >= this.#from && from <= this.#found) return this.#found
    let at = from
    while (at < this.#text.length && !this.#holds(this.#text.charCodeAt(at), this.#text.charAt(at))) at++
    this.#from = from
    this.#found = at
    return at
  }
}

/** True when the text may hold what `assigned` or `assignedTo` would find; also for serialised JSON. */
export function hintsAssigned(text: string): boolean {
  const space = new Next(text, (code, unit) => (code < 128 ? code <= 32 && isSpace.test(unit) : isSpace.test(unit)))
  const evidence = new Next(text, (code) => code < 128 && speaks(code))
  for (let sign = signFrom(text, 0); sign >= 0; sign = signFrom(text, sign + 1)) {
    ADDRESS.lastIndex = sign
    if (ADDRESS.test(text)) return true
    NAMED.lastIndex = sign
    if (!NAMED.test(text)) continue
    const after = NAMED.lastIndex
    SCHEME.lastIndex = after
    if (SCHEME.test(text)) return true
    // Signs and escapes that stand before the value without white space may as well be its beginning.
    let start = after
    while (start > sign + 1 && !isSpace.test(text.charAt(start - 1))) start--
    const end = space.at(start)
    if (end - start >= LEAST_VALUE && evidence.at(start) < Math.min(end, after + REACH + 1)) return true
  }
  return false
}
