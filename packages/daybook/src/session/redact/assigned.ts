// Finds secrets by what stands before them: a telling name and a sign of assignment, or the user part of an address.
import type { Finder, Hit } from './finder.ts'
import { LOOK_BACK, MARKER_START } from './finder.ts'
import { basicPair, LEAST_VALUE, SAMPLE, secretive } from './judge.ts'
import { Samples } from './sample.ts'

// What is left of a name is only asked for what must stand there, or in a way that an earlier replacement can't change.
export const NAME =
  '(?:pass(?:word|wd|phrase)|pwd|secret(?:_key_base)?|(?<!\\]|(?:page|next|continuation|sync|cancel|cancellation)[_-]?)token|' +
  '(?:api|access|secret|private|account|auth|encryption|signing|master|service|session|shared|webhook)[_ -]?key|' +
  'credentials?|authorization|(?:^|(?<=["\'`\\s_.,;&?-]|\\\\[nrtbf]|\\\\u[\\da-f]{4}))pass)'

export const ASSIGNED_NAMES = [
  'password',
  'secret',
  'token',
  'api-key',
  'credential',
  'authorization',
  'aws-secret-key',
  'azure-storage-key',
  'url-password',
] as const
type AssignedShape = (typeof ASSIGNED_NAMES)[number]

/** Longest value that is taken, in UTF-16 units; what lies beyond it stays. */
const LONGEST = 8192

