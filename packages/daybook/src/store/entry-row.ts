// An entry as the engines with columns hold it: the columns in their order, and the entry that a row of them is.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Hash } from '../schema/ids.ts'
import { kindOfNumber } from '../schema/kinds.ts'
import { fromText } from './text.ts'

export const entryColumns: readonly string[] = Object.freeze([
  ...['seq', 'kind', 'v', 'at', 'actor', 'run', 'cause', 'body', 'data_hash', 'hash'],
])

type Maybe<T> = T | null
/** A row of {@link entryColumns}. */
export type EntryRow = readonly [
  seq: number,
  kind: number,
  v: number,
  at: number,
  actor: string,
  run: Maybe<string>,
  cause: Maybe<number>,
  body: Maybe<string>,
  dataHash: Hash,
  hash: Hash,
]

/** Frozen; `too_new` for a kind that is not known here. */
export function entryOf(row: EntryRow): StoredEntry {
  const kind = kindOfNumber(row[1])
  if (kind === undefined) throw new DaybookError('too_new', `The store holds an entry of the unknown kind ${row[1]}.`)
  return Object.freeze({
    seq: row[0],
    kind,
    v: row[2],
    at: row[3],
    actor: fromText(row[4]),
    ...(row[5] === null ? undefined : { run: fromText(row[5]) }),
    ...(row[6] === null ? undefined : { cause: row[6] }),
    body: row[7] === null ? null : fromText(row[7]),
    dataHash: row[8],
    hash: row[9],
  })
}
