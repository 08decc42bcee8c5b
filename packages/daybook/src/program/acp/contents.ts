// What an edit made of a whole file, where an agent tells only the piece that it changed: the file itself says so, right behind the edit.

import { hash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import type { Operation } from '../formats/fields.ts'

/** Bytes of a file that is read for that. */
const largest = 4 << 20

/** The text of a file as it is now; null where nothing can be said of it. */
export type Contents = (path: string) => string | null

/** Of plain files in this folder and below. */
export function contentsIn(workdir: string): Contents {
  return (path) => {
    try {
      const real = realpathSync(path)
      const { size } = real.startsWith(workdir.endsWith(sep) ? workdir : workdir + sep) ? statSync(real) : { size: -1 }
      return size < 0 || size > largest || !statSync(real).isFile() ? null : readFileSync(real, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      return null // it is gone, or not for us
    }
  }
}

export interface Change {
  readonly before: string
  readonly after: string
}

/** Of the whole file; null where what the edit left is not what is there, or stands there twice. */
export function wholeOf(path: unknown, operation: Operation, piece: Change, contents: Contents): Change | null {
  if (operation === 'create' || (operation === 'delete' && piece.before !== '')) return piece
  const now = typeof path === 'string' && piece.after !== '' ? contents(path) : null
  const [head = '', tail, ...more] = now?.split(piece.after) ?? []
  return now === null || tail === undefined || more.length > 0
    ? null
    : { before: head + piece.before + tail, after: now }
}

interface Known {
  readonly before?: string | null
  readonly after?: string | null
}

/** As parts of messages name them. */
export function hashesOf(operation: Operation, { before = null, after = null }: Known) {
  return {
    ...(before === null || operation === 'create' ? {} : { before: hash('sha256', before, 'base64url') }),
    ...(after === null || operation === 'delete' ? {} : { after: hash('sha256', after, 'base64url') }),
  }
}
