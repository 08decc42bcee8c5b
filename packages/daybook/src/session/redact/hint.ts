// Tells quickly, from serialised JSON, whether a text may hold an assigned value or an address with a password.
import { NAME } from './assigned.ts'
import { EVIDENCE, isSign, LEAST_VALUE } from './judge.ts'

// Wider than the search in every respect: white space may be escaped, and the value may be stretched by escapes.
const NAMED = new RegExp(`[:=](?<=${NAME}[\\s\\\\t"'\`\\]]*?[:=])`, 'gi')
const SCHEME = /(?:\\*["'`])?(?:basic|bearer|token|bot|apikey|digest)(?:\s|\\+t)+\S{6}/iy
const ADDRESS = /[:=]\\*\/\\*\/[^\s/@]{1,2400}@/
/** Units that the judged beginning of a value may have in JSON, where each may be an escape. */
const REACH = EVIDENCE * 6

const isSpace = /\s/
const firsts = new Set([...'btadBTAD"\'`\\'].map((unit) => unit.charCodeAt(0)))
const [blank, evidence] = [1, 2]
const backslash = 92
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  if (isSpace.test(String.fromCharCode(code))) return blank
  return (code >= 48 && code <= 57) || isSign(code) ? evidence : 0
})

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? (kinds[code] ?? 0) : isSpace.test(text.charAt(at)) ? blank : 0
}

/** Looks for evidence in the values of one text, which are asked for from left to right: no unit is looked at twice. */
class Looked {
  readonly #text: string
  /** Nothing but plain units from here to there. */
  #from = 0
  #until = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Whether evidence stands in the word at `start`, before `limit`. */
  speaks(start: number, limit: number): boolean {
    if (start < this.#from || start > this.#until) this.#from = this.#until = start
    const last = Math.min(limit, this.#text.length)
    while (this.#until < last && kindAt(this.#text, this.#until) === 0) this.#until++
    return this.#until < last && kindAt(this.#text, this.#until) === evidence
  }
}

function isLong(text: string, start: number): boolean {
  const end = start + LEAST_VALUE
  let at = start
  while (at < end && kindAt(text, at) !== blank) at++
  return at === end && end <= text.length
}

function isSignOfAssignment(code: number): boolean {
  return code === 58 || code === 61 || code === 62
}

/** Where a value begins whose name ended with the sign before `at`: behind further signs and white space, escaped or not. */
function valueFrom(text: string, at: number): number {
  let begin = at
  while (begin < at + 2 && isSignOfAssignment(text.charCodeAt(begin))) begin++
  for (;;) {
    while (begin < text.length && kindAt(text, begin) === blank) begin++
    let end = begin
    while (text.charCodeAt(end) === backslash) end++
    if (end === begin || (text[end] !== 't' && text[end] !== 'T')) return begin
    begin = end + 1
  }
}

/** Asked for every value: the first unit refuses most of them. */
function schemeAt(text: string, at: number): boolean {
  if (!firsts.has(text.charCodeAt(at))) return false
  SCHEME.lastIndex = at
  return SCHEME.test(text)
}

/** True when the text may hold what `assigned` or `assignedTo` would find; also for serialised JSON. */
export function hintsAssigned(text: string): boolean {
  if (text.includes('@') && ADDRESS.test(text)) return true
  const looked = new Looked(text)
  NAMED.lastIndex = 0
  while (NAMED.test(text)) {
    const sign = NAMED.lastIndex
    const value = valueFrom(text, sign)
    if (schemeAt(text, value)) return true
    // Signs and escapes that stand before the value without white space may as well be its beginning.
    let start = value
    while (start > sign && kindAt(text, start - 1) !== blank) start--
    if (isLong(text, start) && looked.speaks(start, value + REACH + 1)) return true
  }
  return false
}
