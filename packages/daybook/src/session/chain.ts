// The hash chain: SHA-256 over stored texts and envelopes (rules 4 and 5 of PROTOCOL.md).

import type { Envelope, StoredEntry } from '../schema/entries.ts'
import type { Hash, SessionId } from '../schema/ids.ts'
import { sha256 } from '../store/hash.ts'

export { sha256 }

/** What stands before the first entry: it binds a chain to its session's id. */
export function genesis(session: SessionId): Hash {
  return sha256(JSON.stringify(['daybook/1', session]))
}

/**
 * One link: the previous hash, the session, the envelope and the hash of the data, as a JSON array. The text is put
 * together by hand, for it is made with every append: hashes, ids and kinds hold nothing that JSON would escape.
 */
export function link(prev: Hash, session: SessionId, entry: Envelope, dataHash: Hash): Hash {
  const { seq, kind, v, at, run, cause } = entry
  const ran = run === undefined ? 'null' : JSON.stringify(run)
  return sha256(
    `["${prev}",${quoted(session)},${seq},"${kind}",${v},${at},${quoted(entry.actor)},${ran},${cause ?? null},"${dataHash}"]`,
  )
}

const texts = new Map<string, string>()

/** JSON texts of the names that come again with every append. */
export function quoted(name: string): string {
  let text = texts.get(name)
  if (text === undefined) {
    if (texts.size >= 1000) texts.clear()
    text = JSON.stringify(name)
    texts.set(name, text)
  }
  return text
}

export type BrokenLink = 'seq' | 'data' | 'link'

/** Whether an entry follows `prev` and says what its hashes say; null when it does. Erased bodies keep their hash. */
export function brokenLink(prev: Hash, session: SessionId, expected: number, entry: StoredEntry): BrokenLink | null {
  if (entry.seq !== expected) return 'seq'
  if (entry.body !== null && sha256(entry.body) !== entry.dataHash) return 'data'
  return link(prev, session, entry, entry.dataHash) === entry.hash ? null : 'link'
}
