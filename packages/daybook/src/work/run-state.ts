// What is known of one run, and of a session's queue, read from the log.

import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { OpenRun } from '../schema/heads.ts'
import type { RunId } from '../schema/ids.ts'
import { type Json, limits } from '../schema/json.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import type { Session } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'
import { foldRuns, runKinds } from '../session/views/runs.ts'
import type { ApprovalView, QuestionView, QueuedRun, RunState } from './contract.ts'
import type { RunCaller } from './skills/contract.ts'
import { messageAt, namedMessage } from './tell.ts'

/** What it was asked with, beside what views show. */
export interface KnownRun extends RunState {
  readonly queued: { readonly caller?: RunCaller; readonly skill?: string; readonly routed: boolean }
}

const kinds = [
  ...runKinds,
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'question.asked',
  'question.answered',
] as const satisfies readonly Kind[]
const shown: ReadonlySet<Kind> = new Set(runKinds)

/** @throws DaybookError `not_found` */
export async function stateOf(session: Session, run: RunId): Promise<KnownRun> {
  return stateIn(session, run, await entriesOfRun(session, run))
}

/** @param entries all of the run, oldest first */
export async function stateIn(session: Session, run: RunId, entries: readonly StoredEntry[]): Promise<KnownRun> {
  const queued = entries[0]
  const [view] = (await foldRuns(entries.filter(({ kind }) => shown.has(kind)))).filter((one) => one.run === run)
  if (!queued || !view) throw new DaybookError('not_found', `no run ${run}`)
  const data = queued.kind === 'run.queued' ? dataOf(queued, 'run.queued') : null
  const told = namedMessage(view.output)
  return {
    ...view,
    ...(told === null ? undefined : { output: (await messageAt(session, told, entries)).content }),
    session: session.id,
    approvals: approvalsOf(entries),
    questions: questionsOf(entries),
    queued: {
      ...(data?.caller ? { caller: data.caller as RunCaller } : undefined),
      ...(data?.skill === undefined ? undefined : { skill: data.skill }),
      routed: data?.routing !== undefined,
    },
  }
}

/** From the newest back to where it was queued: recent runs are found without reading the log. */
async function entriesOfRun(session: Session, run: RunId): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = []
  for (let until = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await session.stored({ until, order: 'desc', kinds, limit: 256 })
    for (const entry of page) {
      if (entry.run === run || undoes(entry, run)) found.push(entry)
      if (entry.run === run && isFirst(entry)) return found.reverse()
    }
    const last = page.at(-1)
    if (!last || page.length < 256 || last.seq <= 1) return found.reverse()
    until = last.seq - 1
  }
}

function undoes(entry: StoredEntry, run: RunId): boolean {
  return entry.kind === 'step.undone' && dataOf(entry, 'step.undone')?.of === run
}

/** A run that goes back into the queue is queued again, with a reason. */
function isFirst(entry: StoredEntry): boolean {
  return entry.kind === 'run.queued' && dataOf(entry, 'run.queued')?.reason !== 'retry'
}

function approvalsOf(entries: readonly StoredEntry[]): readonly ApprovalView[] {
  const found = new Map<string, ApprovalView>()
  each(entries, 'approval.requested', ({ approval_id: id, summary, digest, input, deciders = [], until }) => {
    const asked = { id, summary, digest, deciders, until: until === undefined ? null : Date.parse(until) }
    found.set(id, { ...asked, status: 'open', ...(input === undefined ? undefined : { input: input as Json }) })
  })
  each(entries, 'approval.decided', ({ approval_id: id, decision, by, comment }) => {
    const asked = found.get(id)
    if (asked) found.set(id, { ...asked, status: decision, by, ...(comment === undefined ? undefined : { comment }) })
  })
  each(entries, 'approval.expired', ({ approval_id: id }) => {
    const asked = found.get(id)
    if (asked) found.set(id, { ...asked, status: 'expired' })
  })
  return [...found.values()]
}

function questionsOf(entries: readonly StoredEntry[]): readonly QuestionView[] {
  const found = new Map<string, QuestionView>()
  each(entries, 'question.asked', ({ question_id: id, summary, until }) => {
    found.set(id, { id, summary, until: until === undefined ? null : Date.parse(until), status: 'open' })
  })
  each(entries, 'question.answered', ({ question_id: id, answer }) => {
    const asked = found.get(id)
    if (asked) found.set(id, { ...asked, status: 'answered', answer: answer as Json })
  })
  return [...found.values()]
}

function each<K extends Kind>(entries: readonly StoredEntry[], kind: K, take: (data: DataOf<K>) => void): void {
  for (const entry of entries) {
    if (entry.kind !== kind) continue
    const data = dataOf(entry, kind)
    if (data !== null) take(data)
  }
}

/** Queued runs in their order; position 0 is the next, or counts what is under way. */
export async function queueOf(session: Session): Promise<readonly QueuedRun[]> {
  const head = await session.head()
  const roots = head.openRuns.filter(({ parent }) => parent === undefined)
  const queued = roots.filter(({ status }) => status === 'queued')
  const runs = await Promise.all(queued.map((open) => queuedRun(session, open, roots.indexOf(open))))
  return runs.filter((run) => run !== null)
}

async function queuedRun(session: Session, open: OpenRun, position: number): Promise<QueuedRun | null> {
  const at = async (seq: number) =>
    (await session.stored({ after: seq - 1, until: seq, limit: 1 })).find((entry) => entry.seq === seq)
  const first = await at(open.seq)
  const data = first?.kind === 'run.queued' ? dataOf(first, 'run.queued') : null
  if (!first || !data) return null
  const edited = await lastEdit(session, open)
  const { input = data.input, skill = edited ? undefined : data.skill } = edited ?? {}
  return {
    run: open.run,
    position,
    ...(input === undefined ? undefined : { input: input as Json }),
    ...(data.agent === undefined ? undefined : { agent: data.agent }),
    ...(skill === undefined ? undefined : { skill }),
    queuedAt: first.at,
    seq: open.edited ?? open.seq,
  }
}

async function lastEdit(session: Session, open: OpenRun): Promise<DataOf<'run.edited'> | null> {
  if (open.edited === undefined) return null
  const edits = await session.stored({ after: open.seq, kinds: ['run.edited'], limit: limits.pageItems })
  const last = edits.findLast((entry) => entry.run === open.run)
  return last ? dataOf(last, 'run.edited') : null
}
