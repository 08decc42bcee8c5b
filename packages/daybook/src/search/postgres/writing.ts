// Writes a folded part of the feed into the tables of an index, inside the transaction that also moves the cursor.

import { kinds } from '../../schema/kinds.ts'
import type { Batch } from '../contract.ts'
import type { SessionRow } from '../feed-items.ts'
import type { Ask } from './database.ts'
import { placeNumbers } from './ddl.ts'
import { arrayOf, exact } from './exact.ts'
import type { Folded } from './taking.ts'
import type { Extent } from './weighing.ts'

interface Known {
  sid: number
  readonly tenant: string
  readonly id: string
  readonly isNew: boolean
  top: number
  gone: boolean
  row: SessionRow | null
}

interface Pending {
  readonly session: Known
  readonly folded: Folded
}

/** What changes in how much the index holds. */
export async function takeIn(ask: Ask, batch: Batch, folded: readonly Folded[]): Promise<Extent> {
  const plan = new Plan(await knownSessions(ask, batch))
  for (const each of folded) plan.take(each)
  for (const row of batch.sessions) plan.label(row)
  await writeSessions(ask, plan.sessions)
  const removed = await removeErased(ask, plan.erased)
  const added = await insertEntries(ask, plan.pending)
  return { entries: added.entries - removed.entries, tokens: added.tokens - removed.tokens }
}

function nameOf({ tenant, session }: { readonly tenant: string; readonly session: string }): string {
  return `${tenant}\u0000${session}`
}

/** What a part of the feed comes to, entry by entry. */
class Plan {
  readonly sessions: Known[] = []
  readonly erased: { readonly session: Known; readonly seq: number }[] = []
  readonly #known: Map<string, Known>
  readonly #pending = new Map<string, Pending>()

  constructor(known: Map<string, Known>) {
    this.#known = known
    this.sessions.push(...known.values())
  }

  get pending(): readonly Pending[] {
    return [...this.#pending.values()].filter(({ session }) => !session.gone)
  }

  take(folded: Folded): void {
    const { entry, row, erased } = folded
    const session = this.#session(folded)
    for (const seq of erased) {
      if (!this.#pending.delete(this.#place(session, seq))) this.erased.push({ session, seq })
    }
    if (row !== null) this.#pending.set(this.#place(session, entry.seq), { session, folded })
    session.top = entry.seq
  }

  label(row: SessionRow): void {
    const session = this.#known.get(nameOf(row))
    if (!session) return
    if (row.place === 'deleted') session.gone = true
    else session.row = row
  }

  /** A seq that was passed already begins another session: the one before left with its tombstone, and was not seen leaving. */
  #session({ entry }: Folded): Known {
    const name = nameOf(entry)
    const before = this.#known.get(name)
    if (before && !before.gone && entry.seq > before.top) return before
    if (before) before.gone = true
    const made: Known = {
      sid: 0,
      tenant: exact(entry.tenant),
      id: exact(entry.session),
      isNew: true,
      top: 0,
      gone: false,
      row: null,
    }
    this.#known.set(name, made)
    this.sessions.push(made)
    return made
  }

  #place(session: Known, seq: number): string {
    return `${this.sessions.indexOf(session)}@${seq}`
  }
}

const knownSql = `SELECT k.n, s.sid, s.top FROM json_to_recordset($1::text::json) AS k(n int, t text, i text)
  JOIN index.sessions AS s ON s.tenant = k.t AND s.id = k.i AND NOT s.gone`

async function knownSessions(ask: Ask, { entries }: Batch): Promise<Map<string, Known>> {
  const named = [...new Map(entries.map((entry) => [nameOf(entry), entry])).values()]
  const asked = named.map(({ tenant, session }, n) => ({ n, t: exact(tenant), i: exact(session) }))
  const rows = asked.length === 0 ? [] : await ask(knownSql, [JSON.stringify(asked)])
  return new Map(
    (rows as unknown as (readonly [number, number, number])[]).flatMap(([n, sid, top]) => {
      const [of, key] = [named[n], asked[n]]
      if (!of || !key) return []
      return [[nameOf(of), { sid, tenant: key.t, id: key.i, isNew: false, top, gone: false, row: null }] as const]
    }),
  )
}

const sidsSql = `SELECT nextval(pg_get_serial_sequence('index.sessions', 'sid')) FROM generate_series(1, $1::int)`
const passSql = `UPDATE index.sessions AS s SET top = k.top, gone = k.gone,
    place = CASE WHEN k.gone THEN ${placeNumbers.deleted} ELSE s.place END
  FROM json_to_recordset($1::text::json) AS k(sid bigint, top bigint, gone boolean) WHERE s.sid = k.sid`
