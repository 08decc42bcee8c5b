// What a pooler between daybook and the server leaves of a session: told by whom sessions are given to.

import { DaybookError } from '../../schema/errors.ts'
import type { Line } from './line.ts'

/** To whom a pooler gives the sessions of the server: to connections, to transactions, to single statements. */
export type Sharing = 'nothing' | 'sessions' | 'transactions' | 'statements'

/** Others who use the pool may give two connections of ours a session each by chance, but not again and again. */
const looks = 5

/** Whether two connections, neither of which is within a transaction, meet in one session of the server. */
export async function sharesSessions(one: Line, two: Line): Promise<boolean> {
  for (let left = looks; left > 0; left -= 1) {
    const first = await sessionOf(one)
    await two.send('BEGIN')
    const second = await sessionOf(two)
    await two.send('ROLLBACK')
    if (first === second || first !== (await sessionOf(one))) return true
  }
  return false
}

async function sessionOf(line: Line): Promise<number> {
  const [row] = await line.send('SELECT pg_backend_pid()')
  return Number(row?.[0])
}

export function unfitPooler(): DaybookError {
  return new DaybookError('invalid', 'A pooler stands before the PostgreSQL server that lets no transaction through.', {
    field: 'url',
    hint: 'Let it pool transactions or sessions, or name the server itself.',
  })
}
