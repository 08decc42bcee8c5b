// Decides whether the value assigned to a name like "password" is a secret or only a word, a path, a placeholder or code.
import { MARKER_START } from './finder.ts'

/** Shortest assigned value that is taken for a secret, in UTF-16 units. */
export const LEAST_VALUE = 8
/** A value must show a digit or one of the signs of `PROOF` among its first `EVIDENCE` units to be taken for a secret. */
export const EVIDENCE = 64

const SIGNS = '!@#$%^&*+=~?'
const PROOF = new RegExp(`[0-9${SIGNS}]`)
const SIGN = new RegExp(`[${SIGNS}]`)
const PLACEHOLDER =
  /^(?:\$|%\w|\{\{|<)|\$\{|\*{3}|x{4}|X{4}|^(?:your|my|the|example|changeme|placeholder)[_-]|process\.env|environ|:\/\//
const DATED = /^(?:\d{4}-\d\d-\d\d|v?\d+\.\d+)/
// Words of the trade that carry digits without being secret.
const TRADE =
  /base(?:64|32|58|16)|sha-?\d{1,3}|md5|utf-?(?:8|16|32)(?:mb4)?|[hrep]s(?:256|384|512)|oauth-?2?|http2|x509|ed25519|aes-?\d{1,3}|argon2(?:id)?|ipv[46]|u?int(?:8|16|32|64)|float(?:32|64)|uuid(?:v\d)?|v\d\b/gi
const TRADE_AT = new RegExp(TRADE, 'iy')
/** Units before the first digit of such a word, at most, and of the whole word. */
const TRADE_LENGTH = 8
const FIRST = Uint8Array.from({ length: 128 }, (_, code) =>
  /[abefhimoprsuvx]/i.test(String.fromCharCode(code)) ? 1 : 0,
)
// The unit before its first digit, in lower or upper case.
const BEFORE_DIGIT = new Set('eadfshpxntvEADFSHPXNTV-')

const DOTTED = /^[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+$/
const PATH = /^(?:~|\.{1,2}|[A-Za-z]:)?(?:[/][\w.@+-]*)+$/

const signs = Uint8Array.from({ length: 128 }, (_, code) => (SIGNS.includes(String.fromCharCode(code)) ? 1 : 0))

/** Whether the unit, below 128, is one of the signs that people put into passwords. */
export function isSign(code: number): boolean {
  return signs[code] === 1
}

/**
 * End of the word of the trade in which the digit at `at` stands, in a value that begins at `start`; `at` where there is
 * none. Twice the longest word before it is enough to see which of two overlapping words counts.
 */
export function tradeAt(text: string, start: number, at: number): number {
  if (at === start || !BEFORE_DIGIT.has(text.charAt(at - 1))) return at
  for (let begin = Math.max(start, at - 2 * TRADE_LENGTH); begin <= at; begin++) {
    if (!(FIRST[text.charCodeAt(begin)] ?? 0)) continue
    TRADE_AT.lastIndex = begin
    if (!TRADE_AT.test(text)) continue
    if (TRADE_AT.lastIndex > at) return TRADE_AT.lastIndex
    begin = TRADE_AT.lastIndex - 1
  }
  return at
}

/** Share of neighbouring characters that change between lower case, upper case and digit; random text has about 0.6. */
function changes(value: string): number {
  let last = 0
  let count = 0
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    const kind = code >= 97 && code <= 122 ? 1 : code >= 65 && code <= 90 ? 2 : code >= 48 && code <= 57 ? 3 : 0
    if (kind !== 0 && last !== 0 && kind !== last) count++
    last = kind
  }
  return count / value.length
}

/** How much of a value is judged; a longer one is judged by its beginning. */
export const SAMPLE = 256

/** Whether five different units stand in `value`. */
function varied(value: string): boolean {
  let seen = ''
  for (let at = 0; at < value.length; at++) {
    const unit = value.charAt(at)
    if (seen.includes(unit)) continue
    seen += unit
    if (seen.length === 5) return true
  }
  return false
}

/** True when `value` looks generated or chosen to be secret. `value` holds no white space and is at most `SAMPLE` units. */
export function secretive(value: string): boolean {
  if (value.length < LEAST_VALUE || !PROOF.test(value.slice(0, EVIDENCE))) return false
  if (DATED.test(value) || value.includes(MARKER_START) || PLACEHOLDER.test(value)) return false
  if (!varied(value)) return false
  const rest = value.replace(TRADE, '')
  const digits = rest.length - rest.replace(/\d/g, '').length
  const sign = SIGN.test(rest)
  if (!/[A-Za-z\u0080-\uffff]/.test(rest)) return false
  const lively = changes(rest)
  if ((DOTTED.test(value) || PATH.test(value)) && lively < 0.25) return false
  if (digits >= 2) return true
  const mixed = /[a-z]/.test(rest) && /[A-Z]/.test(rest)
  return sign ? mixed && (digits === 1 || rest.length >= 10) : digits === 1 && mixed && lively >= 0.35
}

/** True for the base64 of `user:password`. */
export function basicPair(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{6,1024}={0,2}$/.test(value)) return false
  const whole = value.replace(/=+$/, '')
  return whole.length % 4 !== 1 && /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(atob(whole))
}