/** Hidden until its head says whose it is. */
const openSql = `INSERT INTO index.sessions(sid, tenant, id, gone, place, owner, readers, current_agent, top)
  SELECT sid, tenant, id, gone, ${placeNumbers.deleted}, '', '{}', '', top
  FROM json_to_recordset($1::text::json) AS k(sid bigint, tenant text, id text, gone boolean, top bigint)`
const labelSql = `UPDATE index.sessions AS s SET place = k.place, owner = k.owner, readers = k.readers::text[], agent = k.agent,
    current_agent = k.current, user_label = k.label, branch = k.branch, repository = k.repository
  FROM json_to_recordset($1::text::json) AS k(sid bigint, place smallint, owner text, readers text, agent text, current text,
    label text, branch text, repository text) WHERE s.sid = k.sid`
/** A session of that id which is too short for it was made later than the fork. */
const linkSql = `UPDATE index.sessions AS s SET base = b.sid, base_seq = k.seq
  FROM json_to_recordset($1::text::json) AS k(sid bigint, tenant text, id text, seq bigint)
  JOIN index.sessions AS b ON b.tenant = k.tenant AND b.id = k.id AND NOT b.gone AND b.top >= k.seq WHERE s.sid = k.sid`

async function writeSessions(ask: Ask, sessions: readonly Known[]): Promise<void> {
  const made = sessions.filter(({ isNew }) => isNew)
  if (made.length > 0) {
    const sids = await ask(sidsSql, [made.length])
    for (const [at, session] of made.entries()) session.sid = Number(sids[at]?.[0])
  }
  const write = (sql: string, rows: readonly object[]) => (rows.length === 0 ? null : ask(sql, [JSON.stringify(rows)]))
  await write(
    passSql,
    sessions.filter(({ isNew }) => !isNew).map(({ sid, top, gone }) => ({ sid, top, gone })),
  )
  await write(
    openSql,
    made.map(({ sid, tenant, id, gone, top }) => ({ sid, tenant, id, gone, top })),
  )
  await write(
    labelSql,
    sessions.flatMap(({ sid, gone, row }) => (row === null || gone ? [] : [labelsOf(sid, row)])),
  )
  await write(
    linkSql,
    made.flatMap(({ sid, gone, row }) => {
      if (gone || !row?.base) return []
      return [{ sid, tenant: exact(row.tenant), id: exact(row.base.session), seq: row.base.seq }]
    }),
  )
}

function labelsOf(sid: number, { place, owner, readers, agent, currentAgent, user, branch, repository }: SessionRow) {
  const text = (value: string | null): string | null => (value === null ? null : exact(value))
  return {
    sid,
    place: placeNumbers[place],
    owner: exact(owner),
    readers: arrayOf([...new Set(readers)].sort()),
    agent: text(agent),
    current: exact(currentAgent),
    label: text(user),
    branch: text(branch),
    repository: text(repository),
  }
}

const eraseSql = `WITH erased AS (
    DELETE FROM index.entries AS e USING json_to_recordset($1::text::json) AS k(sid bigint, seq bigint)
    WHERE e.sid = k.sid AND e.seq = k.seq RETURNING e.tokens)
  SELECT count(*), coalesce(sum(tokens), 0)::bigint FROM erased`

async function removeErased(ask: Ask, erased: Plan['erased']): Promise<Extent> {
  if (erased.length === 0) return { entries: 0, tokens: 0 }
  const [row] = await ask(eraseSql, [JSON.stringify(erased.map(({ session, seq }) => ({ sid: session.sid, seq })))])
  return { entries: Number(row?.[0]), tokens: Number(row?.[1]) }
}

const insertSql = `INSERT INTO index.entries(sid, seq, kind, at, weight, tokens, found, words, names, files)
  SELECT sid, seq, kind, at, weight, tokens, found::tsvector, words, names, files FROM json_to_recordset($1::text::json) AS k(
    n int, sid bigint, seq bigint, kind smallint, at bigint, weight smallint, tokens int, found text, words text, names text,
    files text) ORDER BY n`

async function insertEntries(ask: Ask, pending: readonly Pending[]): Promise<Extent> {
  const rows = pending.flatMap(({ session, folded: { entry, row } }, n) => {
    if (row === null) return []
    return [{ n, sid: session.sid, seq: entry.seq, kind: kinds[entry.kind].number, at: entry.at, ...row }]
  })
  if (rows.length > 0) await ask(insertSql, [JSON.stringify(rows)])
  return { entries: rows.length, tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0) }
}
