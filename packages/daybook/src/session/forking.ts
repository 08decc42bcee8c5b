// Forking: a new session that shares its base's entries up to a seq, without copying them.

import { isDeepStrictEqual } from 'node:util'
import { DaybookError } from '../schema/errors.ts'
import { foldVersion } from '../schema/heads.ts'
import { newId, type Seq, type SessionId } from '../schema/ids.ts'
import type { Key, ScopedStore } from '../store/store.ts'
import { whileAlone } from './alone.ts'
import type { Command } from './assemble.ts'
import type { Told } from './contract.ts'
import type { Engine } from './engine.ts'
import { refoldFork } from './erasure.ts'
import { type Folded, fold } from './fold.ts'
import { idFromKey } from './keys.ts'
import { checkId, openingDraft } from './opening.ts'
import { foldAt } from './refold.ts'
import { segmentsOf } from './segments.ts'
import type { SessionHandle } from './session.ts'

export interface ForkOptions extends Told {
  readonly at?: Seq
  readonly id?: SessionId
  readonly name?: string
  readonly key?: string | Key
}

/** The new session's id. The fork belongs to the caller. Keys, leases, refs, queue, waits and open runs stay with the base. */
export async function forkSession(base: SessionHandle, options: ForkOptions): Promise<SessionId> {
  const { engine, scope, caller } = base
  const key =
    options.key === undefined
      ? undefined
      : base.key(options.key, 'fork', [base.id, options.at ?? null, options.name ?? null])
  const id = checkId(options.id ?? (key ? idFromKey('ses', scope, 'fork', key) : newId('ses', engine.clock())))
  if (key && (await wasMade(base, id, key, options))) return id
  const head = await base.head()
  if (base.id.startsWith('@')) throw new DaybookError('invalid', 'system sessions are not forked')
  const at = options.at ?? head.seq
  if (!Number.isSafeInteger(at) || at < 1 || at > head.seq) {
    throw new DaybookError('invalid', `there is no entry ${at} to fork at`, { field: 'at' })
  }
  const whole = engine.writer.whole(scope.tenant)
  const state = await foldAt(whole, base.id, at)
  const opening = openingDraft(options.name === undefined ? {} : { name: options.name }, scope, engine.redactor, {
    base: { session_id: await writerOf(whole, base.id, at), seq: at, hash: state.head.hash },
    agent: state.head.currentAgent,
  })
  const fork = { base: { session: base.id, seq: at }, state: { ...state, head: { ...state.head, session: id } } }
  const command: Command = {
    actor: caller.actor,
    opens: 'only',
    opening,
    event: 'write',
    fork,
    make: () => ({ drafts: [] }),
    ...(key ? { key } : undefined),
  }
  const receipt = await engine.writer.submit(scope, id, command)
  const [opened] = receipt.entries
  // The fork is there by now, whatever becomes of its first snapshot.
  if (opened) await keepFold(engine, whole, id, fold(fork.state, opened, opening.data)).catch(engine.onError)
  options.onReceipt?.(receipt)
  return id
}

/** A repeat is answered whatever became of the base since. */
async function wasMade(
  { store }: SessionHandle,
  id: SessionId,
  key: Key,
  { onReceipt }: ForkOptions,
): Promise<boolean> {
  const [known] = await store.receipts(id, [key.id])
  if (!known) return false
  if (known.digest !== key.digest) throw new DaybookError('key_reused', 'this key was used for another request')
  onReceipt?.({ session: id, first: known.first, last: known.last, replayed: true, entries: [] })
  return true
}

/** The fork's first snapshot. Where its base was erased in meanwhile, the fork was opened with what is gone by now. */
async function keepFold(engine: Engine, whole: ScopedStore, id: SessionId, opened: Folded): Promise<void> {
  const { seq } = opened.head
  let outdated = false
  await whileAlone(engine, whole, id, async () => {
    const folded = await foldAt(whole, id, seq)
    outdated = !isDeepStrictEqual(folded, opened)
    if (!outdated) await whole.snapshots.put(id, { seq, fold: foldVersion, ...folded })
  })
  if (outdated) await refoldFork(engine, whole, id)
}

/** In whose name an entry was written: an opening names that session, so that a log alone tells whose ids its hashes bind. */
async function writerOf(whole: ScopedStore, session: SessionId, seq: Seq): Promise<SessionId> {
  return (await segmentsOf(whole, session, seq)).at(-1)?.session ?? session
}
