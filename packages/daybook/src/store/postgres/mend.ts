// Kept counters and derived rows against the sessions themselves: what differs, and making it agree again.

import { facets, type Head } from '../../schema/heads.ts'
import type { Finding } from '../admin.ts'
import { labelsOf } from './labels.ts'
import type { Ask } from './line.ts'
import { everybody } from './text.ts'

/** Every list a living session belongs in: the tenant's, its owner's, each reader's. */
const wanted = `SELECT s.tenant, x.subject, s.place, s.last_pos, s.sid FROM daybook.sessions AS s
  CROSS JOIN LATERAL (SELECT '${everybody}'::text AS subject UNION SELECT s.owner UNION SELECT unnest(s.readers)) AS x
  WHERE s.place < 3 AND NOT s.system`
const present =
  'SELECT l.tenant, l.subject, l.place, d.last_pos, d.sid FROM daybook.listed AS d JOIN daybook.lists AS l USING (list)'

/** Of living sessions: the row's seq and hash are not those of an entry. */
const strayed = `s.gone_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM daybook.entries AS e WHERE e.sid = s.sid AND e.seq = s.seq AND e.hash = s.hash)`
const lastPosition = 'SELECT e.pos FROM daybook.entries AS e WHERE e.sid = s.sid AND e.seq = s.seq'
/** Of living sessions: the row's position is not that of its last entry. */
const misplaced = `s.gone_at IS NULL AND s.last_pos <> (${lastPosition})`
const listsOf = `coalesce((SELECT array_agg(d.list ORDER BY d.list) FROM daybook.listed AS d
  WHERE d.sid = s.sid), '{}') <> coalesce((SELECT array_agg(x ORDER BY x) FROM unnest(s.lists) AS x), '{}')`
const countedUp = `(SELECT count(*) FROM daybook.entries AS e WHERE e.pos <= c.pos)`
const whole = `(SELECT coalesce(sum(length(k.bytes)), 0) FROM daybook.chunks AS k WHERE k.blob = b.blob)`

const tables = ['entries', 'cells', 'refs', 'marks', 'blob_refs', 'snapshots', 'old_keys']

const questions: readonly (readonly [Finding['what'], string, string])[] = [
  ['index', 'sessions missing in a list', `SELECT count(*) FROM (${wanted} EXCEPT ${present}) AS x`],
  ['index', 'rows of lists without their session', `SELECT count(*) FROM (${present} EXCEPT ${wanted}) AS x`],
  ['index', 'sessions that name other lists', `SELECT count(*) FROM daybook.sessions AS s WHERE ${listsOf}`],
  [
    'counter',
    'lists with a wrong count',
    'SELECT count(*) FROM daybook.lists AS l WHERE n <> (SELECT count(*) FROM daybook.listed AS d WHERE d.list = l.list)',
  ],
  ['counter', 'difference in the count of entries', `SELECT abs(c.n - ${countedUp}) FROM daybook.counted AS c`],
  ['index', 'sessions whose row names no entry', `SELECT count(*) FROM daybook.sessions AS s WHERE ${strayed}`],
  [
    'index',
    'sessions at another position than their entry',
    `SELECT count(*) FROM daybook.sessions AS s WHERE ${misplaced}`,
  ],
  ['orphan', 'blobs without all of their bytes', `SELECT count(*) FROM daybook.blobs AS b WHERE b.size <> ${whole}`],
  ...tables.map(
    (table) =>
      [
        'orphan',
        `rows of ${table} without a session`,
        `SELECT count(*) FROM daybook.${table} AS t WHERE NOT EXISTS (SELECT 1 FROM daybook.sessions AS s WHERE s.sid = t.sid)`,
      ] as const,
  ),
]

export async function differences(ask: Ask): Promise<Finding[]> {
  const found: Finding[] = []
  const note = (what: Finding['what'], detail: string, n: number) => {
    if (n > 0) found.push({ what, detail: `${detail}: ${n}` })
  }
  note('index', 'sessions whose columns differ from their head', (await wrongColumns(ask)).length)
  for (const [what, detail, question] of questions) note(what, detail, Number((await ask(question))[0]?.[0]))
  return found
}

const columns = `SELECT sid, head, system, place, owner, readers::text, label, status, attention, due, refolds,
  array_to_json(ARRAY[${facets.map((name) => `"${name}"`).join(', ')}])::text
  FROM daybook.sessions WHERE sid > $1 ORDER BY sid LIMIT 1000`
type ColumnRow = readonly [
  sid: number,
  head: string,
  system: boolean,
  place: number,
  owner: string,
  readers: string | null,
  label: string,
  status: number | null,
  attention: number | null,
  due: number | null,
  refolds: number,
  facets: string,
]

