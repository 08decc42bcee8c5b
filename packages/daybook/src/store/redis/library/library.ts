// The library of functions as Redis loads it: named by the hash of its text, so that versions live side by side.

import { sha256 } from '../../hash.ts'
import { append } from './append.ts'
import { base } from './base.ts'
import { change } from './change.ts'
import { list } from './list.ts'
import { main } from './main.ts'
import { maintain } from './maintain.ts'
import { names } from './names.ts'
import { read } from './read.ts'
import { save } from './save.ts'

export interface Library {
  readonly name: string
  readonly code: string
}

/** Fields of a row, in the order in which they are stored: an array is packed in half the time of a table with names. */
const fields = [
  ...['tid', 'id', 'sys', 'base', 'bseq', 'seq', 'hash', 'pos', 'place', 'owner', 'readers', 'labels', 'due'],
  ...['refolds', 'fence', 'holder', 'till', 'over', 'span', 'gone', 'last', 'reach', 'freed'],
]

/** Beginning of the names of all versions. */
export const libraryPrefix = 'daybook_'

let made: Library | undefined

export function library(): Library {
  if (made) return made
  const named = [base, save, names, append, change, read, list, maintain, main].join('')
  const text = named.replace(/\bv\.([a-z]+)\b/g, (_, field: string) => `v[${indexOf(field)}]`)
  // Letters, digits and underscores only, in any case.
  const name = `${libraryPrefix}${sha256(text)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 16)}`
  made = { name, code: `#!lua name=${name}\n${text.replaceAll('NAME_', `${name}_`)}` }
  return made
}

function indexOf(field: string): number {
  const at = fields.indexOf(field)
  if (at < 0) throw new Error(`a row has no field ${field}`)
  return at + 1
}
