// Stored entries as readers get them: parsed, lifted to the present version, frozen.

import type { AnyEntry, StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import { type DataOf, type Kind, kinds } from '../schema/kinds.ts'
import { upcast } from '../schema/upcasters.ts'
import { freeze } from './values.ts'

/** The data of a stored entry in the present shape; null once erased. */
export function dataOf<K extends Kind>(entry: StoredEntry, kind: K): DataOf<K> | null
export function dataOf(entry: StoredEntry): Json | null
export function dataOf(entry: StoredEntry): Json | null {
  if (entry.body === null) return null
  let data: Json
  try {
    data = JSON.parse(entry.body) as Json
  } catch (cause) {
    throw new DaybookError('damaged', `entry ${entry.seq} is not JSON`, { seq: entry.seq, cause })
  }
  return entry.v < kinds[entry.kind].version ? upcast(entry.kind, entry.v, data) : data
}

export function decode(entry: StoredEntry): AnyEntry {
  const { body, ...rest } = entry
  if (body === null) return Object.freeze({ ...rest, data: null, erased: true as const })
  return Object.freeze({ ...rest, data: freeze(dataOf(entry)) }) as AnyEntry
}
