// How runs, their steps, approvals, questions and waits change the head: open runs, status, attention and when to look again.

import type { StoredEntry } from '../schema/entries.ts'
import type { Attention, Head, OpenRun } from '../schema/heads.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import type { Status } from '../schema/states.ts'
import { addUsage } from '../schema/usage.ts'
import type { Folder } from './fold.ts'
import { firstLine, line } from './lines.ts'

export const runFolders: { readonly [K in Kind]?: Folder<K> } = {
  'run.queued': ({ head }, data, entry) => ({
    head: {
      runs: begun(head, data.run_id),
      lastActivity: entry.at,
      ...settle(head, queued(head, data, entry), withoutFailures(head.attention), entry),
    },
  }),
  'run.started': ({ head }, data, entry) => ({
    head: {
      runs: begun(head, data.run_id),
      ...settle(head, placed(head, started(data, head, entry)), goingOn(head, data.run_id), entry),
    },
  }),
  'run.waiting': ({ head }, data, entry) => {
    const due = data.until === undefined ? undefined : { due: Date.parse(data.until) }
    const run: OpenRun = { ...opened(head, data.run_id, entry), status: 'waiting', ...due }
    return { head: settle(head, placed(head, run), blockedBy(head, data, entry), entry) }
  },
  'run.finished': ({ head }, data, entry) => ({
    head: {
      ...addUsage(head, data.usage, data.cost),
      ...(data.status === 'failed' ? { last: line(data.error?.message ?? 'failed', entry, entry.actor) } : undefined),
      lastActivity: entry.at,
      ...settle(head, ended(head, data.run_id), afterRun(head, data, entry), entry),
    },
  }),
  'run.cancelled': ({ head }, data, entry) => ({ head: withdrawn(head, data.run_id, entry) }),
  'run.withdrawn': ({ head }, data, entry) => ({ head: withdrawn(head, data.run_id, entry) }),
  'run.edited': ({ head }, data, entry) => ({
    head: settle(head, changed(head, data.run_id, { edited: entry.seq }), head.attention, entry),
  }),
  'run.moved': ({ head }, data, entry) => ({
    head: settle(head, movedBefore(head, data, entry), head.attention, entry),
  }),
  'run.resumed': ({ head }, data, entry) => ({
    head: settle(head, changed(head, data.run_id, { due: entry.at }), unblocked(head, data.run_id), entry),
  }),
  'step.resolved': ({ head }, data, entry) => ({
    head: settle(head, changed(head, data.run_id, { due: entry.at }), unblocked(head, data.run_id), entry),
  }),
  'approval.requested': ({ head }, data, entry) => ({
    head: asked(head, 'approval', data.approval_id, data, entry),
  }),
  'approval.decided': ({ head }, data, entry) => ({ head: answered(head, data.run_id, data.approval_id, entry) }),
  'approval.expired': ({ head }, data, entry) => ({ head: answered(head, data.run_id, data.approval_id, entry) }),
  'question.asked': ({ head }, data, entry) => ({ head: asked(head, 'question', data.question_id, data, entry) }),
  'question.answered': ({ head }, data, entry) => ({ head: answered(head, data.run_id, data.question_id, entry) }),
}

/** Runs but those that are open: they do not come along. */
export function endedRuns(head: Head): number {
  return head.runs - head.openRuns.length
}

export function withoutFailures(attention: readonly Attention[]): readonly Attention[] {
  return attention.some((one) => one.kind === 'failed') ? attention.filter((one) => one.kind !== 'failed') : attention
}

/** The fields that follow open runs and attention. */
export function settle(
  head: Head,
  openRuns: readonly OpenRun[],
  attention: readonly Attention[],
  entry: StoredEntry,
): Partial<Head> {
  if (openRuns === head.openRuns && attention === head.attention) return {}
  return { openRuns, attention, status: statusOf(openRuns, attention), due: dueOf(openRuns, entry.at, head.due) }
}

/**
 * When somebody must look at a session with these runs: at once where one is running (a lease that lives hides it), when
 * the first of the waiting ones has its time, and for a queue only while none of its runs is under way.
 */
export function dueOf(openRuns: readonly OpenRun[], now: number, before: number | null = null): number | null {
  if (openRuns.length === 0) return null
  const since = before === null ? now : Math.min(before, now)
  if (openRuns.some((open) => open.status === 'running')) return since
  const waiting = openRuns.filter((open) => open.status === 'waiting')
  if (waiting.length > 0) return waiting.reduce<number | null>((due, open) => earlier(due, open.due), null)
  const first = openRuns.find((open) => open.parent === undefined)
  return first?.due ?? since
}

function earlier(due: number | null, other: number | undefined): number | null {
  if (other === undefined) return due
  return due === null ? other : Math.min(due, other)
}

function statusOf(openRuns: readonly OpenRun[], attention: readonly Attention[]): Status {
  if (attention.some((one) => stuck.has(one.kind))) return 'blocked'
  for (const status of ['running', 'waiting', 'queued'] as const) {
    if (openRuns.some((open) => open.status === status)) return status
  }
  return attention.some((one) => one.kind === 'failed') ? 'failed' : 'idle'
}

