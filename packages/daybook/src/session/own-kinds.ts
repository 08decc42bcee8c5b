// Kinds with rules of their own: as whom the engine writes them, and which state a session may change.

import type { NewEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Draft } from './drafts.ts'

/** The state of a person or of the application lives in sessions of its own. */
export function checkStateScope(one: Draft): void {
  if (one.kind === 'state.changed' && (one.data as { scope: string }).scope !== 'session') {
    throw new DaybookError('invalid', 'only session state is written here', { field: 'data.scope' })
  }
}

/** As whom the engine writes an entry of its own kinds. */
export function writerOf(entry: NewEntry): 'E' | 'R' {
  return entry.kind.startsWith('run.') || entry.kind === 'summary' || entry.kind === 'state.changed' ? 'R' : 'E'
}
