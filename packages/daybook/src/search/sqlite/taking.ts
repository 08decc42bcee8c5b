// Taking in parts of the feed, and taking out what was erased or deleted: text and words with it, down to the bytes.

import type { Json } from '../../schema/json.ts'
import { kinds } from '../../schema/kinds.ts'
import { upcast } from '../../schema/upcasters.ts'
import { columnsOf } from '../columns.ts'
import type { Batch } from '../contract.ts'
import type { FeedEntry, SessionRow } from '../feed-items.ts'
import { type EntryTexts, textsOf } from '../texts.ts'
import { placeNumbers } from './ddl.ts'
import { exact } from './exact.ts'
import type { IndexFile } from './file.ts'

interface Known {
  readonly sid: number
  top: number
  readonly from: number
}

/** True when texts were taken out. */
export function takeIn(file: IndexFile, { entries, sessions }: Batch): boolean {
  const known = new Map<string, Known>()
  let removed = false
  for (const entry of entries) {
    const session = sessionFor(file, known, entry)
    if (entry.kind === 'entry.erased') removed = erase(file, session.sid, entry) || removed
    insert(file, session.sid, entry)
    session.top = entry.seq
  }
  for (const { sid, top, from } of known.values()) {
    if (top > from) file.sql('UPDATE sessions SET top = ? WHERE sid = ?').run(top, sid)
  }
  for (const row of sessions) update(file, known.get(nameOf(row)), row)
  return removed
}

function nameOf({ tenant, session }: { readonly tenant: string; readonly session: string }): string {
  return `${tenant}\u0000${session}`
}

const findSession = 'SELECT sid, top FROM sessions WHERE tenant = ? AND id = ? AND gone = 0'
const insertSession = `INSERT INTO sessions(tenant, id, gone, place, owner, readers, current_agent, top)
  VALUES (?, ?, 0, ?, '', 0, '', 0)`

/** A seq that was passed already begins another session: the one before left with its tombstone, and was not seen leaving. */
function sessionFor(file: IndexFile, known: Map<string, Known>, entry: FeedEntry): Known {
  const name = nameOf(entry)
  const before = known.get(name) ?? stored(file, entry)
  if (before !== null && entry.seq > before.top) {
    known.set(name, before)
    return before
  }
  if (before !== null) dismiss(file, before.sid)
  // Hidden until its head says whose it is.
  const done = file.sql(insertSession).run(exact(entry.tenant), entry.session, placeNumbers.deleted)
  const made = { sid: Number(done.lastInsertRowid), top: 0, from: 0 }
  known.set(name, made)
  return made
}

function stored(file: IndexFile, { tenant, session }: FeedEntry): Known | null {
  const row = file.sql(findSession).get(exact(tenant), session) as unknown as [number, number] | undefined
  return row ? { sid: row[0], top: row[1], from: row[1] } : null
}

const updateSession = `UPDATE sessions SET place = ?, owner = ?, readers = ?, agent = ?, current_agent = ?, user = ?, branch = ?,
  repository = ? WHERE sid = ?`

/** A session of that id which is too short for it was made later than the fork. */
const linkBase = `UPDATE sessions SET (base, base_seq) =
  (SELECT base.sid, ?3 FROM sessions AS base WHERE base.tenant = ?1 AND base.id = ?2 AND base.gone = 0 AND base.top >= ?3)
  WHERE sid = ?4`

function update(file: IndexFile, session: Known | undefined, row: SessionRow): void {
  if (!session) return
  const { sid } = session
  if (row.place === 'deleted') {
    dismiss(file, sid)
    return
  }
  const text = (value: string | null): string | null => (value === null ? null : exact(value))
  const { agent, currentAgent, user, branch, repository, owner, readers } = row
  file
    .sql(updateSession)
    .run(
      placeNumbers[row.place],
      exact(owner),
      readers.length,
      text(agent),
      exact(currentAgent),
      text(user),
      text(branch),
      text(repository),
      sid,
    )
  if (session.from === 0 && row.base !== null) {
    file.sql(linkBase).run(exact(row.tenant), row.base.session, row.base.seq, sid)
  }
  file.sql('DELETE FROM readers WHERE sid = ?').run(sid)
  for (const reader of readers) file.sql('INSERT OR IGNORE INTO readers VALUES (?, ?)').run(sid, exact(reader))
}

/** No hit any more from now on; its texts are taken out by and by. */
function dismiss(file: IndexFile, sid: number): void {
  file.sql('DELETE FROM readers WHERE sid = ?').run(sid)
  file.sql(`UPDATE sessions SET gone = 1, place = ${placeNumbers.deleted} WHERE sid = ?`).run(sid)
}

const insertFound = 'INSERT INTO found(rowid, words, forms, grams, files) VALUES (?, ?, ?, ?, ?)'
const removeFound = "INSERT INTO found(found, rowid, words, forms, grams, files) VALUES ('delete', ?, ?, ?, ?, ?)"

function insert(file: IndexFile, sid: number, entry: FeedEntry): void {
  const texts = textsOf(entry.kind, dataOf(entry))
  if (texts.passages.length === 0) return
  const { passages, files } = texts
  const columns = columnsOf(texts)
  const { lastInsertRowid } = file
    .sql('INSERT INTO entries(sid, seq, kind, at, weight) VALUES (?, ?, ?, ?, ?)')
    .run(sid, entry.seq, kinds[entry.kind].number, entry.at, Math.round(100 * texts.weight))
  file.sql('INSERT INTO texts VALUES (?, ?)').run(lastInsertRowid, JSON.stringify({ passages, files }))
  const { words, forms, grams } = columns
  file.sql(insertFound).run(lastInsertRowid, words, forms, grams, columns.files)
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

function erase(file: IndexFile, sid: number, entry: FeedEntry): boolean {
  const { seqs = [] } = (dataOf(entry) ?? {}) as { readonly seqs?: readonly number[] }
  let removed = false
  for (const seq of seqs) {
    const row = file.sql('SELECT no FROM entries WHERE sid = ? AND seq = ?').get(sid, seq) as unknown as
      | [number]
      | undefined
    if (!row) continue
    remove(file, row[0])
    removed = true
  }
  return removed
}

/** The words are those that were put in: made from the same text by the same version. */
function remove(file: IndexFile, no: number): void {
  const row = file.sql('SELECT body FROM texts WHERE no = ?').get(no) as unknown as [string] | undefined
  if (row) {
    const { passages, files } = JSON.parse(row[0]) as Pick<EntryTexts, 'passages' | 'files'>
    const columns = columnsOf({ passages, files, weight: 1 })
    file.sql(removeFound).run(no, columns.words, columns.forms, columns.grams, columns.files)
  }
  file.sql('DELETE FROM texts WHERE no = ?').run(no)
  file.sql('DELETE FROM entries WHERE no = ?').run(no)
}

/** Milliseconds that one call takes out for, and entries between two looks at the clock. */
const patience = 5

/** False when nothing of deleted sessions is left. */
export function takeOut(file: IndexFile): boolean {
  const gone = file.sql('SELECT sid FROM sessions WHERE gone = 1 LIMIT 1').get() as unknown as [number] | undefined
  if (!gone) return false
  const [sid] = gone
  file.within(() => {
    const end = performance.now() + patience
    do {
      const row = file.sql('SELECT no FROM entries WHERE sid = ? LIMIT 1').get(sid) as unknown as [number] | undefined
      if (!row) {
        file.sql('DELETE FROM sessions WHERE sid = ?').run(sid)
        return
      }
      remove(file, row[0])
    } while (performance.now() < end)
  })
  return true
}
