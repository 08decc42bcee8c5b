// The one statement that finds entries: words, filters and rights together, so that nothing is filtered afterwards.

import { kinds } from '../../schema/kinds.ts'
import type { Scope } from '../../store/store.ts'
import { type IndexQuestion, type Matches, mostWeighed } from '../contract.ts'
import { gramsOf, plainIdentifier } from '../words.ts'
import type { Ask, Value } from './database.ts'
import { lastSearched } from './ddl.ts'
import { arrayOf, exact, written } from './exact.ts'
import { lexemeOf } from './lexemes.ts'
import { type Alternatives, alternativesOf, type Option, queryOf } from './match.ts'
import { bm25, type Counts, countsOf, type Extent, scored, scoredIn, scoredRows } from './weighing.ts'

/** Milliseconds in which half of what newness adds is lost. */
const halfLife = 30 * 24 * 3_600_000

const nothing: Matches = Object.freeze({ matches: [], total: 0, totalIs: 'exact' })

/** Numbers the values of a statement as its text is put together. */
class Values {
  readonly all: Value[] = []

  add(value: Value): string {
    this.all.push(value)
    return `$${this.all.length}`
  }
}

/**
 * Each entry stands in one session. The OFFSET makes the server look for the session of an entry that has the words, and never go
 * through sessions for their entries, whatever it believes to know about either.
 */
const ofOwn = (rights: string): string =>
  `CROSS JOIN LATERAL (SELECT * FROM index.sessions AS s WHERE s.sid = e.sid AND ${rights} OFFSET 0) AS s`
/** and is read in every fork of it: who looks into one session finds what it inherited, as an entry of that session. */
const ofLine = 'JOIN line ON line.sid = e.sid AND e.seq <= line.until JOIN index.sessions AS s ON s.sid = line.asked'
const lineOf = (tenant: string, id: string): string => `line(sid, until, asked) AS (
    SELECT sid, ${Number.MAX_SAFE_INTEGER}::bigint, sid FROM index.sessions WHERE tenant = ${tenant} AND id = ${id} AND NOT gone
    UNION ALL SELECT base.sid, least(line.until, fork.base_seq), line.asked
      FROM line JOIN index.sessions AS fork ON fork.sid = line.sid JOIN index.sessions AS base ON base.sid = fork.base
      WHERE NOT base.gone), `

export async function find(ask: Ask, question: IndexQuestion, extent: Extent): Promise<Matches> {
  const { wanted, level, scope, filters, now, offset, limit } = question
  const file = filters.file === undefined ? null : plainIdentifier(filters.file)
  const terms = wanted === null ? [] : alternativesOf(wanted, level)
  if (wanted === null ? file === null : terms.length === 0) return nothing
  const phrases = scoredIn(terms)
  const alternatives = level === 'some' && terms.length > 1
  const queries = [
    ...(phrases.length > 1 ? phrases.map(({ query }) => query) : []),
    ...(alternatives ? terms.map(queryOf) : []),
  ]
  const counts = await countsOf(ask, queries, mostWeighed)
  const asked = alternatives ? telling(terms, counts) : terms
  const values = new Values()
  const inOne = filters.session !== undefined
  const line = inOne ? lineOf(values.add(exact(scope.tenant)), values.add(exact(filters.session))) : ''
  const rows = scoredRows(values.add(scored(scoredIn(asked), counts, extent)))
  const base = wanted === null ? '1' : '0'
  const mean = `${values.add(Math.max(1, extent.tokens / Math.max(1, extent.entries)))}::float8`
  const age = `greatest(0, ${values.add(now)}::bigint - at)::float8 / ${halfLife}`
  const allowed = rights(scope, values).join(' AND ')
  const conditions = [
    ...(inOne ? [allowed] : []),
    wanted === null ? touches('e', file ?? '', values) : fits(asked, level, values),
    ...conditionsOf(question, wanted === null ? null : file, values),
  ]
  // The sum keeps the server from reading all entries from the newest on until enough of them fit. Setting a weight, which nothing
  // asks for, unpacks a vector once for all phrases.
  const text = `WITH RECURSIVE ${line}scored AS MATERIALIZED (SELECT * FROM ${rows}),
    fit AS (
      SELECT e.no, s.id, e.seq FROM index.entries AS e ${inOne ? ofLine : ofOwn(allowed)}
      WHERE ${conditions.join(' AND ')} ORDER BY e.no + 0 DESC LIMIT ${mostWeighed}),
    taken AS (
      SELECT fit.no, fit.id, fit.seq, e.at, e.weight, e.tokens, e.words, e.names, setweight(e.found, 'D') AS found
      FROM fit JOIN index.entries AS e USING (no) OFFSET 0)
    SELECT id, seq, score, count(*) OVER () FROM (
      SELECT no, id, seq, (${base} + ${bm25(mean)}) * weight * (1 + 1 / (1 + ${age})) AS score FROM taken OFFSET 0) AS weighed
    ORDER BY score DESC, no DESC LIMIT ${values.add(limit)} OFFSET ${values.add(offset)}`
  const found = (await ask(text, values.all)) as unknown as Row[]
  const total = found[0]?.[3] ?? 0
  return {
    matches: found.map(([id, seq, score]) => ({ session: written(id), seq, score })),
    total,
    totalIs: total < mostWeighed && (found.length > 0 || offset === 0) ? 'exact' : 'at_least',
  }
}
type Row = readonly [id: string, seq: number, score: number, total: number]

