// The one statement that finds entries: words, filters and rights together, so that nothing is filtered afterwards.

import { kinds } from '../../schema/kinds.ts'
import type { Scope } from '../../store/store.ts'
import { type IndexQuestion, type Matches, mostWeighed } from '../contract.ts'
import { readFile, type Wanted } from '../query.ts'
import { lastSearched } from './ddl.ts'
import { exact } from './exact.ts'
import type { IndexFile } from './file.ts'
import { matchOf } from './match.ts'

type Value = string | number

interface Condition {
  readonly text: string
  readonly values: readonly Value[]
}

/** Words count most, then forms, then parts of names; paths only filter. */
const rank = 'bm25(found, 4.0, 2.0, 0.6, 0.0)'
/** Milliseconds in which half of what newness adds is lost. */
const halfLife = 30 * 24 * 3_600_000

const nothing: Matches = Object.freeze({ matches: [], total: 0, totalIs: 'exact' })

/** Each entry stands in one session, */
const ofOwn = 'sessions ON sessions.sid = entries.sid'
/** and is read in every fork of it: who looks into one session finds what it inherited, as an entry of that session. */
const ofLine = `line ON line.sid = entries.sid AND entries.seq <= line.until CROSS JOIN sessions ON sessions.sid = line.asked`
const lineOf = `WITH RECURSIVE line(sid, until, asked) AS (
    SELECT sid, ${Number.MAX_SAFE_INTEGER}, sid FROM sessions WHERE tenant = ? AND id = ? AND gone = 0
    UNION ALL SELECT base.sid, min(line.until, fork.base_seq), line.asked
      FROM line CROSS JOIN sessions AS fork ON fork.sid = line.sid CROSS JOIN sessions AS base ON base.sid = fork.base
      WHERE base.gone = 0)
  `

export function ask(file: IndexFile, question: IndexQuestion): Matches {
  const { scope, filters, now, offset, limit } = question
  const path = filters.file === undefined ? null : `files : "${readFile(filters.file).join(' ').replaceAll('"', '""')}"`
  const words = question.wanted === null ? null : wordsFor(file, question.wanted, question.level)
  const match = question.wanted === null ? path : words
  if (match === null) return nothing
  const inOne = filters.session !== undefined
  const conditions = [rights(scope), ...conditionsOf(question, words === null ? null : path)]
  const text = `${inOne ? lineOf : ''}SELECT id, seq, score, count(*) OVER () FROM (
      SELECT found.rowid AS no, sessions.id AS id, entries.seq AS seq,
        (? - ${rank}) * entries.weight * (1.0 + 1.0 / (1.0 + max(0, ? - entries.at) / ${halfLife}.0)) AS score
      FROM found CROSS JOIN entries ON entries.no = found.rowid CROSS JOIN ${inOne ? ofLine : ofOwn}
      WHERE found MATCH ? AND ${conditions.map((each) => each.text).join(' AND ')}
      ORDER BY found.rowid DESC LIMIT ${mostWeighed})
    ORDER BY score DESC, no DESC LIMIT ? OFFSET ?`
  const values = conditions.flatMap((each) => each.values)
  // Where only a path is asked for, newness alone decides.
  const base = words === null ? 1 : 0
  const line = filters.session === undefined ? [] : [exact(scope.tenant), filters.session]
  const rows = file.sql(text).all(...line, base, now, match, ...values, limit, offset) as unknown as Row[]
  const total = rows[0]?.[3] ?? 0
  return {
    matches: rows.map(([session, seq, score]) => ({ session, seq, score })),
    total,
    totalIs: total < mostWeighed && (rows.length > 0 || offset === 0) ? 'exact' : 'at_least',
  }
}
type Row = readonly [session: string, seq: number, score: number, total: number]

/** Of alternatives, those that every other entry has tell nothing and would leave no room for the others. */
function wordsFor(file: IndexFile, wanted: Wanted, level: IndexQuestion['level']): string | null {
  if (level !== 'some' || wanted.terms.length < 2) return matchOf(wanted, level)
  const telling = wanted.terms.filter((term) => {
    const match = matchOf({ terms: [term] }, level)
    return match !== null && countOf(file, match) < mostWeighed
  })
  return matchOf(telling.length > 0 ? { terms: telling } : wanted, level)
}

function countOf(file: IndexFile, match: string): number {
  const text = `SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ? LIMIT ${mostWeighed})`
  return Number((file.sql(text).get(match) as unknown as [number])[0])
}

/** Who asks sees sessions of the tenant that are theirs or that they read, in the open or archived. */
function rights({ tenant, subjects }: Scope): Condition {
  const own = `sessions.tenant = ? AND sessions.place <= ${lastSearched}`
  if (subjects === 'all') return { text: own, values: [exact(tenant)] }
  const marks = subjects.map(() => '?').join(', ')
  const names = subjects.map((each) => exact(each))
  return {
    text: `${own} AND (sessions.owner IN (${marks}) OR (sessions.readers > 0 AND EXISTS (
      SELECT 1 FROM readers WHERE readers.sid = sessions.sid AND subject IN (${marks}))))`,
    values: [exact(tenant), ...names, ...names],
  }
}

function conditionsOf({ filters }: IndexQuestion, path: string | null): Condition[] {
  const { agent, user, owner, repository, branch, session, kinds: names, since, until } = filters
  const touching =
    session === undefined
      ? 'touching.sid FROM found AS paths CROSS JOIN entries AS touching ON touching.no = paths.rowid'
      : `line.asked FROM found AS paths CROSS JOIN entries AS touching ON touching.no = paths.rowid
          CROSS JOIN line ON line.sid = touching.sid AND touching.seq <= line.until`
  const found: Condition[] = []
  const add = (text: string, ...values: readonly Value[]): void => {
    found.push({ text, values })
  }
  if (names !== undefined) {
    add(`entries.kind IN (${names.map(() => '?').join(', ')})`, ...names.map((name) => kinds[name].number))
  }
  if (since !== undefined) add('entries.at >= ?', since)
  if (until !== undefined) add('entries.at < ?', until)
  if (owner !== undefined) add('sessions.owner = ?', exact(owner))
  if (agent !== undefined) add('? IN (sessions.current_agent, sessions.agent)', exact(agent))
  if (user !== undefined) add('sessions.user = ?', exact(user))
  if (branch !== undefined) add('sessions.branch = ?', exact(branch))
  if (repository !== undefined) add('sessions.repository = ?', exact(repository))
  if (path !== null) {
    add(`sessions.sid IN (SELECT ${touching} WHERE paths.found MATCH ?)`, path)
  }
  return found
}
