// What a part of the feed changes in an index: read into plain rows first, then written by a few statements of one transaction.

import { setImmediate } from 'node:timers/promises'
import type { Json } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import { upcast } from '../../schema/upcasters.ts'
import { columnsOf } from '../columns.ts'
import type { FeedEntry } from '../feed-items.ts'
import { textsOf } from '../texts.ts'
import { type Lexemes, lexemesOf } from './lexemes.ts'

export interface Folded {
  readonly entry: FeedEntry
  /** Null: it says nothing that somebody would look for. */
  readonly row: (Lexemes & { readonly weight: number }) | null
  /** What it erased in its session. */
  readonly erased: readonly number[]
}

/** Milliseconds of folding after which others of this thread have their turn. */
const turn = 5

/** Most of the work, before anything is locked. */
export async function foldAll(entries: readonly FeedEntry[]): Promise<readonly Folded[]> {
  const folded: Folded[] = []
  let begun = performance.now()
  for (const entry of entries) {
    folded.push(fold(entry))
    if (performance.now() - begun < turn) continue
    await setImmediate()
    begun = performance.now()
  }
  return folded
}

function fold(entry: FeedEntry): Folded {
  const data = dataOf(entry)
  const texts = textsOf(entry.kind, data)
  const { seqs = [] } = (entry.kind === 'entry.erased' ? (data ?? {}) : {}) as { readonly seqs?: readonly number[] }
  const row =
    texts.passages.length === 0 ? null : { ...lexemesOf(columnsOf(texts)), weight: Math.round(100 * texts.weight) }
  return { entry, row, erased: seqs }
}

/** What cannot be read is not found; checking the store tells of it. */
function dataOf({ kind, v, body }: FeedEntry): Json | null {
  if (body === null) return null
  let data: Json
  try {
    data = JSON.parse(body) as Json
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  return v < kinds[kind].version ? upcast(kind, v, data) : data
}
