// Where a session that comes from outside goes: what is here of it already, and whether the importing scope may have it.

import { DaybookError } from '../../schema/errors.ts'
import { isSystemId, type Seq } from '../../schema/ids.ts'
import type { Scope, ScopedStore } from '../../store/store.ts'
import { owns, visible } from '../assemble.ts'
import { dataOf } from '../decode.ts'
import type { SessionLine } from './format.ts'

/** `skip`: nothing is to be written. `after`: entries up to there are here already; 0 opens the session. */
export type Place = { readonly skip: true } | { readonly skip: false; readonly after: Seq }

export interface Arrival {
  /** Sees the whole tenant. */
  readonly whole: ScopedStore
  readonly scope: Scope
  readonly redact: boolean
  readonly line: SessionLine
  /** What the opening states. */
  readonly owner: string
  /** Hash of the entry at the seq of the session that is here, or the last one where that is longer. */
  readonly hash: string
}

/** Fails with `exists` for another chain under the same id, `gone` and `forbidden`, before anything is written. */
export async function placeOf(arrival: Arrival): Promise<Place> {
  const { whole, scope, line, redact } = arrival
  const { session } = line
  const head = await whole.head(session)
  if (line.needed_by && (await allHere(arrival, line.needed_by))) return { skip: true }
  if (!head) {
    checkOwner(arrival)
    return { skip: false, after: 0 }
  }
  if (!visible(head, scope)) throw new DaybookError('exists', `${session} is not free`)
  if (head.place === 'deleted') throw new DaybookError('gone', `${session} was deleted here`)
  const here = Math.min(head.seq, line.last)
  const same = redact ? await continues(arrival) : (await hashAt(whole, session, here)) === arrival.hash
  if (!same) {
    throw new DaybookError('exists', `${session} is here with another history`, { seq: head.seq })
  }
  if (head.seq >= line.last) return { skip: true }
  if (!owns(head, scope)) throw new DaybookError('forbidden', `only the owner of ${session} imports what it lacks`)
  return { skip: false, after: head.seq }
}

/** A beginning is of no use where all that was forked from it is here. */
async function allHere({ whole, scope }: Arrival, sessions: readonly string[]): Promise<boolean> {
  for (const session of sessions) {
    const head = await whole.head(session)
    if (!head || head.place === 'deleted' || !visible(head, scope)) return false
  }
  return true
}

export async function hashAt(whole: ScopedStore, session: string, seq: Seq): Promise<string | undefined> {
  return (await whole.read(session, { after: seq - 1, until: seq }))[0]?.hash
}

/** A redacted import of the same chain says so in its opening. */
async function continues({ whole, line }: Arrival): Promise<boolean> {
  const [opened] = await whole.read(line.session, { after: line.first - 1, until: line.first })
  const old = opened?.kind === 'session.opened' ? dataOf(opened, 'session.opened')?.continues : undefined
  return old?.hash === line.hash && old.seq === line.last
}

function checkOwner({ scope, redact, line, owner }: Arrival): void {
  if (scope.subjects === 'all') return
  if (isSystemId(line.session))
    throw new DaybookError('forbidden', 'system sessions are imported for a whole tenant only')
  if (redact || scope.subjects.includes(owner)) return
  throw new DaybookError('forbidden', `${line.session} belongs to ${owner}, for whom this scope does not act`, {
    hint: 'Import it for the whole tenant as it is, or with redact as a new chain of your own.',
  })
}
