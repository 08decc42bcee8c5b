// The names of a store inside its database: its schema, its routines, the number of its locks.

import { DaybookError } from '../../schema/errors.ts'
import { lastKindNumber } from '../../schema/kinds.ts'
import { digestOf } from '../hash.ts'
import { appendRoutine, heldType } from './append-routine.ts'
import { format } from './ddl.ts'
import { sessionRoutines } from './session-routines.ts'
import { sharedRoutines } from './shared-routines.ts'
import { sweepRoutines } from './sweep-routines.ts'

/** In the order in which they are made. */
const routines: readonly string[] = [heldType, ...sharedRoutines, ...sweepRoutines, ...sessionRoutines, appendRoutine]

export interface Names {
  readonly schema: string
  /** Puts the names into a statement that says `daybook.` for the schema and `_code` for the endings of routines. */
  named(text: string): string
  /** What to find to know that all routines are there: the last that is made. */
  readonly lastRoutine: string
}

/** The statements that make all routines. */
export const routinesSql = routines.join(';\n')

/** What a version of daybook understands: routines refuse to write where more was written. */
export interface Understood {
  readonly format: number
  /** The highest kind number. */
  readonly kinds: number
}

const understood: Understood = { format, kinds: lastKindNumber }

const places =
  /\bformat_known\b|\bkinds_known\b|'daybook\.(?=[a-z_])|\bdaybook\.(?=[a-z_])|\bschema_name\b|\block_number\b|_code\b/g

/** `invalid` for what PostgreSQL would cut: 63 bytes at most. */
export function namesOf(schema: string, { format, kinds }: Understood = understood): Names {
  if (schema === '' || schema.includes('\0') || !schema.isWellFormed() || Buffer.byteLength(schema) > 63) {
    throw new DaybookError('invalid', 'The name of a schema has 1 to 63 bytes.', { field: 'schema' })
  }
  // Of these very texts and numbers, so that versions of daybook serve side by side.
  const ending = Buffer.from(digestOf(`${format} ${kinds}\n${routinesSql}`)).toString('hex', 0, 5)
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const filled: Readonly<Record<string, string>> = {
    "'daybook.": `'${quoted.replaceAll("'", "''")}.`,
    'daybook.': `${quoted}.`,
    schema_name: quoted,
    // The first half of the numbers of this schema's advisory locks.
    lock_number: String(Buffer.from(digestOf(`daybook ${schema}`)).readInt32BE()),
    _code: `_${ending}`,
    format_known: String(format),
    kinds_known: String(kinds),
  }
  const named = (text: string) => text.replaceAll(places, (place) => filled[place] ?? place)
  return { schema, named, lastRoutine: `append_${ending}` }
}
