// Passages of what is not sent any more, looked up by what the person said last; the same for the same log, whatever else the index holds.

import type { Seq } from '../../../schema/ids.ts'
import { dataOf } from '../../../session/decode.ts'
import { termsOf } from '../../../session/summary/sentences.ts'
import type { Recall } from '../contract.ts'
import type { Caps } from './caps.ts'
import { isActive, type Looked } from './log.ts'
import type { Section } from './standing.ts'

/** Candidates of the index, passages at most, and words that are looked for. */
const candidates = 40
const passages = 5
const mostWords = 12

interface Found {
  readonly seq: Seq
  readonly by: string
  readonly text: string
  readonly terms: ReadonlySet<string>
}

export interface Recalled {
  readonly sections: readonly Section[]
  /** Why nothing, or not all, could be looked up; null where it was. */
  readonly lack: string | null
}

/** Of active entries before `before`. */
export async function recalledFor(
  looked: Looked,
  recall: Recall,
  asked: string,
  before: Seq,
  caps: Caps,
): Promise<Recalled> {
  const words = wordsOf(asked)
  if (words.length === 0) return { sections: [], lack: null }
  const { seqs, complete } = await recall(looked.session, { words: words.join(' '), before, limit: candidates })
  const wanted = new Set(termsOf(words.join(' ')))
  const found: Found[] = []
  for (const seq of seqs) {
    const one = seq < before && isActive(looked.spans, seq) ? await read(looked, seq, wanted) : null
    if (one) found.push(one)
  }
  return { sections: chosen(found, wanted, caps), lack: complete ? null : 'the search index is behind' }
}

/** The longest words first: they say most. Each once, in the order of their weight. */
export function wordsOf(text: string): readonly string[] {
  const words = new Map<string, string>()
  for (const word of text.slice(0, 4000).match(/[\p{L}\p{N}_][\p{L}\p{N}_.-]*/gu) ?? []) {
    const key = termsOf(word).join(' ')
    if (key !== '' && !words.has(key)) words.set(key, word.slice(0, 40))
  }
  return [...words.values()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, mostWords)
}

async function read({ session }: Looked, seq: Seq, wanted: ReadonlySet<string>): Promise<Found | null> {
  const [entry] = await session.stored({ after: seq - 1, until: seq })
  if (!entry) return null
  const said = entry.kind === 'message' ? dataOf(entry, 'message') : null
  const note = entry.kind === 'note' ? dataOf(entry, 'note') : null
  const text = said ? textOf(said) : (note?.text ?? '')
  const terms = new Set(termsOf(text).filter((term) => wanted.has(term)))
  if (terms.size === 0) return null
  return {
    seq,
    by: said ? (said.name ?? said.agent ?? said.role) : (note?.type ?? ''),
    text: text.toWellFormed(),
    terms,
  }
}

function textOf({ content, parts = [] }: { content: string; parts?: readonly { type: string }[] }): string {
  const results = parts.flatMap((part) => {
    if (part.type !== 'result') return []
    const { output } = part as { output?: unknown }
    return [typeof output === 'string' ? output : (JSON.stringify(output) ?? '')]
  })
  return [content, ...results].filter((text) => text.trim() !== '').join('\n')
}

/** Rare words count more; of equals the newer one. At least two words in common, where two were asked for. */
function chosen(found: readonly Found[], wanted: ReadonlySet<string>, caps: Caps): readonly Section[] {
  const spread = new Map<string, number>()
  for (const { terms } of found) for (const term of terms) spread.set(term, (spread.get(term) ?? 0) + 1)
  const scoreOf = ({ terms }: Found): number =>
    [...terms].reduce((sum, term) => sum + Math.log(1 + (found.length + 1) / (spread.get(term) ?? 1)), 0)
  const least = Math.min(2, wanted.size)
  const ranked = found
    .filter(({ terms }) => terms.size >= least)
    .map((one) => ({ one, score: scoreOf(one) }))
    .sort((a, b) => b.score - a.score || b.one.seq - a.one.seq)
  const sections: Section[] = []
  let left = caps.recalled
  for (const { one } of ranked) {
    const text = `- entry ${one.seq}, ${one.by}: ${passageOf(one, caps.passage)}`
    if (sections.length === passages || text.length > left) break
    left -= text.length
    const shared = [...one.terms].slice(0, 6).join(', ')
    sections.push({ text, from: one.seq, to: one.seq, why: `shares with what was asked: ${shared}` })
  }
  return sections.sort((a, b) => (a.from ?? 0) - (b.from ?? 0))
}

/** The piece of a text in which most of these words stand. */
export function passageAt(text: string, words: string, most: number): string {
  return passageOf({ text, terms: new Set(termsOf(words)) }, most)
}

function passageOf({ text, terms }: Pick<Found, 'text' | 'terms'>, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  let [best, score] = [0, -1]
  const step = Math.max(1, Math.floor(most / 4))
  // Of a very long result its beginning is looked through.
  for (let at = 0; at < Math.min(line.length, 200_000); at += step) {
    const here = new Set(termsOf(line.slice(at, at + most)).filter((term) => terms.has(term))).size
    if (here > score) [best, score] = [at, here]
    if (here === terms.size) break
  }
  const piece = line.slice(best, best + most - 4).toWellFormed()
  return `${best > 0 ? '… ' : ''}${piece.replaceAll('\uFFFD', '')} …`
}
