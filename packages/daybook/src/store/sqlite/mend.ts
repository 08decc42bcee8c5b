// Kept counters and derived rows against the sessions themselves: what differs, and making it agree again.

import type { Head } from '../../schema/heads.ts'
import type { Finding } from '../admin.ts'
import { everybody, fromText } from '../text.ts'
import { wrongColumns } from './columns.ts'
import type { Connection } from './connection.ts'
import { unpack } from './ops.ts'
import type { Tx } from './tx.ts'

/** Every list a living session belongs in: the tenant's, its owner's, each reader's. Texts of readers are as stored in JSON. */
const wanted = `
  SELECT tenant, '${everybody}' AS subject, place, last_pos, sid FROM sessions WHERE place < 3 AND system = 0
  UNION SELECT tenant, owner, place, last_pos, sid FROM sessions WHERE place < 3 AND system = 0
  UNION SELECT tenant, value, place, last_pos, sid FROM sessions, json_each(readers)
    WHERE place < 3 AND system = 0 AND readers IS NOT NULL`
const present = 'SELECT tenant, subject, place, last_pos, sid FROM listed JOIN lists USING (list)'

/** Of living sessions: the row's seq and hash are not those of an entry. */
const strayed = `gone_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM entries WHERE entries.sid = sessions.sid AND entries.seq = sessions.seq AND entries.hash = sessions.hash)`
const lastPosition = 'SELECT pos FROM entries WHERE entries.sid = sessions.sid AND entries.seq = sessions.seq'
/** Of living sessions: the row's position is not that of its last entry. */
const misplaced = `gone_at IS NULL AND last_pos <> (${lastPosition})`

const questions: readonly (readonly [Finding['what'], string, string])[] = [
  ['index', 'sessions missing in a list', `SELECT count(*) AS n FROM (${wanted} EXCEPT ${present})`],
  [
    'index',
    'rows of lists without their session',
    `SELECT count(*) AS n FROM (${present} EXCEPT SELECT * FROM (${wanted}))`,
  ],
  [
    'counter',
    'lists with a wrong count',
    'SELECT count(*) AS n FROM lists WHERE n <> (SELECT count(*) FROM listed WHERE listed.list = lists.list)',
  ],
  [
    'counter',
    'difference in the count of entries',
    `SELECT abs((SELECT count(*) FROM entries) + (SELECT CAST(v AS INTEGER) FROM meta WHERE k = 'removed')
      - coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0)) AS n`,
  ],
  ['index', 'sessions whose row names no entry', `SELECT count(*) AS n FROM sessions WHERE ${strayed}`],
  ['index', 'sessions at another position than their entry', `SELECT count(*) AS n FROM sessions WHERE ${misplaced}`],
  ...['entries', 'cells', 'refs', 'marks', 'blob_refs', 'snapshots', 'old_keys'].map(
    (table) =>
      [
        'orphan',
        `rows of ${table} without a session`,
        `SELECT count(*) AS n FROM ${table} WHERE sid NOT IN (SELECT sid FROM sessions)`,
      ] as const,
  ),
]

export function differences(connection: Connection): Finding[] {
  const finding = (what: Finding['what'], detail: string, n: number): Finding[] =>
    n > 0 ? [{ what, detail: `${detail}: ${n}` }] : []
  return [
    ...finding('index', 'sessions whose columns differ from their head', wrongColumns(connection).length),
    ...questions.flatMap(([what, detail, question]) =>
      finding(what, detail, Number(connection.sql(question).get()?.n)),
    ),
  ]
}

/** Makes columns, lists and counters anew and drops rows without a session; answers what was wrong. */
export function mend(tx: Tx): readonly Finding[] {
  tx.flush()
  const { connection } = tx
  const found = differences(connection)
  if (found.length === 0) return found
  for (const table of ['cells', 'refs', 'marks', 'blob_refs', 'snapshots', 'old_keys', 'entries']) {
    connection.sql(`DELETE FROM ${table} WHERE sid NOT IN (SELECT sid FROM sessions)`).run()
  }
  // From the head, where that names an entry; where it does not either, something is missing, and stays visible.
  connection.db.exec(`UPDATE sessions SET seq = json_extract(head, '$.seq'), hash = json_extract(head, '$.hash')
      WHERE ${strayed} AND json_valid(head) AND EXISTS (SELECT 1 FROM entries WHERE entries.sid = sessions.sid
        AND entries.seq = json_extract(head, '$.seq') AND entries.hash = json_extract(head, '$.hash'));
    UPDATE sessions SET last_pos = (${lastPosition}) WHERE ${misplaced};
    DELETE FROM listed`)
  tx.forget()
  for (const sid of wrongColumns(connection)) rewrite(tx, sid)
  tx.flush()
  connection.db.exec(`DELETE FROM listed;
    INSERT INTO lists(tenant, subject, place, n) SELECT DISTINCT tenant, subject, place, 0 FROM (${wanted}) WHERE true
      ON CONFLICT DO NOTHING;
    INSERT INTO listed SELECT list, last_pos, sid FROM (${wanted}) JOIN lists USING (tenant, subject, place);
    UPDATE lists SET n = (SELECT count(*) FROM listed WHERE listed.list = lists.list);
    UPDATE meta SET v = CAST(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0)
      - (SELECT count(*) FROM entries) AS TEXT) WHERE k = 'removed'`)
  tx.forget()
  return found
}

/** Has the columns of a session say what its head says. */
function rewrite(tx: Tx, sid: number): void {
  const found = tx.connection.sql('SELECT tenant, id, head FROM sessions WHERE sid = ?').get(sid)
  const row = found?.id ? tx.rows.find(fromText(String(found.tenant)), fromText(String(found.id))) : null
  if (!row) return
  row.head = String(found?.head)
  row.refolds = unpack<Head>(row.head).refolds ?? 0
  tx.write(row, true)
}