/** Runs there were, this one among them; one that goes back into the queue is counted already. */
function begun(head: Head, run: string): number {
  return head.openRuns.some((open) => open.run === run) ? head.runs : head.runs + 1
}

/** What is known of an open run; of one that was never queued, that it begins here. */
function opened(head: Head, run: string, entry: StoredEntry): OpenRun {
  const known = head.openRuns.find((open) => open.run === run)
  if (!known) return { run, status: 'queued', seq: entry.seq }
  const { due: _, ...rest } = known
  return rest
}

function queued(head: Head, data: DataOf<'run.queued'>, entry: StoredEntry): readonly OpenRun[] {
  const run: OpenRun = {
    ...opened(head, data.run_id, entry),
    status: 'queued',
    ...(data.parent === undefined ? undefined : { parent: data.parent }),
    ...(data.until === undefined ? undefined : { due: Date.parse(data.until) }),
  }
  return placed(head, run)
}

function started(data: DataOf<'run.started'>, head: Head, entry: StoredEntry): OpenRun {
  return { ...opened(head, data.run_id, entry), status: 'running' }
}

/** With this run in its place: where it stood, or last. */
function placed(head: Head, run: OpenRun): readonly OpenRun[] {
  const at = head.openRuns.findIndex((open) => open.run === run.run)
  return at < 0 ? [...head.openRuns, run] : head.openRuns.with(at, run)
}

function changed(head: Head, run: string, change: Partial<OpenRun>): readonly OpenRun[] {
  const at = head.openRuns.findIndex((open) => open.run === run)
  const known = head.openRuns[at]
  return known ? head.openRuns.with(at, { ...known, ...change }) : head.openRuns
}

function movedBefore(head: Head, data: DataOf<'run.moved'>, entry: StoredEntry): readonly OpenRun[] {
  const moved = head.openRuns.find((open) => open.run === data.run_id)
  if (!moved) return head.openRuns
  const others = head.openRuns.filter((open) => open !== moved)
  const before = others.findIndex((open) => open.run === data.before)
  return others.toSpliced(before < 0 ? others.length : before, 0, { ...moved, edited: entry.seq })
}

/** Without this run and what it had begun. */
function ended(head: Head, run: string): readonly OpenRun[] {
  const gone = new Set([run])
  for (const open of head.openRuns) if (open.parent !== undefined && gone.has(open.parent)) gone.add(open.run)
  return head.openRuns.filter((open) => !gone.has(open.run))
}

function withdrawn(head: Head, run: string, entry: StoredEntry): Partial<Head> {
  return { lastActivity: entry.at, ...settle(head, ended(head, run), ofOtherRuns(head, run), entry) }
}

/** Failures that a person chose need nobody's attention. */
const expected: ReadonlySet<string | undefined> = new Set(['denied', 'refused', 'undone'])

function afterRun(head: Head, data: DataOf<'run.finished'>, entry: StoredEntry): readonly Attention[] {
  const kept = withoutFailures(ofOtherRuns(head, data.run_id))
  if (data.status !== 'failed' || expected.has(data.reason)) return kept
  const summary = firstLine(data.error?.message ?? data.reason ?? 'failed') ?? 'failed'
  return [...kept, { kind: 'failed', since: entry.at, run: data.run_id, summary }]
}

function blockedBy(head: Head, data: DataOf<'run.waiting'>, entry: StoredEntry): readonly Attention[] {
  const kind = data.reason === 'operator' ? 'blocked' : data.reason === 'budget_paused' ? 'budget' : null
  if (kind === null) return head.attention
  const summary = data.summary ?? (kind === 'budget' ? 'a budget is used up' : 'waits for an operator')
  return [...unblocked(head, data.run_id), { kind, since: entry.at, run: data.run_id, summary }]
}

/** What keeps a session from going on by itself. */
const stuck: ReadonlySet<Attention['kind']> = new Set(['blocked', 'budget'])

function unblocked(head: Head, run: string): readonly Attention[] {
  const { attention } = head
  const isOver = (one: Attention): boolean => stuck.has(one.kind) && one.run === run
  return attention.some(isOver) ? attention.filter((one) => !isOver(one)) : attention
}

/** Of a run that began or goes on: nothing that was is in its way. */
function goingOn(head: Head, run: string): readonly Attention[] {
  return withoutFailures(unblocked(head, run))
}

function asked(
  head: Head,
  kind: 'approval' | 'question',
  id: string,
  data: { readonly run_id: string; readonly summary: string },
  entry: StoredEntry,
): Partial<Head> {
  const attention = [...head.attention, { kind, since: entry.at, run: data.run_id, id, summary: data.summary }]
  return settle(head, head.openRuns, attention, entry)
}

/** What was asked needs nobody any more, and its run goes on. */
function answered(head: Head, run: string, id: string, entry: StoredEntry): Partial<Head> {
  const attention = head.attention.filter((one) => one.id !== id)
  return settle(head, changed(head, run, { due: entry.at }), attention, entry)
}

function ofOtherRuns(head: Head, run: string): readonly Attention[] {
  return head.attention.some((one) => one.run === run)
    ? head.attention.filter((one) => one.run !== run)
    : head.attention
}
