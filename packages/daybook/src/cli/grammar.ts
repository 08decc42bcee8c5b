// The grammar of the command line: what a command declares, and how words become a call of it.

import { parseArgs } from 'node:util'
import type { Context } from './context.ts'
import { type ExitCode, misuse } from './exits.ts'

/** What a value may be; completion in a shell offers it. */
export interface Values {
  /** Only these words. */
  readonly choices?: readonly string[]
  /** Things of these kinds, among others. */
  readonly takes?: readonly ('session' | 'file')[]
}

export interface Option extends Values {
  readonly name: string
  readonly short?: string
  /** What the value is called in help; without it the option is a flag. */
  readonly value?: string
  readonly help: string
}

export interface Argument extends Values {
  readonly name: string
  readonly optional?: boolean
  /** Takes all that is left. */
  readonly rest?: boolean
  readonly help: string
}

/** Exit code of a command; nothing means that it went well. */
export type Perform = (context: Context, call: Call) => Promise<ExitCode | undefined>

export interface Command {
  /** The words that are typed; empty for the bare `daybook`. */
  readonly name: string
  readonly group: 'daily' | 'administration'
  readonly summary: string
  readonly arguments?: readonly Argument[]
  readonly options?: readonly Option[]
  /** Sentences that help prints under the summary. */
  readonly details?: readonly string[]
  /** What `--json` prints. */
  readonly json: string
  /** Exit codes beside 0, 1 and 2. */
  readonly exits: readonly ExitCode[]
  readonly load: () => Promise<{ readonly perform: Perform }>
}

/** Values of one call of a command. */
export interface Call {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, string | true>>
}

export interface Parsed {
  readonly command: Command
  readonly call: Call
  readonly help: boolean
  readonly version: boolean
  /** Help was asked for a word that only begins commands: the command is the first of them. */
  readonly noun?: string
}

/** Finds the command by its leading words, then reads options and arguments. Anything unknown is refused. */
export function parse(argv: readonly string[], table: readonly Command[], everywhere: readonly Option[]): Parsed {
  const known = [...everywhere, ...table.flatMap((command) => command.options ?? [])]
  const { words, given } = read(argv, known)
  const noun = given.some(({ name }) => name === 'help') ? nounOf(words, table) : undefined
  const command = noun === undefined ? find(words, table) : noun.first
  const allowed = [...(command.options ?? []), ...everywhere]
  const options: Record<string, string | true> = {}
  for (const { name, raw, value } of given) {
    const option = allowed.find((each) => each.name === name)
    if (option === undefined) throw unknownOption(raw, command, allowed)
    options[name] = givenValue(option, value)
  }
  const args = words.slice(command.name === '' ? 0 : command.name.split(' ').length)
  const help = options.help === true
  if (!help && options.version !== true) checkArguments(command, args)
  const call = { args, options }
  return { command, call, help, version: options.version === true, ...(noun ? { noun: noun.word } : {}) }
}

interface Given {
  readonly name: string
  readonly raw: string
  readonly value: string | undefined
}

function read(argv: readonly string[], known: readonly Option[]): { words: string[]; given: Given[] } {
  const config = Object.fromEntries(
    known.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short ? { short } : {}) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const words: string[] = []
  const given: Given[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind === 'option') given.push({ name: token.name, raw: token.rawName, value: token.value })
  }
  return { words, given }
}

/** `daybook store --help`: no command, but a word that begins some. */
function nounOf(
  words: readonly string[],
  table: readonly Command[],
): { readonly word: string; readonly first: Command } | undefined {
  const [word, ...more] = words
  if (word === undefined || more.length > 0 || table.some(({ name }) => name === word)) return undefined
  const first = table.find(({ name }) => name.startsWith(`${word} `))
  return first && { word, first }
}

function find(words: readonly string[], table: readonly Command[]): Command {
  const fits = table.filter(({ name }) => name !== '' && name.split(' ').every((word, at) => words[at] === word))
  const best = fits.toSorted((a, b) => b.name.length - a.name.length)[0]
  const bare = table.find(({ name }) => name === '')
  if (best !== undefined) return best
  if (words.length === 0 && bare !== undefined) return bare
  const noun = table.filter(({ name }) => name.startsWith(`${words[0]} `))
  if (noun.length > 0) {
    const verbs = noun.map(({ name }) => name.split(' ')[1]).join(', ')
    const asked = words[1] === undefined ? `daybook ${words[0]} needs a verb` : `${words[0]} has no ${words[1]}`
    throw misuse(asked, `daybook ${noun[0]?.name}`, `It has: ${verbs}.`)
  }
  const near = nearest(
    words[0] ?? '',
    table.map(({ name }) => name.split(' ')[0] ?? ''),
  )
  const shown = /^\S{4,}$/.test(words[0] ?? '') ? `   or, if it is a session: daybook show ${words[0]}` : ''
  throw misuse(
    `there is no command ${words[0]}`,
    near === undefined ? `daybook --help${shown}` : `daybook ${near}`,
    near === undefined ? undefined : `Nearest: ${near}.`,
  )
}

function givenValue(option: Option, value: string | undefined): string | true {
  if (option.value === undefined) {
    if (value !== undefined) throw misuse(`--${option.name} takes no value`)
    return true
  }
  if (value === undefined || value === '') throw misuse(`--${option.name} needs a value: ${option.value}`)
  checkChoice(`--${option.name}`, value, option)
  return value
}

function checkChoice(title: string, value: string, { choices }: Values): void {
  if (choices === undefined || choices.includes(value)) return
  const near = nearest(value, choices)
  const why = `There are: ${choices.join(', ')}.`
  throw misuse(`${title} is not ${value}`, near === undefined ? undefined : `${title} ${near}`, why)
}

function unknownOption(raw: string, command: Command, allowed: readonly Option[]): Error {
  const near = nearest(
    raw.replace(/^-+/, ''),
    allowed.map(({ name }) => name),
  )
  const title = `daybook ${command.name}`.trim()
  const why = near === undefined ? undefined : `Nearest: --${near}.`
  return misuse(`${title} has no option ${raw}`, `${title} --help`, why)
}

function checkArguments(command: Command, args: readonly string[]): void {
  const declared = command.arguments ?? []
  const title = `daybook ${command.name}`.trim()
  const least = declared.filter(({ optional }) => !optional).length
  if (args.length < least) {
    const missing = declared.filter(({ optional }) => !optional)[args.length]
    throw misuse(`${title} needs ${missing?.name}`, `${title} --help`, missing?.help)
  }
  const most = declared.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : declared.length
  if (args.length > most) throw misuse(`${title} does not take ${args[most]}`, `${title} --help`)
  for (const [at, argument] of declared.entries()) {
    const given = args[at]
    if (given !== undefined) checkChoice(`${title} <${argument.name}>`, given, argument)
  }
}

/** The known word that differs least, if it is near enough to be a slip of the fingers. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .filter((each) => each !== '')
    .map((each) => ({ each, far: distance(word.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best !== undefined && best.far <= Math.max(1, Math.floor(word.length / 3)) ? best.each : undefined
}

/** Levenshtein's distance, two neighbouring letters that changed places counted as one. */
export function distance(a: string, b: string): number {
  let older: number[] = []
  let before = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + same)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, (older[j - 2] ?? 0) + 1)
      row.push(least)
    }
    older = before
    before = row
  }
  return before[b.length] ?? 0
}
