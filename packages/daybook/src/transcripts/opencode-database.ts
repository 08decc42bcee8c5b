// Reads the database of OpenCode from a private copy: opening it in place would write beside it.

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { DaybookError } from '../schema/errors.ts'
import type { FoundFile, RawRecord, Transcript } from './contract.ts'
import { textOf } from './fields.ts'
import { foundOf, openRegular } from './files.ts'
import { originIn } from './mark.ts'

/** Copies that a writer came between. */
const mostTries = 5

/** One per session. The copy lives as long as the reading, and is nobody else's to read. */
export async function* databaseTranscripts(file: FoundFile): AsyncGenerator<Transcript> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-adopt-'))
  try {
    const database = new DatabaseSync(await copied(file, folder))
    try {
      yield* transcriptsIn(database, file)
    } finally {
      database.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function* transcriptsIn(database: DatabaseSync, file: FoundFile): Generator<Transcript> {
  for (const table of ['session', 'message', 'part']) {
    const known = database.prepare('SELECT 1 FROM sqlite_master WHERE type = ? AND name = ?').get('table', table)
    if (!known) throw new DaybookError('invalid', `${file.name} has no table ${table}: another version wrote it`)
  }
  const sessions = database.prepare('SELECT * FROM session ORDER BY time_created, id').all()
  for (const { id, time_updated: updated, slug, directory } of sessions) {
    const session = String(id)
    const origin = originIn(slug)
    const { count, newest, size } = database.prepare(measure).get(session, session) ?? {}
    yield {
      agent: file.agent,
      id: session,
      name: `${file.name}#${session}`,
      size: Number(size ?? 0),
      mark: `${updated}:${count}:${newest}`,
      kind: 'whole',
      ...(origin && { origin: { ...origin, cwd: textOf(directory) } }),
      records: async function* () {
        yield* recordsIn(database, session)
      },
      proof: async () => '',
    }
  }
}

const measure = `SELECT count(*) AS count, max(updated) AS newest, sum(size) AS size FROM (
  SELECT time_updated AS updated, length(data) AS size FROM message WHERE session_id = ?
  UNION ALL SELECT time_updated, length(data) FROM part WHERE session_id = ?)`

/** A database with its log, as they stood together at one moment. */
async function copied(file: FoundFile, folder: string): Promise<string> {
  const target = join(folder, 'opencode.db')
  for (let tries = 0; tries < mostTries; tries += 1) {
    const before = await marks(file)
    await copyRegular(file, target)
    const log = await foundOf(file.agent, `${file.path}-wal`, 'wal')
    await rm(`${target}-wal`, { force: true })
    if (log) await copyRegular(log, `${target}-wal`)
    if (before === (await marks(file))) return target
  }
  throw new DaybookError('conflict', `${file.name} changes faster than it can be copied`)
}

async function marks(file: FoundFile): Promise<string> {
  const found = await Promise.all([file.path, `${file.path}-wal`].map((path) => foundOf(file.agent, path, path)))
  return found.map((one) => one?.mark).join(' ')
}

async function copyRegular(file: FoundFile, target: string): Promise<void> {
  const from = await openRegular(file)
  await pipeline(from.createReadStream({ start: 0 }), createWriteStream(target, { mode: 0o600 }))
}

function* recordsIn(database: DatabaseSync, session: string): Generator<RawRecord> {
  let at = 0
  const record = (text: string): RawRecord => {
    at += 1
    return { text, from: at - 1, to: at }
  }
  const row = database.prepare('SELECT * FROM session WHERE id = ?').get(session)
  yield record(JSON.stringify({ table: 'session', ...row }))
  const messages = database.prepare('SELECT * FROM message WHERE session_id = ? ORDER BY time_created, id')
  const parts = database.prepare('SELECT * FROM part WHERE message_id = ? ORDER BY id')
  const open = `SELECT 1 FROM message WHERE id = ? AND json_extract(data, '$.role') = 'assistant'
    AND json_extract(data, '$.time.completed') IS NULL AND json_extract(data, '$.error') IS NULL
    AND id = (SELECT id FROM message WHERE session_id = ? ORDER BY time_created DESC, id DESC LIMIT 1)`
  for (const message of messages.iterate(session)) {
    // A message under way is given once it is over: its parts still change.
    if (database.prepare(open).get(String(message.id), session)) return
    yield record(withData('message', message))
    for (const part of parts.iterate(String(message.id))) yield record(withData('part', part))
  }
}

/** The row as one object; its data stands in it as it stood in its column. */
function withData(table: string, row: Readonly<Record<string, unknown>>): string {
  const { data, ...columns } = row
  return `${JSON.stringify({ table, ...columns }).slice(0, -1)},"data":${typeof data === 'string' ? data : 'null'}}`
}
