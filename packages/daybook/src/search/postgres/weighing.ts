// What a phrase is worth: rare ones more than common ones, many of them more than one, and more in a short text than in a long one.

import type { Ask } from './database.ts'
import type { Alternatives, Phrase } from './match.ts'

/** Of a question with more phrases the first ones decide the order. */
const mostScored = 64
/** Words count most, then forms, then parts of names. */
const weights = { words: 4, forms: 2, names: 0.6 }

/** How much is in the index as a whole. */
export interface Extent {
  readonly entries: number
  readonly tokens: number
}

const countSql = (most: number): string => `SELECT
  (SELECT count(*) FROM (SELECT 1 FROM index.entries AS e WHERE e.found @@ asked.q::tsquery LIMIT ${most}) AS fitting)
  FROM json_array_elements_text($1::text::json) WITH ORDINALITY AS asked(q, n) ORDER BY n`

/** How many entries fit, up to `most`, by question. */
export type Counts = ReadonlyMap<string, number>

export async function countsOf(ask: Ask, queries: readonly string[], most: number): Promise<Counts> {
  const each = [...new Set(queries)]
  if (each.length === 0) return new Map()
  const rows = await ask(countSql(most), [JSON.stringify(each)])
  return new Map(each.map((query, at) => [query, Number(rows[at]?.[0] ?? 0)]))
}

/** The phrases by which the order is decided, each once. */
export function scoredIn(terms: readonly Alternatives[]): readonly Phrase[] {
  const phrases = terms.flat(2)
  return [...new Map(phrases.map((phrase) => [JSON.stringify(phrase), phrase])).values()].slice(0, mostScored)
}

/** Rows of {@link scoredRows}, as JSON. */
export function scored(phrases: readonly Phrase[], counts: Counts, extent: Extent): string {
  const rows = phrases.map(({ query, piece, counted, begins }) => ({
    w: counted?.words ?? null,
    f: counted?.forms ?? null,
    b: begins,
    pw: piece?.column === 'words' ? piece.text : null,
    pn: piece?.column === 'names' ? piece.text : null,
    // Of a single phrase all that fits has the same.
    idf: phrases.length === 1 ? 1 : rarity(counts.get(query) ?? 0, extent.entries),
  }))
  return JSON.stringify(rows)
}

/** As BM25 has it; what more than half of all entries have is worth next to nothing. */
function rarity(count: number, entries: number): number {
  return Math.max(Math.log((Math.max(entries, count) - count + 0.5) / (count + 0.5)), 1e-6)
}

export const scoredRows = (values: string): string =>
  `json_to_recordset(${values}::text::json) AS p(w tsquery, f tsquery, b boolean, pw text, pn text, idf float8)`

/**
 * How often a lexeme stands in the vector, about: its rank is the sum of 1/n² over its occurrences, as a share of the sum of all of
 * them, and what is missing of that sum behind n occurrences is about 1/(n + ½).
 */
const occurrences = (query: string): string =>
  `(0.608 / (1.0001 - ts_rank('{1,1,1,1}', found, ${query})::float8) - 0.608)`
const beginnings = (query: string): string => `ts_rank('{1,1,1,1}', found, ${query})::float8 / 0.608`
const pieces = (column: string, piece: string): string =>
  `(octet_length(${column}) - octet_length(replace(${column}, ${piece}, ' ')))::float8 / greatest(octet_length(${piece}) - 1, 1)`

const frequency = `CASE
    WHEN p.pw IS NOT NULL THEN ${weights.words} * ${pieces('words', 'p.pw')}
    WHEN p.pn IS NOT NULL THEN ${weights.names} * ${pieces('names', 'p.pn')}
    WHEN p.b THEN ${weights.words} * ${beginnings('p.w')} + ${weights.forms} * ${beginnings('p.f')}
    ELSE ${weights.words} * ${occurrences('p.w')} + CASE WHEN p.f IS NULL THEN 0 ELSE ${weights.forms} * ${occurrences('p.f')} END
  END`

/**
 * BM25 of a row with `found`, `words`, `names` and `tokens`, over the phrases of `scored`; `mean` is a text's usual length. Without the
 * OFFSET the server puts the frequency in twice, and counts twice.
 */
export const bm25 = (mean: string): string => `(SELECT coalesce(sum(
    p.idf * x.frequency * 2.2 / (x.frequency + 1.2 * (0.25 + 0.75 * tokens / ${mean}))), 0)
  FROM scored AS p CROSS JOIN LATERAL (SELECT greatest(0, ${frequency}) AS frequency OFFSET 0) AS x)`
