// Entries between the engine and the shapes of the wire, for the backend without a server.

import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import { isKind, type Kind } from '../schema/kinds.ts'
import { entryText } from '../schema/wire.ts'
import type { NewEntryShape } from '../schema/wire-requests.ts'
import type { EntryShape } from '../schema/wire-shapes.ts'

export function entryShape(entry: StoredEntry): EntryShape {
  return JSON.parse(entryText(entry)) as EntryShape
}

/** Kind and data are judged by the engine, as they are behind a server. */
export function newEntryOf({ kind, data, run_id, cause }: NewEntryShape): NewEntry {
  if (!isKind(kind)) throw new DaybookError('invalid', `there is no kind ${kind}`, { field: 'kind' })
  const entry = {
    kind,
    data,
    ...(run_id === undefined ? {} : { run: run_id }),
    ...(cause === undefined ? {} : { cause }),
  }
  return entry as unknown as NewEntry<Kind>
}
