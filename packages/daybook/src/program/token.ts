// Finding the token by which a program finds its session again, in what it prints beside its protocol.

import { stripVTControlCharacters } from 'node:util'
import { findIn } from './pattern.ts'

/** Characters of a line; longer ones are passed over. */
const longestLine = 4096
/** Of what a process printed, its last lines: earlier ones may quote a command. */
const lastLines = 40

/** A token of 1 to 256 characters that no program takes for an option. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]{0,255}$/.test(text)
}

export interface Printed {
  /** Standard error, as much of it as is there. */
  readonly stderr: string
  /** Standard output or the terminal of a process that has ended; only of programs that speak no protocol there. */
  readonly ended?: string
}

export interface TokenFound {
  readonly token: string
  readonly from: 'stderr' | 'ended'
  /** The expression that found it; null: one of those that are known. */
  readonly regex: string | null
}

/**
 * The token that was told last. An expression of the configuration goes before those that are known, standard error before
 * the rest. `invalid` for an expression that takes too long.
 */
export function findToken({ stderr, ended = '' }: Printed, regex?: string): TokenFound | null {
  const places = [
    { from: 'stderr', lines: linesOf(stderr) },
    { from: 'ended', lines: linesOf(ended).slice(-lastLines) },
  ] as const
  for (const { from, lines } of regex === undefined ? [] : places) {
    const token = lastOf(findIn(regex ?? '', lines).map((found) => found?.groups.token))
    if (token !== undefined) return { token, from, regex: regex ?? null }
  }
  for (const { from, lines } of places) {
    const token = detected(lines)
    if (token !== undefined) return { token, from, regex: null }
  }
  return null
}

/** Screens are drawn with escape sequences, and lines are ended in three ways. */
function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .split(/\r\n|\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && line.length <= longestLine)
}

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'
const prefixed = '[A-Za-z]{2,12}_[A-Za-z0-9]{12,64}'
const id = `(?<token>${uuid}|${prefixed})(?![\\w-])`
const nouns = '(?:session|thread|conversation)'
/** The surest first; each looks at all lines before the next one does. */
const known = [
  new RegExp(`^\\s{0,16}"${nouns}_?(?:id|ID|Id)"\\s{0,4}:\\s{0,4}"${id}"`, 'u'),
  new RegExp(`(?:^|\\s)(?:resume|--resume|-r|--session|-s|--continue|--conversation)[ =]${id}`, 'u'),
  new RegExp(`(?<![\\w-])${nouns}(?:[ _-]?id)?\\s{0,4}[:=]\\s{0,32}${id}`, 'iu'),
]
const idKey = new RegExp(`^${nouns}_?(?:id|ID|Id)$`, 'u')
const whole = new RegExp(`^${id}$`, 'u')

function detected(lines: readonly string[]): string | undefined {
  const read = lines.map((line) => ({ line, record: recordOf(line) }))
  const ways = known.map((one, index) => ({ line, record }: (typeof read)[number]) => {
    if (record === null) return one.exec(line)?.groups?.token
    return index === 0 ? inRecord(record) : undefined
  })
  for (const way of ways) {
    const token = lastOf(read.map(way))
    if (token !== undefined) return token
  }
  return undefined
}

function recordOf(line: string): object | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null // begins like a record and is none
  }
}

/** A field of the record itself: its texts may quote anything. */
function inRecord(record: object): string | undefined {
  const [, value] = Object.entries(record).find(([key]) => idKey.test(key)) ?? []
  return typeof value === 'string' && whole.test(value) ? value : undefined
}

function lastOf(tokens: readonly (string | undefined)[]): string | undefined {
  return tokens.findLast((one) => one !== undefined && isToken(one))
}
