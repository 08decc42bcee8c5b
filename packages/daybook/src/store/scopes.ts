// The scope that a store is asked within: checked, and safe from what its caller does to it later.

import { DaybookError } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'
import type { Scope } from './store.ts'

/** A frozen copy; `invalid` for more subjects than a scope may have. */
export function scopeOf({ tenant, subjects }: Scope): Scope {
  if (subjects !== 'all' && subjects.length > limits.scopeSubjects) {
    throw new DaybookError('invalid', `A scope has at most ${limits.scopeSubjects} subjects.`, { field: 'subjects' })
  }
  return Object.freeze({ tenant, subjects: subjects === 'all' ? subjects : Object.freeze([...subjects]) })
}
