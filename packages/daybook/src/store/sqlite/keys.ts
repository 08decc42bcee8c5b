// Idempotency keys: on the first entry of the append they came with, moved aside when the session is deleted.

import type { Key, KnownKey, Outcome, RefusalCode } from '../store.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'

const living = 'SELECT key_digest AS digest, seq AS first, key_last AS last FROM entries WHERE sid = ? AND key = ?'
const old = 'SELECT key_digest AS digest, first, last FROM old_keys WHERE sid = ? AND key = ?'

interface Named {
  readonly sid: number
  readonly goneAt: number | null
}

export function knownKey(connection: Connection, row: Named, id: string): KnownKey | null {
  const found = connection.sql(row.goneAt === null ? living : old).get(row.sid, toText(id))
  if (!found) return null
  return { digest: fromText(String(found.digest)), first: Number(found.first), last: Number(found.last) }
}

/** The answer to a key that is known already; null when it is new. */
export function replay(connection: Connection, row: Named & { seq: number }, key: Key | undefined): Outcome | null {
  const known = key ? knownKey(connection, row, key.id) : null
  if (!known) return null
  if (known.digest !== key?.digest) return refusal('key_reused', row.seq)
  return { ok: true, first: known.first, last: known.last, replayed: true }
}

export function refusal(code: RefusalCode, seq: number): Outcome {
  return { ok: false, code, seq }
}
