// The keeper: ends the trash after its time, archives what is idle, deletes only what a written rule names.

import { isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { SessionId, Tenant } from '../schema/ids.ts'
import type { ScopedStore } from '../store/store.ts'
import type { PruneRule, ScopedSessions, Sessions } from './contract.ts'

export interface Idle {
  readonly afterMs: number
  /** Default: `default`. */
  readonly tenants?: readonly Tenant[]
}

const keeper = { actor: 'engine:keeper', writer: 'E' } as const
const pageSize = 200

/** Deletes what was in the trash for 30 days. */
export async function keepTrash(sessions: Sessions): Promise<number> {
  let deleted = 0
  for (const { tenant, session } of await sessions.store.due(pageSize)) {
    const scope = { tenant, subjects: 'all' } as const
    const head = await sessions.store.within(scope).head(session)
    if (head?.place !== 'trash' || !(await mayGo(sessions.store.within(scope), head))) continue
    if (await unlessBusy(() => sessions.within(scope, keeper).session(session).delete({ expect: head.seq })))
      deleted += 1
  }
  return deleted
}

/** Archives sessions without activity since then; walks the old end of the list, so the busy ones are never read. */
export async function archiveIdle(where: Sessions | ScopedSessions, idle: Idle, now: number): Promise<number> {
  if ('scope' in where) return archiveOld(where, now - idle.afterMs)
  let archived = 0
  for (const tenant of idle.tenants ?? ['default']) {
    archived += await archiveOld(where.within({ tenant, subjects: 'all' }, keeper), now - idle.afterMs)
  }
  return archived
}

async function archiveOld(sessions: ScopedSessions, before: number): Promise<number> {
  let archived = 0
  for await (const head of oldest(sessions, 'open')) {
    if (head.updatedAt >= before) break
    if (head.openRuns.length > 0 || head.attention.length > 0) continue
    if (await unlessBusy(() => sessions.session(head.session).archive({ expect: head.seq }))) archived += 1
  }
  return archived
}

/** Deletes what the rule names, or lists it with `dryRun`. */
export async function prune(
  sessions: ScopedSessions,
  store: ScopedStore,
  rule: PruneRule,
  now: number,
): Promise<readonly SessionId[]> {
  const pruned: SessionId[] = []
  for await (const head of oldest(sessions, rule.place ?? 'archived', rule.where)) {
    if (head.updatedAt >= now - rule.olderThanMs) break
    if (!(await mayGo(store, head))) continue
    if (rule.dryRun || (await unlessBusy(() => sessions.session(head.session).delete({ expect: head.seq })))) {
      pruned.push(head.session)
    }
  }
  return pruned
}

/** Never with an open run, a wait, a binding or a pin. */
async function mayGo(store: ScopedStore, head: Head): Promise<boolean> {
  if (head.openRuns.length > 0 || head.attention.some((one) => one.kind !== 'failed')) return false
  if ((await store.marks.pinnedBy(head.session)).length > 0) return false
  const refs = await store.refs(head.session)
  return !refs.some((ref) => ref.type === 'branch' || ref.type === 'channel')
}

async function* oldest(
  sessions: ScopedSessions,
  place: 'open' | 'archived' | 'trash',
  where?: PruneRule['where'],
): AsyncGenerator<Head> {
  // A page is read whole before its sessions move, so the cursor stays where it was.
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await sessions.list({
      place,
      order: 'oldest',
      limit: pageSize,
      ...(where ? { where } : undefined),
      ...(cursor === undefined ? undefined : { cursor }),
    })
    yield* page.items
    cursor = page.cursor
  }
}

/** False where somebody was faster: written to meanwhile, deleted, or working. */
async function unlessBusy(act: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await act()) !== false
  } catch (error) {
    if (isDaybookError(error) && skipped.has(error.code)) return false
    throw error
  }
}

const skipped = new Set(['conflict', 'busy', 'gone', 'not_found', 'invalid_state', 'trashed', 'forbidden'])
