// The floor under an append in PostgreSQL: one statement that counts the head up and inserts behind it, nothing checked.
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

const digests = Array.from({ length: 512 }, (_, i) => createHash('sha256').update(String(i)).digest('base64url'))
const head = JSON.stringify({ title: message(0).content.slice(0, 80), last: message(1).content.slice(0, 200) }).padEnd(
  900,
)

export class RawPostgres {
  readonly #client: Client
  readonly #sessions: number

  private constructor(client: Client, sessions: number) {
    this.#client = client
    this.#sessions = sessions
  }

  /** On one connection, with this many sessions that the rows go to in turn. */
  static async open(url: string, sessions: number): Promise<RawPostgres> {
    const client = clientOf(await loadDriver(), { url }, 1, {})
    await client.unsafe(`DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw; ${layout}`)
    for (let sid = 1; sid <= sessions; sid++) {
      const values = [sid, 'local', `ses_${sid}`, digests[0] ?? '', head]
      await client.unsafe('INSERT INTO raw.sessions VALUES ($1, $2, $3, 0, $4, 0, 0, $5)', values)
    }
    return new RawPostgres(client, sessions)
  }

  /** Prepared, committed, durable. */
  async append(i: number): Promise<void> {
    const text = JSON.stringify(message(i))
    const values = [(i % this.#sessions) + 1, digests[i % 512] ?? '', Date.now(), head, text]
    await this.#client.unsafe(appended, values, { prepare: true })
  }

  async close(): Promise<void> {
    await this.#client.end({ timeout: 1 })
  }
}
