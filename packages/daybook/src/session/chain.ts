// The hash chain: SHA-256 over stored texts and envelopes (rules 4 and 5 of PROTOCOL.md).

import type { Envelope, StoredEntry } from '../schema/entries.ts'
import type { Hash, SessionId } from '../schema/ids.ts'
import { sha256 } from '../store/hash.ts'

export { sha256 }

/** What stands before the first entry: it binds a chain to its session's id. */
export function genesis(session: SessionId): Hash {
  return sha256(JSON.stringify(['daybook/1', session]))
}

/** One link: the previous hash, the session, the envelope and the hash of the data, as a JSON array. */
export function link(prev: Hash, session: SessionId, entry: Envelope, dataHash: Hash): Hash {
  return sha256(
    JSON.stringify([
      prev,
      session,
      entry.seq,
      entry.kind,
      entry.v,
      entry.at,
      entry.actor,
      entry.run ?? null,
      entry.cause ?? null,
      dataHash,
    ]),
  )
}

export type BrokenLink = 'seq' | 'data' | 'link'

/** Whether an entry follows `prev` and says what its hashes say; null when it does. Erased bodies keep their hash. */
export function brokenLink(prev: Hash, session: SessionId, expected: number, entry: StoredEntry): BrokenLink | null {
  if (entry.seq !== expected) return 'seq'
  if (entry.body !== null && sha256(entry.body) !== entry.dataHash) return 'data'
  return link(prev, session, entry, entry.dataHash) === entry.hash ? null : 'link'
}