/** Of alternatives, those that every other entry has tell nothing and would leave no room for the others. */
function telling(terms: readonly Alternatives[], counts: Counts): readonly Alternatives[] {
  const some = terms.filter((term) => (counts.get(queryOf(term)) ?? 0) < mostWeighed)
  return some.length > 0 ? some : terms
}

/** The index answers which words are there; only where their order counts the rows themselves are looked at. */
function fits(terms: readonly Alternatives[], level: IndexQuestion['level'], values: Values): string {
  const some = level === 'some'
  const whole = `e.found @@ ${values.add(terms.map(queryOf).join(some ? ' | ' : ' & '))}::tsquery`
  const ordered = (options: Alternatives): boolean => options.flat().some(({ piece }) => piece !== null)
  if (!terms.some(ordered)) return whole
  const checked = some ? terms : terms.filter(ordered)
  const checks = checked.map((options) => `(${options.map((option) => fitsOption(option, values)).join(' OR ')})`)
  return `${whole} AND (${checks.join(some ? ' OR ' : ' AND ')})`
}

function fitsOption(option: Option, values: Values): string {
  const pieces = option.flatMap(({ piece }) => piece ?? [])
  const rest = option.filter(({ piece }) => piece === null).map(({ query }) => query)
  const parts = pieces.map(({ column, text }) => `strpos(e.${column}, ${values.add(text)}) > 0`)
  if (rest.length > 0) parts.push(`e.found @@ ${values.add(rest.join(' & '))}::tsquery`)
  return `(${parts.join(' AND ')})`
}

function touches(entry: string, file: string, values: Values): string {
  const grams = [...new Set(gramsOf(file))].map((gram) => lexemeOf('files', gram)).join(' & ')
  return `${entry}.found @@ ${values.add(grams)}::tsquery AND strpos(${entry}.files, ${values.add(file)}) > 0`
}

/** Who asks sees sessions of the tenant that are theirs or that they read, in the open or archived. */
function rights({ tenant, subjects }: Scope, values: Values): string[] {
  const own = [`s.tenant = ${values.add(exact(tenant))}`, `s.place <= ${lastSearched}`]
  if (subjects === 'all') return own
  const names = `${values.add(arrayOf(subjects))}::text[]`
  return [...own, `(s.owner = ANY (${names}) OR s.readers && ${names})`]
}

function conditionsOf({ filters }: IndexQuestion, file: string | null, values: Values): string[] {
  const { agent, user, owner, repository, branch, session, kinds: names, since, until } = filters
  const found: string[] = []
  if (names !== undefined) {
    const numbers = names.map((name) => kinds[name].number)
    found.push(`e.kind = ANY (${values.add(`{${numbers.join(',')}}`)}::smallint[])`)
  }
  if (since !== undefined) found.push(`e.at >= ${values.add(since)}::bigint`)
  if (until !== undefined) found.push(`e.at < ${values.add(until)}::bigint`)
  if (owner !== undefined) found.push(`s.owner = ${values.add(exact(owner))}`)
  if (agent !== undefined) found.push(`${values.add(exact(agent))} IN (s.current_agent, s.agent)`)
  if (user !== undefined) found.push(`s.user_label = ${values.add(exact(user))}`)
  if (branch !== undefined) found.push(`s.branch = ${values.add(exact(branch))}`)
  if (repository !== undefined) found.push(`s.repository = ${values.add(exact(repository))}`)
  if (file !== null) {
    const touching =
      session === undefined
        ? 'SELECT t.sid FROM index.entries AS t WHERE'
        : 'SELECT line.asked FROM index.entries AS t JOIN line ON line.sid = t.sid AND t.seq <= line.until WHERE'
    found.push(`s.sid IN (${touching} ${touches('t', file, values)})`)
  }
  return found
}
