// Cuts out of an entry's texts the piece that shows best why it was found, with the places of what was looked for.

import { type Known, stemOfWord } from './known.ts'
import type { Level, Term, Wanted } from './query.ts'
import type { Passage } from './texts.ts'
import { eachWord, identifiersOf } from './words.ts'

/** Part of a text, in UTF-16 units of the whole text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Snippet {
  /** Where the text stands in the entry's data. */
  readonly field: string
  readonly text: string
  /** Where `text` begins in the whole text of the field. */
  readonly start: number
  /** Length of the whole text. */
  readonly length: number
  /** What was found, at its places in the whole text of the field; none where only a filter asked. */
  readonly marks: readonly Span[]
}

/** Characters of a snippet, about. */
const length = 160
/** Characters of one text that are looked through; what is found further on is shown by the beginning. */
const looked = 200_000
const mostMarks = 500

interface Mark extends Span {
  readonly term: number
}

export function snippetOf(passages: readonly Passage[], wanted: Wanted | null, level: Level): Snippet | null {
  let best: { readonly passage: Passage; readonly marks: readonly Mark[]; readonly value: number } | null = null
  for (const passage of passages) {
    const marks = wanted === null ? [] : marksIn(passage, wanted, level)
    const value = new Set(marks.map(({ term }) => term)).size
    if (best === null || value > best.value) best = { passage, marks, value }
    if (wanted !== null && value === wanted.terms.length) break
  }
  return best === null ? null : cut(best.passage, best.marks)
}

interface Seen extends Span, Known {}

function marksIn({ text: whole, code }: Passage, { terms }: Wanted, level: Level): Mark[] {
  const text = whole.slice(0, looked)
  const words: Seen[] = []
  eachWord(text, (word, start, end) => words.push({ ...word, start, end }))
  const at = new Map<string, number[]>()
  for (const [index, { plain }] of words.entries()) {
    const places = at.get(plain)
    if (places) places.push(index)
    else at.set(plain, [index])
  }
  const marks = terms.flatMap((term, index) => {
    const spans = [
      ...inOrder(term, words, at),
      ...forms(term, words, level),
      ...named(term, text, code === true, level),
    ]
    return spans.map(({ start, end }) => ({ term: index, start, end }))
  })
  return marks.sort((a, b) => a.start - b.start || b.end - a.end).slice(0, mostMarks)
}

/** Where the words of a term stand next to each other. */
function inOrder({ words: wanted }: Term, words: readonly Seen[], at: ReadonlyMap<string, readonly number[]>): Span[] {
  const [first] = wanted
  if (first === undefined) return []
  return (at.get(first) ?? []).flatMap((index) => {
    if (!wanted.every((plain, step) => words[index + step]?.plain === plain)) return []
    const last = words[index + wanted.length - 1]
    const start = words[index]?.start
    return last === undefined || start === undefined ? [] : [{ start, end: last.end }]
  })
}

/** Other forms of a word, and where it begins or is part of a name. */
function forms({ kind, words: wanted, stems }: Term, words: readonly Seen[], level: Level): Span[] {
  const apart = wanted.length > 1
  if (kind === 'phrase' || wanted.length === 0 || (apart && level === 'all')) return []
  const known = new Set([...wanted, ...stems])
  const starts =
    kind === 'beginning' || (level !== 'all' && !apart) ? [...known].filter((each) => each.length >= 2) : []
  const single = kind === 'beginning' && wanted[0] !== undefined ? wanted[0] : null
  const has = (word: string): boolean => known.has(word) || known.has(stemOfWord(word))
  return words.flatMap(({ plain, stem, parts, isPair, start, end }) => {
    if (apart) return known.has(plain) || (!isPair && known.has(stem)) ? [{ start, end }] : []
    if (single !== null && isPair) return plain.startsWith(single) ? [{ start, end: start + single.length }] : []
    const fits = known.has(plain) || known.has(stem) || starts.some((each) => plain.startsWith(each)) || parts.some(has)
    return fits ? [{ start, end }] : []
  })
}

/** Where a name of code holds what is looked for. */
function named({ kind, name, isName }: Term, text: string, code: boolean, level: Level): Span[] {
  if (name === null || kind === 'phrase' || !(isName || level !== 'all')) return []
  const all = code || text.includes('`')
  return identifiersOf(text, all).flatMap(({ plain, start, end }) => {
    const at = plain.indexOf(name)
    if (at < 0) return []
    // Where folding changed its length the whole name is marked.
    return plain.length === end - start ? [{ start: start + at, end: start + at + name.length }] : [{ start, end }]
  })
}

function cut({ field, text }: Passage, marks: readonly Mark[]): Snippet {
  const from = bestStart(marks)
  const anchor = marks[from]
  const wide = anchor === undefined ? 0 : Math.max(0, anchor.start - Math.floor(length / 3))
  const start = wide === 0 ? 0 : atGap(text, wide, anchor?.start ?? wide)
  const end = text.length - start <= length * 1.2 ? text.length : atGapBefore(text, start + length, anchor?.end ?? 0)
  return {
    field,
    text: text.slice(start, end),
    start,
    length: text.length,
    marks: joined(marks.filter((mark) => mark.start >= start && mark.end <= end)),
  }
}

/** The mark from which a snippet holds the most of what was looked for. */
function bestStart(marks: readonly Mark[]): number {
  let best = 0
  let most = 0
  for (const [index, mark] of marks.entries()) {
    const inside = new Set<number>()
    for (
      let next = index;
      next < marks.length && (marks[next]?.end ?? 0) <= mark.start + Math.floor((length * 2) / 3);
      next++
    ) {
      inside.add(marks[next]?.term ?? 0)
    }
    if (inside.size > most) {
      most = inside.size
      best = index
    }
  }
  return best
}

/** The first beginning of a word from `at` on, before `latest`; never inside a pair of surrogates. */
function atGap(text: string, at: number, latest: number): number {
  const gap = text.slice(at, latest).search(/\s\S/)
  return gap >= 0 ? at + gap + 1 : whole(text, at)
}

function atGapBefore(text: string, at: number, earliest: number): number {
  const piece = text.slice(Math.max(earliest, at - 24), at)
  const gap = piece.search(/\s\S*$/)
  return gap >= 0 ? at - piece.length + gap : whole(text, Math.max(at, earliest))
}

function whole(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at
}

/** Overlapping and touching marks as one. */
function joined(marks: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const { start, end } of marks) {
    const last = result.at(-1)
    if (last !== undefined && start <= last.end)
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, end) }
    else result.push({ start, end })
  }
  return result
}
