// The floors under appends in PostgreSQL: one statement that counts a head up and inserts behind it, or does so for many; nothing is checked.
import { createHash } from 'node:crypto'
import { type Client, clientOf, loadDriver } from '../packages/daybook/src/store/postgres/driver.ts'
import { message } from './message.ts'

const layout = `
  CREATE TABLE raw.sessions(
    sid bigint PRIMARY KEY, tenant text NOT NULL, id text NOT NULL, seq bigint NOT NULL, hash text NOT NULL,
    last_pos bigint NOT NULL, at bigint NOT NULL, head text NOT NULL, UNIQUE (tenant, id)) WITH (fillfactor = 70);
  CREATE SEQUENCE raw.positions;
  CREATE TABLE raw.entries(
    pos bigint PRIMARY KEY, sid bigint NOT NULL, seq bigint NOT NULL, kind smallint NOT NULL, v integer NOT NULL,
    at bigint NOT NULL, actor text NOT NULL, data_hash text NOT NULL, hash text NOT NULL, body text);
  CREATE UNIQUE INDEX e_seq ON raw.entries(sid, seq)`

const appended = `WITH h AS (UPDATE raw.sessions SET seq = seq + 1, hash = $2, last_pos = nextval('raw.positions'), at = $3,
    head = $4 WHERE sid = $1 RETURNING seq, last_pos)
  INSERT INTO raw.entries SELECT last_pos, $1, seq, 1, 1, $3, 'local', $2, $2, $5 FROM h`

const together = `WITH g AS (SELECT * FROM json_to_recordset($1::text::json) AS j(n int, sid bigint, body text)),
    p AS (SELECT setval('raw.positions', nextval('raw.positions') + (SELECT count(*) FROM g) - 1) AS last),
    h AS (UPDATE raw.sessions s SET seq = s.seq + 1, hash = $2, last_pos = p.last - g.n, at = $3, head = $4 FROM g, p
      WHERE s.sid = g.sid RETURNING s.sid, s.seq, s.last_pos, g.body)
  INSERT INTO raw.entries SELECT last_pos, sid, seq, 1, 1, $3, 'local', $2, $2, body FROM h`

const digests = Array.from({ length: 512 }, (_, i) => createHash('sha256').update(String(i)).digest('base64url'))
const head = JSON.stringify({ title: message(0).content.slice(0, 80), last: message(1).content.slice(0, 200) }).padEnd(
  900,
)

export class RawPostgres {
  readonly #client: Client
  readonly #clients: Client
  readonly #sessions: number

  private constructor(client: Client, clients: Client, sessions: number) {
    this.#client = client
    this.#clients = clients
    this.#sessions = sessions
  }

  /** With this many sessions that the rows go to in turn, and as many connections for {@link appendBeside}. */
  static async open(url: string, sessions: number): Promise<RawPostgres> {
    const driver = await loadDriver()
    const client = clientOf(driver, { url }, 1, {})
    await client.unsafe(`DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw; ${layout}`)
    for (let sid = 1; sid <= sessions; sid++) {
      const values = [sid, 'local', `ses_${sid}`, digests[0] ?? '', head]
      await client.unsafe('INSERT INTO raw.sessions VALUES ($1, $2, $3, 0, $4, 0, 0, $5)', values)
    }
    return new RawPostgres(client, clientOf(driver, { url }, sessions, {}), sessions)
  }

  /** Prepared, committed, durable; on one connection. */
  append(i: number): Promise<void> {
    return this.#append(this.#client, i)
  }

  /** The same on whichever connection is free. */
  appendBeside(i: number): Promise<void> {
    return this.#append(this.#clients, i)
  }

  async #append(client: Client, i: number): Promise<void> {
    const text = JSON.stringify(message(i))
    const values = [(i % this.#sessions) + 1, digests[i % 512] ?? '', Date.now(), head, text]
    await client.unsafe(appended, values, { prepare: true })
  }

  /** One row for each session, by one statement. */
  async appendAll(i: number): Promise<void> {
    const rows = Array.from({ length: this.#sessions }, (_, n) => ({
      n,
      sid: n + 1,
      body: JSON.stringify(message(i + n)),
    }))
    const values = [JSON.stringify(rows), digests[i % 512] ?? '', Date.now(), head]
    await this.#client.unsafe(together, values, { prepare: true })
  }

  async close(): Promise<void> {
    await this.#client.end({ timeout: 1 })
    await this.#clients.end({ timeout: 1 })
  }
}
