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
  /** Puts the names into a statement that says `daybook.` for the schema and `_code` for the endings of routines. */
  named(text: string): string
}

/** The statements that make all routines. */
export const routinesSql = routines.join(';\n')

const places = /'daybook\.(?=[a-z_])|\bdaybook\.(?=[a-z_])|\bschema_name\b|\block_number\b|_code\b/g

/** `invalid` for what PostgreSQL would cut: 63 bytes at most. */
export function namesOf(schema: string): Names {
  if (schema === '' || schema.includes('\0') || !schema.isWellFormed() || Buffer.byteLength(schema) > 63) {
    throw new DaybookError('invalid', 'The name of a schema has 1 to 63 bytes.', { field: 'schema' })
  }
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const filled: Readonly<Record<string, string>> = {
    "'daybook.": `'${quoted.replaceAll("'", "''")}.`,
    'daybook.': `${quoted}.`,
    schema_name: quoted,
    // The first half of the numbers of this schema's advisory locks.
    lock_number: String(Buffer.from(digestOf(`daybook ${schema}`)).readInt32BE()),
    _code: `_${ending}`,
  }
  return { schema, named: (text) => text.replaceAll(places, (place) => filled[place] ?? place) }
}
