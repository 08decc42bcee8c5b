// Splits text into the words of the index, each with its place in the text, and finds the identifiers among them.

import { plainForm, scriptOf } from '../text/fold.ts'
import { stemOf } from '../text/stems.ts'

export interface Word {
  /** As it is compared. */
  readonly plain: string
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The last sign of a run without spaces, alone: only so that it is found by itself. */
  readonly rest?: true
}

/** Longer words are noise (keys, encoded bytes); they are known by their beginning. */
const longestWord = 64

/** Scripts without spaces are cut into overlapping pairs of signs, which no dictionary and no version of one can change. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u
const runs =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー])[\p{L}\p{M}\p{N}])+/gu
const letters = /[\p{L}\p{M}\p{N}]+/gu
const asciiRuns = /[A-Za-z0-9]+/g
const ascii = /^[\x00-\x7f]*$/

/** Calls `visit` with every word in order: its plain form, where it stands, and as it was written. */
export function eachWord(text: string, visit: (word: Word, written: string) => void): void {
  if (ascii.test(text)) {
    for (const { 0: written, index } of text.matchAll(asciiRuns)) {
      visit({ plain: plainWord(written), start: index, end: index + written.length }, written)
    }
    return
  }
  for (const { 0: run, index } of text.matchAll(letters)) {
    if (ascii.test(run) || !spaceless.test(run)) whole(run, index, visit)
    else {
      for (const part of run.matchAll(runs)) {
        if (spaceless.test(part[0])) pairs(part[0], index + part.index, visit)
        else whole(part[0], index + part.index, visit)
      }
    }
  }
}

function whole(written: string, start: number, visit: (word: Word, written: string) => void): void {
  const plain = plainWord(written)
  if (plain !== '') visit({ plain, start, end: start + written.length }, written)
}

function pairs(run: string, start: number, visit: (word: Word, written: string) => void): void {
  const signs = [...run]
  let at = start
  for (const [index, sign] of signs.entries()) {
    const next = signs[index + 1]
    const written = sign + (next ?? '')
    const plain = plainWord(written)
    const end = at + written.length
    // A run of one sign has no pair; of a longer run the last sign is found by itself too.
    if (plain !== '')
      visit(
        next === undefined && index > 0 ? { plain, start: at, end, rest: true } : { plain, start: at, end },
        written,
      )
    at += sign.length
  }
}

/** Whether a plain word is one of those pairs. */
export function isPair(plain: string): boolean {
  return !ascii.test(plain) && spaceless.test(plain)
}

/** Words repeat: their forms are kept, up to a bound. */
const most = 50_000
const plains = new Map<string, string>()
const stems = new Map<string, string>()

function kept(memory: Map<string, string>, key: string, make: (key: string) => string): string {
  const known = memory.get(key)
  if (known !== undefined) return known
  const made = make(key)
  if (memory.size >= most) memory.clear()
  if (key.length <= longestWord) memory.set(key, made)
  return made
}

function plainWord(written: string): string {
  return kept(plains, written, (each) => plainForm(each.slice(0, longestWord)).replace(/[^\p{L}\p{M}\p{N}]/gu, ''))
}

/** The stem of a plain form, or the form itself where its language has none. */
export function stemOfWord(plain: string): string {
  return kept(stems, plain, (each) => stemOf(each, scriptOf(each)))
}

/** The parts that people write together, as plain forms: `getUserToken`, `sha256`; none for a simple word. */
export function partsOf(written: string): readonly string[] {
  if (!/.\p{Lu}|\p{N}\p{L}|\p{L}\p{N}/u.test(written)) return []
  const parts = written.match(/\p{N}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{Lu}\p{N}]+/gu) ?? []
  return parts.length < 2 ? [] : parts.map(plainWord).filter((part) => part !== '')
}

export interface Identifier {
  readonly plain: string
  readonly start: number
  readonly end: number
}

/** What programs put names together from. */
const names = /[\p{L}\p{M}\p{N}_$@#./\\:-]{3,}/gu
const telling = /[\p{L}\p{N}][_$@#./\\:-]+[\p{L}\p{N}]|\p{Ll}\p{Lu}|\p{L}\p{N}|\p{N}\p{L}|\p{Lu}{2}\p{Ll}|[_$@#\\/]/u
const longestIdentifier = 512

/**
 * Names of code, paths, addresses, numbers of versions: found by any three characters in a row. In code (`all`) every
 * word of three characters is one.
 */
export function identifiersOf(text: string, all: boolean): Identifier[] {
  return [...text.matchAll(names)].flatMap(({ 0: found, index }) => {
    const written = found.slice(0, longestIdentifier).replace(/[.:-]+$/, '')
    if (written.length < 3 || !(all || telling.test(written))) return []
    const plain = plainIdentifier(written)
    return plain.length < 3 ? [] : [{ plain, start: index, end: index + written.length }]
  })
}

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
