// What an update of labels, metadata and state means as entries.

import type { DataOf } from '../schema/data.ts'
import type { NewEntry } from '../schema/entries.ts'
import type { UpdateFields } from './contract.ts'
import { wireNames } from './opening.ts'
import { invalid, isObject } from './values.ts'

/** One `session.updated` for labels and bags, one `state.changed` for state; nothing given is `invalid`. */
export function updateEntries(fields: UpdateFields): readonly NewEntry[] {
  const { state, replace, ...rest } = fields
  const entries: NewEntry[] = []
  const data: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(rest)) {
    if (!Object.hasOwn(wireNames, field)) throw invalid(field, 'is not a known field')
    if (value !== undefined) data[wireNames[field as keyof typeof wireNames]] = value
  }
  for (const field of ['metadata', 'agentData', 'state'] as const) {
    if (fields[field] !== undefined && !isObject(fields[field])) throw invalid(field, 'must be an object')
  }
  if (Object.keys(data).length > 0) {
    if (replace) data.replace = true
    entries.push({ kind: 'session.updated', data: data as DataOf<'session.updated'> })
  }
  if (state !== undefined) {
    entries.push({
      kind: 'state.changed',
      data: { scope: 'session', patch: state, ...(replace ? { replace } : undefined) },
    })
  }
  if (entries.length === 0) throw invalid('fields', 'is empty')
  return entries
}