/** Numbers of sessions with a column that differs. Heads that cannot be read are left to whoever verifies heads. */
async function wrongColumns(ask: Ask): Promise<number[]> {
  const wrong: number[] = []
  for (let last = 0; ; ) {
    const rows = (await ask(columns, [last])) as unknown as ColumnRow[]
    for (const row of rows) {
      const head = readable(row[1])
      if (head && differs(row, head)) wrong.push(row[0])
    }
    const end = rows.at(-1)?.[0]
    if (end === undefined) return wrong
    last = end
  }
}

export function readable(text: string): Head | null {
  try {
    return JSON.parse(text) as Head
  } catch {
    return null
  }
}

function differs(row: ColumnRow, head: Head): boolean {
  const [, , system, place, owner, readers, label, status, attention, due, refolds, own] = row
  if (head.place !== 'deleted' && refolds !== (head.refolds ?? 0)) return true
  const right = labelsOf(head, system)
  // The server writes the literal of an array in its own way.
  if (normal(readers) !== normal(right.readers)) return true
  const said = [place, owner, label, status, attention, due, own]
  const expected = [right.place, right.owner, right.label, right.status, right.attention, right.due]
  return JSON.stringify(said) !== JSON.stringify([...expected, JSON.stringify(right.facets)])
}

function normal(literal: string | null): string {
  return (literal ?? '').replaceAll('"', '')
}

const rewritten = `UPDATE daybook.sessions SET place = $2, owner = $3, readers = $4::text[], label = $5, status = $6,
  attention = $7, due = $8, refolds = $9, ${facets.map((name, at) => `"${name}" = $${at + 10}`).join(', ')} WHERE sid = $1`

/** Has the columns of a session say what its head says. */
async function rewrite(ask: Ask, sid: number): Promise<void> {
  const [row] = await ask('SELECT head, system FROM daybook.sessions WHERE sid = $1', [sid])
  const head = readable(String(row?.[0]))
  if (!head) return
  const { place, owner, readers, label, status, attention, due, facets: own } = labelsOf(head, row?.[1] === true)
  await ask(rewritten, [sid, place, owner, readers, label, status, attention, due, head.refolds ?? 0, ...own])
}

/** From the head, where that names an entry; where it does not either, something is missing, and stays visible. */
async function restray(ask: Ask): Promise<void> {
  const rows = await ask(`SELECT s.sid, s.head FROM daybook.sessions AS s WHERE ${strayed}`)
  for (const [sid, text] of rows as unknown as (readonly [number, string])[]) {
    const head = readable(text)
    if (!head) continue
    await ask(
      `UPDATE daybook.sessions SET seq = $2, hash = $3 WHERE sid = $1 AND EXISTS (
        SELECT 1 FROM daybook.entries AS e WHERE e.sid = $1 AND e.seq = $2 AND e.hash = $3)`,
      [sid, head.seq, head.hash],
    )
  }
}

/** Makes columns, lists and counters anew and drops rows without a session; answers what was wrong. Nobody writes meanwhile. */
export async function mend(ask: Ask): Promise<readonly Finding[]> {
  await ask('SELECT daybook.enter_code(0)')
  await ask('LOCK TABLE daybook.sessions IN EXCLUSIVE MODE')
  await ask('SELECT daybook.lock_code()')
  const found = await differences(ask)
  if (found.length === 0) return found
  for (const table of tables) {
    await ask(
      `DELETE FROM daybook.${table} AS t WHERE NOT EXISTS (SELECT 1 FROM daybook.sessions AS s WHERE s.sid = t.sid)`,
    )
  }
  await restray(ask)
  await ask(`UPDATE daybook.sessions AS s SET last_pos = (${lastPosition}) WHERE ${misplaced}`)
  for (const sid of await wrongColumns(ask)) await rewrite(ask, sid)
  await ask('DELETE FROM daybook.listed')
  await ask(`INSERT INTO daybook.lists(tenant, subject, place, n) SELECT DISTINCT x.tenant, x.subject, x.place, 0
    FROM (${wanted}) AS x ON CONFLICT DO NOTHING`)
  await ask(`INSERT INTO daybook.listed SELECT l.list, x.last_pos, x.sid FROM (${wanted}) AS x
    JOIN daybook.lists AS l ON l.tenant = x.tenant AND l.subject = x.subject AND l.place = x.place`)
  await ask('UPDATE daybook.lists AS l SET n = (SELECT count(*) FROM daybook.listed AS d WHERE d.list = l.list)')
  await ask(`UPDATE daybook.sessions AS s SET lists = coalesce((SELECT array_agg(d.list) FROM daybook.listed AS d
    WHERE d.sid = s.sid), '{}') WHERE ${listsOf}`)
  await ask(`UPDATE daybook.counted AS c SET n = ${countedUp}`)
  return found
}
