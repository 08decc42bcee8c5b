// The names of a store inside its database: its schema, its routines, the number of its locks.

import { DaybookError } from '../../schema/errors.ts'
import { digestOf } from '../hash.ts'
import { appendRoutine, heldType } from './append-routine.ts'
import { sessionRoutines } from './session-routines.ts'
import { sharedRoutines } from './shared-routines.ts'
import { sweepRoutines } from './sweep-routines.ts'

/** In the order in which they are made. */
const routines: readonly string[] = [heldType, ...sharedRoutines, ...sweepRoutines, ...sessionRoutines, appendRoutine]

/** What the names of routines end with: of these very texts, so that versions of daybook serve side by side. */
const ending = Buffer.from(digestOf(routines.join('\n'))).toString('hex', 0, 5)

/** What to find to know that all routines are there: the last that is made. */
export const lastRoutine = `append_${ending}`

export interface Names {
  readonly schema: string
  /** First half of the number of this schema's advisory locks. */
  readonly lock: number
  /** Puts the names into a statement that says `daybook.` for the schema and `_code` for the routines' ending. */
  named(text: string): string
  readonly routines: readonly string[]
}

/** `invalid` for what PostgreSQL would cut: 63 bytes at most. */
export function namesOf(schema: string): Names {
  if (schema === '' || schema.includes('\0') || !schema.isWellFormed() || Buffer.byteLength(schema) > 63) {
    throw new DaybookError('invalid', 'The name of a schema has 1 to 63 bytes.', { field: 'schema' })
  }
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const lock = Buffer.from(digestOf(`daybook ${schema}`)).readInt32BE()
  const named = (text: string) =>
    text
      .replaceAll(/\bdaybook\.(?=[a-z_])/g, () => `${quoted}.`)
      .replaceAll(/(\b[a-z_]+)_code\b/g, `$1_${ending}`)
      .replaceAll('lock_number', String(lock))
  return { schema, lock, named, routines: routines.map(named) }
}
