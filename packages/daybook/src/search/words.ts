// Splits text into the words of the index, each with its place in the text, and finds the names of code among them.

import { plainForm } from '../text/fold.ts'
import { type Known, knownAt, nothing } from './known.ts'
import {
  apart,
  classAt,
  giveBack,
  isBeginner,
  isJoiner,
  runEnd,
  spaceless,
  type Units,
  unitsAt,
  unitsOf,
} from './letters.ts'

/** Goes over a text word by word: what is known of each, and where it stands in UTF-16 units. */
export class Cutter {
  word: Known = nothing
  start = 0
  end = 0
  /** The last sign of a run without spaces, alone, so that it is found by itself too. */
  rest = false
  readonly #text: string
  readonly #units: Units
  /** Where looking goes on, and the run of signs without spaces that was met last. */
  #at = 0
  #runStart = 0
  #runEnd = 0

  constructor(text: string) {
    this.#text = text
    this.#units = unitsOf(text)
  }

  /** False behind the last word. */
  next(): boolean {
    for (;;) {
      if (this.#at < this.#runEnd ? this.#pair() : this.#seek()) {
        if (this.word.plain !== '') return true
      } else if (this.#at >= this.#text.length) {
        giveBack(this.#units)
        return false
      }
    }
  }

  /** The next word of letters; false where a run without spaces begins, or nothing is left. */
  #seek(): boolean {
    const units = this.#units
    const { length } = this.#text
    let at = this.#at
    while (at < length) {
      const kind = classAt(units, at)
      if (kind === apart) {
        at += unitsAt(units, at)
        continue
      }
      const end = runEnd(units, at, kind)
      if (kind === spaceless) {
        this.#at = at
        this.#runStart = at
        this.#runEnd = end
        return false
      }
      this.word = knownAt(this.#text, units, at, end)
      this.start = at
      this.end = end
      this.rest = false
      this.#at = end
      return true
    }
    this.#at = at
    return false
  }

  #pair(): boolean {
    const units = this.#units
    const start = this.#at
    const next = start + unitsAt(units, start)
    const last = next >= this.#runEnd
    const end = last ? next : next + unitsAt(units, next)
    // A run of one sign has no pair.
    this.rest = last && start > this.#runStart
    this.word = knownAt(this.#text, units, start, end)
    this.start = start
    this.end = end
    this.#at = next
    return true
  }

  /** Whether a sign that names of code are put together with stands right beside the word. */
  get joined(): boolean {
    return isJoiner(this.#units[this.end] ?? 0) || (this.start > 0 && isJoiner(this.#units[this.start - 1] ?? 0))
  }
}

/** Visits every word in order. */
export function eachWord(text: string, visit: (word: Known, start: number, end: number, rest: boolean) => void): void {
  const cutter = new Cutter(text)
  while (cutter.next()) visit(cutter.word, cutter.start, cutter.end, cutter.rest)
}

export interface Identifier {
  readonly plain: string
  readonly start: number
  readonly end: number
}

const longestIdentifier = 512
/** Signs between two words of one name, at most. */
const longestJoint = 3

/**
 * Puts words together to names of code, paths, addresses, numbers of versions, which are found by any three characters in a
 * row. In code (`all`) every word of three characters is one.
 */
export class Names {
  readonly #text: string
  readonly #all: boolean
  readonly #found: (name: Identifier) => void
  #start = -1
  #end = -1
  #telling = false

  constructor(text: string, all: boolean, found: (name: Identifier) => void) {
    this.#text = text
    this.#all = all
    this.#found = found
  }

  /** The next word of the text. One that stands alone is no part of a name, and most of them do. */
  add(cutter: Cutter): void {
    const { word } = cutter
    if (this.#all || word.parts.length > 0 || cutter.joined) this.#put(word, cutter.start, cutter.end)
  }

  #put(word: Known, start: number, end: number): void {
    if (word.isPair) {
      this.end()
      return
    }
    if (this.#start >= 0 && this.#joins(start)) this.#telling = true
    else {
      this.end()
      this.#start = start
      this.#telling = false
      while (this.#start > 0 && isBeginner(this.#text.charCodeAt(this.#start - 1))) {
        this.#start -= 1
        this.#telling = true
      }
    }
    this.#end = end
    this.#telling ||= word.parts.length > 0
  }

  /** No word follows. */
  end(): void {
    const start = this.#start
    this.#start = -1
    if (start < 0 || !(this.#telling || this.#all) || this.#end - start < 3) return
    const end = Math.min(this.#end, start + longestIdentifier)
    const plain = plainIdentifier(this.#text.slice(start, end))
    if (plain.length >= 3) this.#found({ plain, start, end })
  }

  #joins(start: number): boolean {
    const gap = start - this.#end
    if (gap < 1 || gap > longestJoint) return false
    for (let at = this.#end; at < start; at++) if (!isJoiner(this.#text.charCodeAt(at))) return false
    return true
  }
}

export function identifiersOf(text: string, all: boolean): Identifier[] {
  const found: Identifier[] = []
  const names = new Names(text, all, (name) => found.push(name))
  const cutter = new Cutter(text)
  while (cutter.next()) names.add(cutter)
  names.end()
  return found
}

const ascii = /^[\x00-\x7f]*$/

export function plainIdentifier(written: string): string {
  return plainForm(written).replace(/[^\p{L}\p{M}\p{N}_$@#./\\:-]/gu, '')
}

/** Overlapping threes of characters. */
export function gramsOf(plain: string): string[] {
  const grams: string[] = []
  if (ascii.test(plain)) {
    for (let at = 3; at <= plain.length; at++) grams.push(plain.slice(at - 3, at))
    return grams
  }
  const signs = [...plain]
  return signs.slice(2).map((sign, at) => `${signs[at]}${signs[at + 1]}${sign}`)
}

/** Spans of Markdown that are set as code. */
export function codeIn(text: string): string[] {
  if (!text.includes('`')) return []
  return [...text.matchAll(/```[\s\S]*?(?:```|$)|`[^`\n]+`/g)].map(([span]) => span)
}
