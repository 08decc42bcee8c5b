// The floor under an append: prepared statements on node:sqlite against the same columns, with nothing checked, hashed or folded.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import { message } from './message.ts'

export interface RawOptions {
  readonly synchronous: 'FULL' | 'NORMAL'
  /** The partial unique index over (sid, key), and a key with each row. */
  readonly keys: boolean
  /** One head UPDATE per row, or one per session and commit. */
  readonly heads: 'each' | 'commit'
  /** Sessions that the rows go to in turn. */
  readonly sessions: number
}

const layout = `
  CREATE TABLE sessions(
    sid INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, place INTEGER NOT NULL,
    seq INTEGER NOT NULL, hash TEXT NOT NULL, last_pos INTEGER NOT NULL, at INTEGER NOT NULL, head TEXT NOT NULL,
    UNIQUE(tenant, id)) STRICT;
  CREATE TABLE listed(tenant TEXT, subject TEXT, place INTEGER, last_pos INTEGER, sid INTEGER,
    PRIMARY KEY(tenant, subject, place, last_pos, sid)) STRICT, WITHOUT ROWID;
  CREATE TABLE entries(
    pos INTEGER PRIMARY KEY AUTOINCREMENT, sid INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,
    v INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, run TEXT, cause INTEGER,
    key TEXT, key_digest TEXT, key_last INTEGER, data_hash TEXT NOT NULL, hash TEXT NOT NULL, body TEXT) STRICT;
  CREATE UNIQUE INDEX e_seq ON entries(sid, seq);`

/** Digests made beforehand: hashing is the product's work, not the floor's. */
const digests = Array.from({ length: 512 }, (_, i) => createHash('sha256').update(String(i)).digest('base64url'))

const head = JSON.stringify({
  name: null,
  title: message(0).content.slice(0, 80),
  last: message(1).content.slice(0, 200),
  owner: 'local',
}).padEnd(600)

export class RawLog {
  readonly name: string
  readonly #options: RawOptions
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #last: StatementSync
  readonly #list: StatementSync
  readonly #bodies: readonly string[]
  #rows = 0

  constructor(dir: string, name: string, options: RawOptions) {
    this.name = name
    this.#options = options
    const db = new DatabaseSync(join(dir, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.db`))
    db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${options.synchronous}; PRAGMA wal_autocheckpoint=4000`)
    db.exec(layout)
    if (options.keys) db.exec('CREATE UNIQUE INDEX e_key ON entries(sid, key) WHERE key IS NOT NULL')
    this.#db = db
    this.#insert = db.prepare(
      'INSERT INTO entries(sid, seq, kind, v, at, actor, run, cause, key, key_digest, key_last, data_hash, hash, body) VALUES (?, ?, 1, 1, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?)',
    )
    this.#update = db.prepare('UPDATE sessions SET seq = ?, hash = ?, last_pos = ?, at = ?, head = ? WHERE sid = ?')
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#last = db.prepare('SELECT seq, body FROM entries WHERE sid = ? ORDER BY seq DESC LIMIT 50')
    this.#list = db.prepare(
      'SELECT sessions.id, sessions.head FROM listed JOIN sessions USING (sid) WHERE listed.tenant = ? AND subject = ? AND listed.place = 0 ORDER BY listed.last_pos DESC LIMIT 50',
    )
    this.#bodies = Array.from({ length: 512 }, (_, i) => JSON.stringify(message(i)))
    for (let sid = 1; sid <= options.sessions; sid++) this.#session(sid, `ses_${sid}`, 'local')
  }

  #session(sid: number, id: string, owner: string): void {
    this.#db
      .prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?)')
      .run(sid, 'local', id, owner, digests[0] ?? '', sid, Date.now(), head)
    this.#db.prepare('INSERT INTO listed VALUES (?, ?, 0, ?, ?)').run('local', owner, sid, sid)
  }

  /** Appends `n` messages, `each` to a commit. Returns how many were written. */
  append(n: number, each: number): number {
    for (let done = 0; done < n; done += each) this.#group(Math.min(each, n - done))
    return n
  }

  #group(n: number): void {
    this.#begin.run()
    for (let i = 0; i < n; i++) this.#row()
    if (this.#options.heads === 'commit') {
      const touched = Math.min(n, this.#options.sessions)
      for (let back = 0; back < touched; back++) this.#head(this.#rows - 1 - back)
    }
    this.#commit.run()
  }

  #row(): void {
    const row = this.#rows++
    const { sessions, keys, heads } = this.#options
    const sid = (row % sessions) + 1
    const seq = Math.floor(row / sessions) + 1
    const digest = digests[row % 512] ?? ''
    const at = Date.now()
    const key = keys ? `local:key-${row}` : null
    const body = this.#bodies[row % 512] ?? ''
    this.#insert.run(sid, seq, at, 'local', key, keys ? digest : null, keys ? seq : null, digest, digest, body)
    if (heads === 'each') this.#head(row)
  }

  #head(row: number): void {
    const sid = (row % this.#options.sessions) + 1
    this.#update.run(
      Math.floor(row / this.#options.sessions) + 1,
      digests[row % 512] ?? '',
      row + 1,
      Date.now(),
      head,
      sid,
    )
  }

  /** Bodies of the last 50 rows of the first session, parsed, oldest first. */
  last50(): readonly unknown[] {
    const rows = this.#last.all(1)
    return rows.reverse().map((row): unknown => JSON.parse(String(row.body)))
  }

  /** Makes `n` sessions spread evenly over `owners`. */
  fillList(n: number, owners: number): void {
    this.#db.exec('BEGIN')
    for (let i = 0; i < n; i++) this.#session(1_000_000 + i, `listed_${i}`, `owner-${i % owners}`)
    this.#db.exec('COMMIT')
  }

  /** Heads of the 50 sessions of owner 0 touched last, through the index. */
  list50(): readonly unknown[] {
    return this.#list.all('local', 'owner-0').map((row): unknown => JSON.parse(String(row.head)))
  }

  close(): void {
    this.#db.close()
  }
}