// At a sign, which is rare: the name is read backwards, so a text with the words alone costs nothing.
const SIGN = new RegExp(
  `[:=](?<=(${NAME})(?:\\\\{0,8}["'\`]\\]?)?[ \\t]{0,4}[:=])[:=>]{0,2}[ \\t]{0,4}(?:\\\\{0,8}["'\`])?`,
  'iy',
)
/** Farthest that a value begins behind its sign: further signs, blanks, an escaped quote, a scheme. */
const REACH = 1 + 2 + 4 + 9 + 8
const ADDRESS = /:\/\/[^\s[:/?#@"'`<>\\]{0,128}:(?=([^\s/?#"'`<>\\]{1,256})@)/g
// Judged by its beginning, so that a long row of refused values costs no more than a short look at each.
const QUOTED_REST = new RegExp(`[^\\s"'\`\\\\]{0,${LONGEST - SAMPLE}}`, 'y')
const BARE_REST = new RegExp(`[^\\s"'\`\\\\<>(){}[\\],;&|]{0,${LONGEST - SAMPLE}}`, 'y')
const SCHEME = /(?:(basic)|bearer|token|bot|apikey|digest)[ \t]{1,2}/iy
const ENDS_WITH_NAME = new RegExp(`(${NAME})$`, 'i')
const ADDRESS_PLACEHOLDER = /^(?:\$|%\w+%|\{|\*+$|x+$|\.+$)/i

function shapeOf(name: string, before: string, value: string): AssignedShape {
  const key = name.toLowerCase()
  if (key.startsWith('pass') || key === 'pwd') return 'password'
  if (/^(?:access|secret)[_ -]?key$/.test(key) && /^[A-Za-z0-9+/]{40}$/.test(value) && /aws|secret/i.test(before))
    return 'aws-secret-key'
  if (/^account[_ -]?key$/.test(key) && value.length >= 80) return 'azure-storage-key'
  if (key.endsWith('key')) return 'api-key'
  if (key.startsWith('secret')) return 'secret'
  if (key.startsWith('credential')) return 'credential'
  return key === 'authorization' ? 'authorization' : 'token'
}

/** The next `:` or `=` at or behind `at`; -1 when there is none. */
function signFrom(text: string, at: number): number {
  for (let found = at; found < text.length; found++) {
    const code = text.charCodeAt(found)
    if (code === 58 || code === 61) return found
  }
  return -1
}

/** The signs of one text, and what was seen of the values behind them. */
class Values {
  readonly #text: string
  readonly #quoted: Samples
  readonly #bare: Samples
  /** What begins before and behind what was asked for last is no secret either. */
  barren = 0

  constructor(text: string) {
    this.#text = text
    this.#quoted = new Samples(text, 'quoted')
    this.#bare = new Samples(text, 'bare')
  }

  /** True only where there is no secret, whatever the name. Asked for all signs of a text, from left to right. */
  hopeless(at: number): boolean {
    const samples = this.#isQuoted(at) ? this.#quoted : this.#bare
    samples.end(at)
    if (samples.promising(at)) return false
    SCHEME.lastIndex = at
    if (SCHEME.test(this.#text)) return false
    this.barren = samples.barren(at)
    return true
  }

  #isQuoted(at: number): boolean {
    const code = this.#text.charCodeAt(at - 1)
    return code === 34 || code === 39 || code === 96
  }

  /** The secret that is assigned to a name, its value beginning at `at`; null when there is none. */
  secretAt(name: string, nameEnd: number, at: number): Hit | null {
    const text = this.#text
    const quoted = this.#isQuoted(at)
    let start = at
    let basic = false
    if (name.toLowerCase() === 'authorization') {
      SCHEME.lastIndex = at
      const scheme = SCHEME.exec(text)
      if (scheme !== null) start = SCHEME.lastIndex
      basic = scheme?.[1] !== undefined
    }
    const samples = quoted ? this.#quoted : this.#bare
    const sampled = samples.end(start)
    if (sampled - start < LEAST_VALUE || !(basic || samples.promising(start))) return null
    const value = text.slice(start, sampled)
    if (!((basic && basicPair(value)) || secretive(value))) return null
    const rest = quoted ? QUOTED_REST : BARE_REST
    rest.lastIndex = sampled
    rest.test(text)
    const end = rest.lastIndex
    if (text.slice(start, end + MARKER_START.length).includes(MARKER_START) || (!quoted && text[end] === '('))
      return null
    return { start, end, shape: shapeOf(name, text.slice(Math.max(0, nameEnd - 32), nameEnd), text.slice(start, end)) }
  }
}

/** Finds assigned values. */
export const assigned: Finder = {
  next(text, from): Hit | null {
    const values = new Values(text)
    // A hit begins behind its sign, so the sign itself may lie a little before `from`.
    let at = signFrom(text, Math.max(0, from - REACH))
    for (; at >= 0; at = signFrom(text, Math.max(at + 1, values.barren - REACH))) {
      SIGN.lastIndex = at
      if (!SIGN.test(text)) continue
      const after = SIGN.lastIndex
      if (after >= from && values.hopeless(after)) continue
      SIGN.lastIndex = at
      const name = SIGN.exec(text)?.[1] ?? ''
      // Only a scheme lets a value begin later: what lies before `from` was judged already.
      if (after < from && name.length !== 'authorization'.length) continue
      const hit = values.secretAt(name, at, after)
      if (hit !== null && hit.start >= from) return hit
    }
    return null
  },
}

/** Finds passwords in addresses. */
export const addressed: Finder = {
  next(text, from): Hit | null {
    // What stands before a password has no second sign: only the last one before `from` can lead beyond it.
    const least = Math.max(0, from - LOOK_BACK)
    ADDRESS.lastIndex = least + Math.max(0, text.slice(least, from + 2).lastIndexOf('://'))
    for (let match = ADDRESS.exec(text); match !== null; match = ADDRESS.exec(text)) {
      const start = ADDRESS.lastIndex
      ADDRESS.lastIndex = match.index + 1
      const [, password = ''] = match
      if (start < from || password.includes(MARKER_START) || ADDRESS_PLACEHOLDER.test(password)) continue
      return { start, end: start + password.length, shape: 'url-password' }
    }
    return null
  },
}

/** The hit over a whole string that stands under `key` in an object, if it is a secret there. */
export function assignedTo(key: string, value: string): Hit | null {
  if (value.length < LEAST_VALUE || value.length > LONGEST) return null
  const name = ENDS_WITH_NAME.exec(key)?.[1]
  if (name === undefined) return null
  SCHEME.lastIndex = 0
  const scheme = name.toLowerCase() === 'authorization' ? SCHEME.exec(value) : null
  const start = scheme?.[0].length ?? 0
  const secret = value.slice(start)
  if (
    /\s/.test(secret) ||
    secret.includes(MARKER_START) ||
    !((scheme?.[1] !== undefined && basicPair(secret)) || secretive(secret.slice(0, SAMPLE)))
  )
    return null
  return { start, end: value.length, shape: shapeOf(name, key, secret) }
}
