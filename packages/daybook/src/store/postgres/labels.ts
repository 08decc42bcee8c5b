// What the columns of a session say, taken from its head: rights, labels, what it is doing.

import { facets, type Head } from '../../schema/heads.ts'
import { statuses } from '../../schema/states.ts'
import type { Asker } from '../shape.ts'
import { placeNumbers } from './ddl.ts'
import { fromText, toArray, toText } from './text.ts'

export interface Labels {
  readonly place: number
  readonly owner: string
  /** As the literal of an array; null when there are none. */
  readonly readers: string | null
  /** Name and title as they are searched. */
  readonly label: string
  readonly facets: readonly (string | null)[]
  readonly status: number | null
  readonly attention: number | null
  readonly due: number | null
}

/** System sessions and tombstones are in no index of labels. */
export function labelsOf(head: Head, system: boolean): Labels {
  const deleted = head.place === 'deleted'
  const hidden = system || deleted
  return {
    place: placeNumbers[head.place],
    owner: toText(head.owner),
    readers: head.readers.length > 0 ? toArray(head.readers) : null,
    label: hidden ? '' : labelOf(head.name, head.title),
    facets: facets.map((name) => {
      const value = head[name]
      return hidden || value === null ? null : toText(value)
    }),
    status: hidden || head.status === 'idle' ? null : statuses.indexOf(head.status),
    attention: hidden || head.attention.length === 0 ? null : 1,
    due: deleted ? null : head.due,
  }
}

/** What a text becomes for searching: the server holds neither lone surrogates nor NUL, and both become one letter. */
export function searched(text: string): string {
  return text.toLowerCase().toWellFormed().replaceAll('\0', '\ufffd')
}

function labelOf(name: string | null, title: string | null): string {
  if (name === null && title === null) return ''
  return searched(name === null || title === null ? (name ?? title ?? '') : `${name}\n${title}`)
}

/** The ending of an id as the beginning of an index key: lower case and reversed. */
export function tailOf(text: string): string {
  return [...text.toLowerCase()].reverse().join('')
}

/** May the asker see it? `owner` as stored, `readers` as a JSON array of stored texts. */
export function visible(asker: Asker, owner: string, readers: string | null): boolean {
  if (asker.subjects === 'all') return true
  const { subjects } = asker
  if (subjects.includes(fromText(owner))) return true
  if (readers === null) return false
  return (JSON.parse(readers) as string[]).some((reader) => subjects.includes(fromText(reader)))
}

/** Subjects of a scope as routines take them; null for the whole tenant. */
export function subjectsOf({ subjects }: Asker): string | null {
  return toArray(subjects === 'all' ? null : subjects)
}
