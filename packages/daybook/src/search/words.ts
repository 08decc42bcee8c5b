// Splits text into the words of the index, each with its place in the text, and finds the names of code among them.

import { plainForm, scriptOf } from '../text/fold.ts'
import { stemOf } from '../text/stems.ts'
import { apart, asciiWordEnd, classAt, isBeginner, isJoiner, spaceless, unitsAt } from './letters.ts'

/** What is known of a word, however often it is met. */
export interface Known {
  /** As it is compared; empty for what folds to nothing. */
  readonly plain: string
  /** The word itself where its language has no stems. */
  readonly stem: string
  /** All that it is known by beside itself: its stem, and its parts with theirs; null where there is nothing. */
  readonly forms: readonly string[] | null
  /** The parts that people write together, as plain forms: `getUserToken`, `sha256`; none of a simple word. */
  readonly parts: readonly string[]
  /** Two signs of a script without spaces, or the last one of them. */
  readonly isPair: boolean
}

/** Longer words are noise (keys, encoded bytes); they are known by their beginning. */
const longestWord = 64
/** Words repeat: what is known of the last so many is kept, and of those before them while they are met again. */
const most = 50_000
let young = new Map<string, Known>()
let old = new Map<string, Known>()

export function knownOf(written: string): Known {
  const before = young.get(written)
  if (before !== undefined) return before
  const known = old.get(written) ?? made(written)
  if (written.length > longestWord) return known
  if (young.size >= most) {
    old = young
    young = new Map()
  }
  young.set(written, known)
  return known
}

function made(written: string): Known {
  const plain = plainForm(written.slice(0, longestWord)).replace(/[^\p{L}\p{M}\p{N}]/gu, '')
  const isPair = plain !== '' && classAt(plain, 0) === spaceless
  const stem = isPair ? plain : stemOf(plain, scriptOf(plain))
  const parts = isPair ? [] : partsOf(written)
  const forms = [...(stem === plain ? [] : [stem]), ...parts.flatMap((part) => [part, stemOfWord(part)])]
  return { plain, stem, forms: forms.length > 0 ? forms : null, parts, isPair }
}

function partsOf(written: string): readonly string[] {
  if (!/.\p{Lu}|\p{N}\p{L}|\p{L}\p{N}/u.test(written)) return []
  const parts = written.slice(0, longestWord).match(/\p{N}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+/gu) ?? []
  return parts.length < 2 ? [] : parts.map((part) => knownOf(part).plain).filter((part) => part !== '')
}

/** The stem of a plain form, or the form itself where its language has none. */
export function stemOfWord(plain: string): string {
  return knownOf(plain).stem
}

/** Whether a plain word is one of a script without spaces. */
export function isPair(plain: string): boolean {
  return plain !== '' && classAt(plain, 0) === spaceless
}

/**
 * Called with what is known of a word and where it stands, in UTF-16 units. `rest`: the last sign of a run without spaces, alone,
 * so that it is found by itself too.
 */
export type Visit = (word: Known, start: number, end: number, rest: boolean) => void

/** Visits every word in order. */
export function eachWord(text: string, visit: Visit): void {
  const { length } = text
  for (let at = 0; at < length; ) {
    const kind = classAt(text, at)
    if (kind === apart) {
      at += unitsAt(text, at)
      continue
    }
    const start = at
    at = kind === spaceless ? -1 : asciiWordEnd(text, start)
    if (at < 0) at = runEnd(text, start, kind)
    if (kind === spaceless) pairs(text, start, at, visit)
    else {
      const word = knownOf(text.slice(start, at))
      if (word.plain !== '') visit(word, start, at, false)
    }
  }
}

function runEnd(text: string, start: number, kind: number): number {
  let at = start
  do at += unitsAt(text, at)
  while (at < text.length && classAt(text, at) === kind)
  return at
}

function pairs(text: string, start: number, end: number, visit: Visit): void {
  for (let at = start; at < end; ) {
    const next = at + unitsAt(text, at)
    const last = next >= end
    const stop = last ? next : next + unitsAt(text, next)
    const word = knownOf(text.slice(at, stop))
    // A run of one sign has no pair.
    if (word.plain !== '') visit(word, at, stop, last && at > start)
    at = next
  }
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
  add(word: Known, start: number, end: number): void {
    const text = this.#text
    const simple = word.parts.length === 0 && !this.#all
    if (simple && !isJoiner(text.charCodeAt(end)) && !isJoiner(text.charCodeAt(start - 1))) return
    this.#put(word, start, end)
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
  eachWord(text, (word, start, end) => names.add(word, start, end))
  names.end()
  return found
}

const ascii = /^[\x00-\x7f]*$/

export function plainIdentifier(written: string): string {
  return plainForm(written).replace(/[^\p{L}\p{M}\p{N}_$@#./\\:-]/gu, '')
}

/** Overlapping threes of characters. */
export function gramsOf(plain: string): string[] {
  if (ascii.test(plain))
    return Array.from({ length: Math.max(0, plain.length - 2) }, (_, at) => plain.slice(at, at + 3))
  const signs = [...plain]
  return signs.slice(2).map((sign, at) => `${signs[at]}${signs[at + 1]}${sign}`)
}

/** Spans of Markdown that are set as code. */
export function codeIn(text: string): string[] {
  if (!text.includes('`')) return []
  return [...text.matchAll(/```[\s\S]*?(?:```|$)|`[^`\n]+`/g)].map(([span]) => span)
}
