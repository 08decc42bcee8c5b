// The keeper: ends the trash after its time, archives what is idle, deletes only what a written rule names.

import { isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { SessionId, Tenant } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { ScopedStore } from '../store/store.ts'
import { owns } from './assemble.ts'
import type { PruneRule, ScopedSessions, Sessions } from './contract.ts'
import { headsOf } from './pages.ts'
import { invalid } from './values.ts'

export interface Idle {
  readonly afterMs: number
  /** Default: `default`. */
  readonly tenants?: readonly Tenant[]
}

const keeper = { actor: 'engine:keeper', writer: 'E' } as const
/** Sessions looked at in one page. */
const limit = 200
const oldest = { order: 'oldest', limit } as const

/** Deletes what was in the trash for 30 days. */
export async function keepTrash(sessions: Sessions): Promise<number> {
  let deleted = 0
  for (const { tenant, session } of await sessions.store.due(limits.pageItems, 'trash')) {
    const scope = { tenant, subjects: 'all' } as const
    const head = await sessions.store.within(scope).head(session)
    if (head?.place !== 'trash' || !(await mayGo(sessions.store.within(scope), head))) continue
    if (await unlessBusy(() => sessions.within(scope, keeper).session(session).delete({ expect: head.seq })))
      deleted += 1
  }
  return deleted
}

/** Archives sessions without activity since then. */
export async function archiveIdle(sessions: Sessions, idle: Idle, now: number): Promise<number> {
  let archived = 0
  for (const tenant of idle.tenants ?? ['default']) {
    const scope = { tenant, subjects: 'all' } as const
    archived += await archiveOld(sessions.within(scope, keeper), sessions.store.within(scope), idle.afterMs, now)
  }
  return archived
}

/** Walks the old end of the list, so the busy ones are never read. */
export async function archiveOld(
  sessions: ScopedSessions,
  store: ScopedStore,
  afterMs: number,
  now: number,
): Promise<number> {
  checkAge('maxAgeMs', afterMs)
  let archived = 0
  for await (const head of headsOf(store, { place: 'open', ...oldest })) {
    if (head.updatedAt >= now - afterMs) break
    if (head.openRuns.length > 0 || head.attention.length > 0 || (await isPinned(store, head))) continue
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
  const { place = 'archived', olderThanMs, where } = rule
  checkAge('olderThanMs', olderThanMs)
  if (place !== 'archived' && place !== 'trash') throw invalid('place', 'is neither archived nor trash')
  const pruned: SessionId[] = []
  for await (const head of headsOf(store, { place, ...oldest, ...(where ? { where } : undefined) })) {
    if (head.updatedAt >= now - olderThanMs) break
    if (!owns(head, store.scope) || !(await mayGo(store, head))) continue
    if (rule.dryRun || (await unlessBusy(() => sessions.session(head.session).delete({ expect: head.seq })))) {
      pruned.push(head.session)
    }
  }
  return pruned
}

/** A number that is none would be older than everything. */
function checkAge(field: string, age: number): void {
  if (!(Number.isFinite(age) && age >= 0)) throw invalid(field, 'is not a number of milliseconds')
}

/** Never with an open run, a wait, a binding or a pin. */
async function mayGo(store: ScopedStore, head: Head): Promise<boolean> {
  if (head.openRuns.length > 0 || head.attention.some((one) => one.kind !== 'failed')) return false
  if (await isPinned(store, head)) return false
  const refs = await store.refs(head.session)
  return !refs.some((ref) => ref.type === 'branch' || ref.type === 'channel')
}

async function isPinned(store: ScopedStore, head: Head): Promise<boolean> {
  return (await store.marks.pinnedBy(head.session)).length > 0
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
