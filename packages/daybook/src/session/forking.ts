// Forking: a new session that shares its base's entries up to a seq, without copying them.

import { DaybookError } from '../schema/errors.ts'
import { foldVersion } from '../schema/heads.ts'
import { newId, type Seq, type SessionId } from '../schema/ids.ts'
import type { Key } from '../store/store.ts'
import type { Command } from './assemble.ts'
import { idFromKey } from './keys.ts'
import { checkId, openingDraft } from './opening.ts'
import { foldAt } from './refold.ts'
import type { SessionHandle } from './session.ts'

export interface ForkOptions {
  readonly at?: Seq
  readonly id?: SessionId
  readonly name?: string
  readonly key?: string | Key
}

/** The new session's id. The fork belongs to the caller. Keys, leases, refs, queue, waits and open runs stay with the base. */
export async function forkSession(base: SessionHandle, options: ForkOptions): Promise<SessionId> {
  const { engine, scope, caller } = base
  const head = await base.head()
  if (base.id.startsWith('@')) throw new DaybookError('invalid', 'system sessions are not forked')
  const at = options.at ?? head.seq
  if (!Number.isSafeInteger(at) || at < 1 || at > head.seq) {
    throw new DaybookError('invalid', `there is no entry ${at} to fork at`, { field: 'at' })
  }
  const key =
    options.key === undefined
      ? undefined
      : base.key(options.key, 'fork', [base.id, options.at ?? null, options.name ?? null])
  const id = checkId(options.id ?? (key ? idFromKey('ses', scope, 'fork', key) : newId('ses', engine.clock())))
  const whole = engine.writer.whole(scope.tenant)
  const state = await foldAt(whole, base.id, at)
  const opening = openingDraft(
    options.name === undefined
      ? { agent: state.head.currentAgent }
      : { agent: state.head.currentAgent, name: options.name },
    scope,
    engine.redactor,
    { session_id: base.id, seq: at, hash: state.head.hash },
  )
  const command: Command = {
    actor: caller.actor,
    opens: 'only',
    opening,
    event: 'write',
    fork: { base: { session: base.id, seq: at }, state: { ...state, head: { ...state.head, session: id } } },
    make: () => ({ drafts: [] }),
    ...(key ? { key } : undefined),
  }
  await engine.writer.submit(scope, id, command)
  const forked = await foldAt(whole, id, at + 1)
  await whole.snapshots.put(id, { seq: at + 1, fold: foldVersion, ...forked })
  return id
}
