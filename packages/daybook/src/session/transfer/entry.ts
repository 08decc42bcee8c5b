// One entry that comes from outside: what its own session would never have let into its log stays out here as well.

import { Buffer } from 'node:buffer'
import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Hash, Seq } from '../../schema/ids.ts'
import { type Json, limits } from '../../schema/json.ts'
import { type DataOf, type Kind, kinds } from '../../schema/kinds.ts'
import { upcast } from '../../schema/upcasters.ts'
import { blobsIn, checkOf } from '../drafts.ts'
import { checkJson } from '../values.ts'
import type { SessionLine } from './format.ts'

/** The blobs that it names. Fails with `invalid`, `too_large`, or `too_new` for a version of its kind that is not known here. */
export function checkEntry(entry: StoredEntry, line: SessionLine): readonly Hash[] {
  const { kind, seq, v, cause, body } = entry
  if (v > kinds[kind].version) throw new DaybookError('too_new', `version ${v} of ${kind} is not known here`)
  if (cause !== undefined && cause >= seq) throw invalid(`its cause ${cause} is not before it`)
  if (kind === 'session.deleted') throw invalid('a deleted session has no entries')
  if ((kind === 'session.opened') !== (seq === line.first)) throw invalid('a session begins with its opening, once')
  if (body === null) {
    if (kind.startsWith('session.') || kind === 'entry.erased') throw invalid(`${kind} cannot be erased`)
    return []
  }
  if (Buffer.byteLength(body) > limits.entryBytes) throw new DaybookError('too_large', 'its data is too large')
  const data = upcast(kind, v, parsed(body))
  const misfit = checkOf(kind)(data, 'data')
  if (misfit) throw invalid(`${misfit.field} ${misfit.why}`)
  checkJson(data, 'data')
  checkLinks(kind, data, seq, line)
  return blobsIn(kind, data)
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    throw invalid('its data is not JSON')
  }
}

/** Seqs that data names lie before the entry; an opening names the base that its block names. */
function checkLinks(kind: Kind, data: unknown, seq: Seq, line: SessionLine): void {
  if (kind === 'session.rewound' && (data as DataOf<'session.rewound'>).to >= seq) {
    throw invalid('it goes back to what is not before it')
  }
  if (kind === 'entry.erased') {
    const { seqs } = data as DataOf<'entry.erased'>
    if (seqs.some((one) => one >= seq || one < line.first))
      throw invalid('it erases what is not its own or not before it')
  }
  if (kind === 'session.opened') {
    const { base } = data as DataOf<'session.opened'>
    const same =
      base?.session_id === line.base?.session && base?.seq === line.base?.seq && base?.hash === line.base?.hash
    if (!same) throw invalid('it names another base than its session')
  }
}

function invalid(why: string): DaybookError {
  return new DaybookError('invalid', why)
}
