// A redacted import: the same entries with secrets masked, as a new chain that names the one it replaces.

import { Buffer } from 'node:buffer'
import type { DataOf } from '../../schema/data.ts'
import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Hash } from '../../schema/ids.ts'
import { limits } from '../../schema/json.ts'
import { genesis, link, sha256 } from '../chain.ts'
import type { Redactor } from '../redact.ts'
import type { SessionLine } from './format.ts'

/** Seqs, kinds, times and actors stay, so that everything that names a seq goes on naming the same entry. */
export class Rechained {
  readonly #line: SessionLine
  readonly #owner: string
  readonly #redactor: Redactor
  #prev: Hash

  /** `base` is the hash, in this store, of the base's entry that the session goes on from. */
  constructor(line: SessionLine, base: Hash | null, owner: string, redactor: Redactor) {
    this.#line = line
    this.#owner = owner
    this.#redactor = redactor
    this.#prev = base ?? genesis(line.session)
  }

  next(entry: StoredEntry): StoredEntry {
    const body = entry.seq === this.#line.first ? this.#opening(entry) : this.#masked(entry.body)
    const dataHash = body === null ? entry.dataHash : sha256(body)
    const hash = link(this.#prev, this.#line.session, entry, dataHash)
    this.#prev = hash
    return Object.freeze({ ...entry, body, dataHash, hash })
  }

  #masked(body: string | null): string | null {
    if (body === null || this.#redactor.clean(body)) return body
    const masked = JSON.stringify(this.#redactor.value(JSON.parse(body)).value)
    if (Buffer.byteLength(masked) > limits.entryBytes) {
      throw new DaybookError('too_large', 'with its secrets masked the data is too large')
    }
    return masked
  }

  #opening({ body }: StoredEntry): string | null {
    const { base, hash, last } = this.#line
    const old = JSON.parse(this.#masked(body) ?? '{}') as DataOf<'session.opened'>
    const data: DataOf<'session.opened'> = {
      ...old,
      owner: this.#owner,
      ...(base ? { base: { session_id: base.session, seq: base.seq, hash: this.#prev } } : undefined),
      continues: { hash, seq: last },
    }
    return JSON.stringify(data)
  }
}
