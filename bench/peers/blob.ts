// The habit of keeping a session as one row with all messages as JSON, rewritten on every append; our own rebuild on node:sqlite.
import { join } from 'node:path'
import type { StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import type { Message } from '../message.ts'
import { messages } from '../message.ts'
import type { Peer } from './peer.ts'
import { listedId } from './peer.ts'

class BlobPeer implements Peer {
  readonly name: string
  readonly file = true
  readonly note =
    'one row per session, its messages as JSON text; the whole text is written again by each append; the list of messages is kept in memory between appends, so reading it back is not charged'
  readonly #synchronous: 'FULL' | 'NORMAL'
  #db: DatabaseSync | undefined
  #write: StatementSync | undefined
  #read: StatementSync | undefined
  #cached: Message[] = []

  constructor(synchronous: 'FULL' | 'NORMAL') {
    this.#synchronous = synchronous
    this.name = `JSON blob, ${synchronous}`
  }

  async open(dir: string): Promise<void> {
    const db = new DatabaseSync(join(dir, 'blob.db'))
    db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${this.#synchronous}`)
    db.exec(
      'CREATE TABLE sessions(session_id TEXT PRIMARY KEY, owner TEXT NOT NULL, messages TEXT NOT NULL, last_activity INTEGER NOT NULL, created_at INTEGER NOT NULL)',
    )
    db.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)').run('one', 'nobody', '[]', Date.now(), Date.now())
    this.#write = db.prepare('UPDATE sessions SET messages = ?, last_activity = ? WHERE session_id = ?')
    this.#read = db.prepare('SELECT messages FROM sessions WHERE session_id = ?')
    this.#db = db
    this.#cached = []
  }

  async fill(n: number): Promise<void> {
    this.#cached = messages(n)
    this.#save()
  }

  async append(message: Message): Promise<void> {
    this.#cached.push(message)
    this.#save()
  }

  #save(): void {
    this.#write?.run(JSON.stringify(this.#cached), Date.now(), 'one')
  }

  async last50(): Promise<readonly string[]> {
    const all = parse(this.#read?.get('one')?.messages)
    return all.slice(-50).map((message) => message.content)
  }

  readonly fillList = async (n: number, owners: number): Promise<void> => {
    const insert = this.#db?.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)')
    this.#db?.exec('BEGIN')
    for (let i = 0; i < n; i++)
      insert?.run(listedId(i, owners), `owner-${i % owners}`, JSON.stringify(messages(4, i)), i, i)
    this.#db?.exec('COMMIT')
  }

  readonly list50 = async (): Promise<readonly string[]> => {
    const rows = this.#db?.prepare('SELECT session_id, owner, messages, last_activity FROM sessions').all() ?? []
    const loaded = rows.map((row) => ({
      id: String(row.session_id),
      owner: row.owner,
      at: Number(row.last_activity),
      messages: parse(row.messages),
    }))
    const own = loaded.filter((session) => session.owner === 'owner-0').sort((a, b) => b.at - a.at)
    return own.slice(0, 50).map((session) => session.id)
  }

  async close(): Promise<void> {
    this.#db?.close()
    this.#db = undefined
  }
}

function parse(text: unknown): Message[] {
  if (typeof text !== 'string') throw new Error('the session is not there')
  return JSON.parse(text) as Message[]
}

export function blob(synchronous: 'FULL' | 'NORMAL'): Peer {
  return new BlobPeer(synchronous)
}
