// The first entry of a session: what a caller's fields mean in `session.opened`.

import type { DataOf } from '../schema/data.ts'
import { DaybookError } from '../schema/errors.ts'
import { facetFields } from '../schema/heads.ts'
import { isSessionId, type SessionId } from '../schema/ids.ts'
import { firstAgent } from '../schema/states.ts'
import type { Scope } from '../store/store.ts'
import type { OpenFields } from './contract.ts'
import { type Draft, draft } from './drafts.ts'
import type { Redactor } from './redact.ts'

type Opened = DataOf<'session.opened'>

/**
 * Sessions are opened in the name of the scope's first subject; a scope over the whole tenant opens as `local`.
 *
 * @throws DaybookError `invalid` for a scope of nobody.
 */
export function ownerOf(scope: Scope): string {
  if (scope.subjects === 'all') return 'local'
  const [first] = scope.subjects
  if (first === undefined) throw new DaybookError('invalid', 'nobody acts in this scope', { field: 'subjects' })
  return first
}

/** Where a fork goes on from: its base, and who works at that moment. */
export interface ForkPoint {
  readonly base: NonNullable<Opened['base']>
  readonly agent: string
}

export function openingDraft(fields: OpenFields, scope: Scope, redactor: Redactor, fork?: ForkPoint): Draft {
  const data: { -readonly [Name in keyof Opened]: Opened[Name] } = {
    owner: fields.owner ?? ownerOf(scope),
    agent: fields.agent ?? fork?.agent ?? firstAgent,
  }
  if (fork) data.base = fork.base
  for (const [field, name] of Object.entries(wireNames) as [keyof typeof wireNames, keyof Opened][]) {
    if (fields[field] !== undefined) Object.assign(data, { [name]: fields[field] })
  }
  return draft({ kind: 'session.opened', data }, 'E', redactor)
}

const plain = new WeakMap<Scope, Draft>()

/** As {@link openingDraft}; with `true` nothing is said, and all handles of a scope share one: surfaces make one per call. */
export function openingOf(fields: OpenFields | true, scope: Scope, redactor: Redactor): Draft {
  if (fields !== true) return openingDraft(fields, scope, redactor)
  let opening = plain.get(scope)
  if (!opening) {
    opening = openingDraft({}, scope, redactor)
    plain.set(scope, opening)
  }
  return opening
}

export const wireNames = {
  name: 'name',
  ...facetFields,
  model: 'model',
  metadata: 'metadata',
  state: 'state',
  agentData: 'agent_data',
} as const

export function checkId(id: SessionId, system = false): SessionId {
  if (typeof id !== 'string' || !isSessionId(id) || (id.startsWith('@') && !system)) {
    throw new DaybookError('invalid', 'an id has 1 to 128 of A-Z a-z 0-9 . _ : - and not only dots', {
      field: 'session_id',
    })
  }
  return id
}
