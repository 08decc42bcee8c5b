// Entries, heads and labels as the texts that Redis keeps of them.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import { facets, type Head } from '../../schema/heads.ts'
import { isSystemId } from '../../schema/ids.ts'
import { kindOfNumber, kinds } from '../../schema/kinds.ts'
import { places, statuses } from '../../schema/states.ts'
import type { Asker } from '../shape.ts'
import type { KnownKey, Ref } from '../store.ts'
import { fromText, toText } from '../text.ts'

/**
 * Kind and hash in front, where the function reads them; the body last, behind a line's end that erased ones lack. `key`:
 * of the append that begins with this entry.
 */
export function entryText(entry: StoredEntry, key?: string): string {
  const { kind, v, at, actor, run, cause, body, dataHash, hash } = entry
  const values: (string | number)[] = [v, at, actor, run ?? 0, cause ?? 0, dataHash]
  if (key !== undefined) values.push(key)
  const envelope = `${kinds[kind].number} ${hash} ${JSON.stringify(values)}`
  return body === null ? envelope : `${envelope}\n${toText(body)}`
}

type Envelope = readonly [
  v: number,
  at: number,
  actor: string,
  run: string | 0,
  cause: number,
  dataHash: string,
  key?: string,
]

function envelopeOf(text: string, from: number): Envelope {
  const end = text.indexOf('\n', from)
  return parsed<Envelope>(text.slice(from, end < 0 ? text.length : end))
}

/** The key of the append that begins with this entry. */
export function keyOf(text: string): string | undefined {
  return envelopeOf(text, text.indexOf('['))[6]
}

export function entryOf(seq: number, text: string): StoredEntry {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  const end = text.indexOf('\n', second)
  const number = Number(text.slice(0, first))
  const kind = kindOfNumber(number)
  if (kind === undefined) throw new DaybookError('too_new', `The store holds an entry of the unknown kind ${number}.`)
  const [v, at, actor, run, cause, dataHash] = envelopeOf(text, second + 1)
  return Object.freeze({
    seq,
    kind,
    v,
    at,
    actor,
    ...(run === 0 ? undefined : { run }),
    ...(cause === 0 ? undefined : { cause }),
    body: end < 0 ? null : fromText(text.slice(end + 1)),
    dataHash,
    hash: text.slice(first + 1, second),
  })
}

/** What the store changed without an entry stands in front: a fold (`-`: as it is) and the count of refolds. */
export function headOf(text: string): Head {
  const end = text.startsWith('{') ? -1 : text.indexOf('\n')
  const head = parsed<Head>(text.slice(end + 1))
  if (end < 0) return freeze(head)
  const [fold, refolds] = text.slice(0, end).split(' ')
  return freeze({ ...head, ...(fold === '-' ? undefined : { fold: Number(fold) }), refolds: Number(refolds) })
}

export function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new DaybookError('damaged', 'a stored text is not JSON', { cause })
  }
}

export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}

/** What lists, labels and rights are made from: the function compares it as a whole and reads it only when it changed. */
export function labelsOf(head: Head): string {
  const hidden = head.place === 'deleted' || isSystemId(head.session)
  return JSON.stringify([
    places.indexOf(head.place),
    toText(head.owner),
    head.readers.map(toText),
    head.due ?? false,
    statuses.indexOf(head.status),
    head.attention.length > 0 ? 1 : 0,
    ...facets.map((name) => (head[name] === null ? false : toText(head[name]))),
    hidden ? '' : searchable([head.name, head.title].filter((line) => line !== null).join('\n')),
  ])
}

/** Lower case; a lone surrogate is what UTF-8 makes of it. */
export function searchable(text: string): string {
  return text.toLowerCase().toWellFormed()
}

export function refText({ type, value }: Ref): string {
  return toText(`${type.length} ${type} ${value}`)
}

export function refOf(text: string): Ref {
  const whole = fromText(text)
  const start = whole.indexOf(' ') + 1
  const end = start + Number(whole.slice(0, start - 1))
  return { type: whole.slice(start, end), value: whole.slice(end + 1) }
}

/** Who asks, as the function reads it: the tenant, the number of subjects (-1: everybody), the subjects. */
export function askerTexts({ tenant, subjects }: Asker): readonly string[] {
  if (subjects === 'all') return [toText(tenant), '-1']
  return [toText(tenant), String(subjects.length), ...subjects.map(toText)]
}

/** The receipt of a key; null where there is none. */
export function receiptOf(text: string): KnownKey | null {
  const found = /^(\d+) (\d+) (.*)$/s.exec(text)
  if (!found) return null
  const [, first = '', last = '', digest = ''] = found
  return Object.freeze({ digest: fromText(digest), first: Number(first), last: Number(last) })
}
