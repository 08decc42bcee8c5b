// Finds secrets by what stands before them: a telling name and a sign of assignment, or the user part of an address.
import type { Finder, Hit } from './finder.ts'
import { MARKER_START } from './finder.ts'
import { basicPair, EVIDENCE, LEAST_VALUE, SAMPLE, secretive } from './judge.ts'

// What is left of a name is only asked for what must stand there, or in a way that an earlier replacement can't change.
const NAME =
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

// The search begins at the rare sign and reads the name backwards: a text with the words alone costs nothing.
const SEARCH = new RegExp(
  `[:=](?:(?<=(${NAME})(?:\\\\{0,8}["'\`]\\]?)?[ \\t]{0,4}[:=])[:=>]{0,2}[ \\t]{0,4}(\\\\{0,8}["'\`])?` +
    `|(?<=:)//[^\\s[:/?#@"'\`<>\\\\]{0,128}:(?=([^\\s/?#"'\`<>\\\\]{1,256})@))`,
  'gi',
)
const quotedChar = '[^\\s"\'`\\\\]'
const bareChar = '[^\\s"\'`\\\\<>(){}[\\],;&|]'
const sticky = (char: string, least: number, most: number) => new RegExp(`${char}{${least},${most}}`, 'y')
// Judged by its beginning, so that a long row of refused values costs no more than a short look at each.
const QUOTED = { sample: sticky(quotedChar, LEAST_VALUE, SAMPLE), rest: sticky(quotedChar, 0, LONGEST - SAMPLE) }
const BARE = { sample: sticky(bareChar, LEAST_VALUE, SAMPLE), rest: sticky(bareChar, 0, LONGEST - SAMPLE) }
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

function valueAt(text: string, name: string, nameEnd: number, at: number, quoted: boolean): Hit | null {
  let start = at
  let basic = false
  if (name.toLowerCase() === 'authorization') {
    SCHEME.lastIndex = at
    const scheme = SCHEME.exec(text)
    if (scheme !== null) start = SCHEME.lastIndex
    basic = scheme?.[1] !== undefined
  }
  const { sample, rest } = quoted ? QUOTED : BARE
  sample.lastIndex = start
  const value = sample.exec(text)?.[0]
  if (value === undefined || !((basic && basicPair(value)) || secretive(value))) return null
  rest.lastIndex = start + value.length
  rest.test(text)
  const end = rest.lastIndex
  if (text.slice(start, end + MARKER_START.length).includes(MARKER_START) || (!quoted && text[end] === '(')) return null
  return { start, end, shape: shapeOf(name, text.slice(Math.max(0, nameEnd - 32), nameEnd), text.slice(start, end)) }
}

/** Finds assigned values and passwords in addresses. */
export const assigned: Finder = {
  next(text, from): Hit | null {
    // A hit begins behind its sign, so the sign itself may lie a little before `from`.
    SEARCH.lastIndex = Math.max(0, from - 256)
    for (let match = SEARCH.exec(text); match !== null; match = SEARCH.exec(text)) {
      const after = SEARCH.lastIndex
      SEARCH.lastIndex = match.index + 1
      const [, name, quote, password] = match
      let hit: Hit | null = null
      if (password !== undefined) {
        const refused = password.includes(MARKER_START) || ADDRESS_PLACEHOLDER.test(password)
        hit = refused ? null : { start: after, end: after + password.length, shape: 'url-password' }
      } else if (name !== undefined) {
        hit = valueAt(text, name, match.index, after, quote !== undefined)
        SEARCH.lastIndex = match.index + 1
      }
      if (hit !== null && hit.start >= from) return hit
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

// Wider than the search in every respect: white space may be escaped, and the value may be stretched by escapes.
const gap = '(?:\\s|\\\\+t)*'
const evidence = '0-9!@#$%^&*+=~?'
const HINT = new RegExp(
  `[:=](?:(?<=${NAME}[\\s\\\\t"'\`\\]]*?[:=])[:=>]{0,2}${gap}(?:` +
    `(?=\\S{${LEAST_VALUE}})[^\\s${evidence}]{0,${EVIDENCE * 6}}[${evidence}]` +
    `|(?:\\\\*["'\`])?(?:basic|bearer|token|bot|apikey|digest)(?:\\s|\\\\+t)+\\S{6})` +
    `|\\\\*/\\\\*/[^\\s/@]{1,2400}@)`,
  'i',
)

/** True when the text may hold what `assigned` or `assignedTo` would find; also for serialised JSON. */
export const hintsAssigned = (text: string): boolean => HINT.test(text)
