// What completion offers at each place of a command line, made from the one table; every shell's script is written from it.

import type { Command, Option, Values } from '../grammar.ts'

export interface Offer {
  readonly word: string
  /** Empty where the word says it all. */
  readonly help: string
}

/** What may stand somewhere: words, and things that only the machine knows. */
export interface Place {
  /**
   * The command so far and what is typed: `store|0` its first word, `show|0` its first argument, `show|-` an option,
   * `note|--type` the value of one. Options that stand everywhere belong to the empty command: `|-`, `|--store`.
   */
  readonly key: string
  readonly words: readonly Offer[]
  readonly sessions: boolean
  readonly files: boolean
}

export interface Offers {
  readonly places: readonly Place[]
  /** Commands and nouns: `show`, `store`, `store verify`. */
  readonly paths: readonly string[]
  /** Options that take the word behind them, with their dashes. */
  readonly valued: readonly string[]
  /** Those of them that say where the sessions are. */
  readonly locating: readonly string[]
  /** Commands whose last argument, at this number, takes all that is left. */
  readonly rests: readonly { readonly path: string; readonly at: number }[]
}

const locating = ['--server', '--store', '--config']

export function offersOf(table: readonly Command[], everywhere: readonly Option[]): Offers {
  const paths = [...new Set(table.flatMap(({ name }) => beginnings(name)))]
  const options = [...everywhere, ...table.flatMap((command) => command.options ?? [])]
  const places = [
    ...optionPlaces('', everywhere),
    ...['', ...paths].map((path) => firstWords(path, paths, table)),
    ...table.flatMap((command) => [...optionPlaces(command.name, command.options ?? []), ...argumentPlaces(command)]),
  ]
  return {
    places: places.filter(({ words, sessions, files }) => words.length > 0 || sessions || files),
    paths,
    valued: [...new Set(options.filter(({ value }) => value !== undefined).flatMap(spellings))],
    locating,
    rests: table.flatMap(({ name, arguments: args = [] }) =>
      args.at(-1)?.rest ? [{ path: name, at: args.length - 1 }] : [],
    ),
  }
}

/** `store verify` begins with `store` and is a whole itself. */
function beginnings(name: string): string[] {
  const words = name === '' ? [] : name.split(' ')
  return words.map((_, at) => words.slice(0, at + 1).join(' '))
}

/** The words that may follow a noun, or stand first. */
function firstWords(path: string, paths: readonly string[], table: readonly Command[]): Place {
  const below = paths.filter((each) => each.split(' ').slice(0, -1).join(' ') === path)
  const words = below.map((each) => ({ word: each.split(' ').at(-1) ?? '', help: helpOf(each, table) }))
  return { key: `${path}|0`, words, sessions: false, files: false }
}

/** A noun is explained by its verbs. */
function helpOf(path: string, table: readonly Command[]): string {
  const verbs = table.filter(({ name }) => name.startsWith(`${path} `)).map(({ name }) => name.slice(path.length + 1))
  return table.find(({ name }) => name === path)?.summary ?? verbs.join(', ')
}

function optionPlaces(path: string, options: readonly Option[]): Place[] {
  const words = options.map(({ name, help }) => ({ word: `--${name}`, help }))
  const values = options.filter(({ value }) => value !== undefined)
  return [
    { key: `${path}|-`, words, sessions: false, files: false },
    ...values.flatMap((option) => spellings(option).map((spelling) => valuePlace(`${path}|${spelling}`, option))),
  ]
}

function spellings({ name, short }: Option): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
}

function argumentPlaces({ name, arguments: args = [] }: Command): Place[] {
  return args.map((argument, at) => valuePlace(`${name}|${at}`, argument))
}

function valuePlace(key: string, { choices = [], takes = [] }: Values): Place {
  const words = choices.map((word) => ({ word, help: '' }))
  return { key, words, sessions: takes.includes('session'), files: takes.includes('file') }
}
