// Entries of a run: kind and data, with the run's id in the envelope.

import type { NewEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { RunId } from '../schema/ids.ts'
import { type Json, limits } from '../schema/json.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import { checkJson } from '../session/values.ts'

export type RunKind = { [K in Kind]: DataOf<K> extends { readonly run_id: string } ? K : never }[Kind]

export function entryOf<K extends RunKind>(kind: K, run: RunId, data: Omit<DataOf<K>, 'run_id'>): NewEntry {
  return { kind, run, data: { run_id: run, ...data } } as NewEntry
}

/** RFC 3339 with milliseconds. */
export function moment(at: number): string {
  return new Date(at).toISOString()
}

/** Room that an entry needs beside the value in it. */
const envelopeBytes = 8192

/**
 * A value as the log will give it back: a copy, without what JSON leaves out.
 *
 * @throws DaybookError `invalid` for what is not JSON, `too_large` over about 1 MiB, with the field
 */
export function recorded<T extends Json | undefined>(value: T, field: string): T {
  if (value === undefined) return value
  checkJson(value, field)
  const text = JSON.stringify(value)
  if (text.length * 3 > limits.entryBytes - envelopeBytes && sizeOf(text) > limits.entryBytes - envelopeBytes) {
    throw new DaybookError('too_large', `${field} has ${sizeOf(text)} bytes; at most ${limits.entryBytes}`, {
      field,
      hint: 'Store the payload as a blob and give its hash.',
    })
  }
  return JSON.parse(text) as T
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/** What a value says to a person: its text, or `text` in it, else its JSON. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'object' && !Array.isArray(value) && 'text' in value && typeof value.text === 'string')
    return value.text
  return JSON.stringify(value)
}
