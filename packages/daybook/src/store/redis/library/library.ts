// The library of functions as Redis loads it: named by the hash of its text, so that versions live side by side.

import { sha256 } from '../../hash.ts'
import { append } from './append.ts'
import { base } from './base.ts'
import { change } from './change.ts'
import { list } from './list.ts'
import { main } from './main.ts'
import { maintain } from './maintain.ts'
import { read } from './read.ts'

export interface Library {
  readonly name: string
  readonly code: string
}

/** Beginning of the names of all versions. */
export const libraryPrefix = 'daybook_'

let made: Library | undefined

export function library(): Library {
  if (made) return made
  const text = [base, append, change, read, list, maintain, main].join('')
  // Letters, digits and underscores only, in any case.
  const name = `${libraryPrefix}${sha256(text)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 16)}`
  made = { name, code: `#!lua name=${name}\n${text.replaceAll('NAME_', `${name}_`)}` }
  return made
}
