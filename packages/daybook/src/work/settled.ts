// Waiting until a run has ended or waits for somebody: told where it is performed here, else by following its session.

import type { Kind } from '../schema/kinds.ts'
import type { Session } from '../session/contract.ts'
import type { RunState, ScopedWork } from './contract.ts'
import type { KnownEntries } from './here.ts'
import { stateIn, stateOf } from './run-state.ts'

type Options = NonNullable<Parameters<ScopedWork['settled']>[1]>

const telling: ReadonlySet<Kind> = new Set(['run.waiting', 'run.finished', 'run.cancelled', 'run.withdrawn'])

/** @param performed settles when this process performs it no more; null: it does not */
export async function settledRun(
  session: Session,
  run: string,
  performed: Promise<KnownEntries> | null,
  options: Options,
): Promise<RunState> {
  const end = new AbortController()
  // With a reason: the error that stands in its place otherwise costs more than all the rest.
  const abort = () => end.abort('over')
  const timer = options.timeoutMs === undefined ? null : setTimeout(abort, options.timeoutMs)
  if (options.signal?.aborted) abort()
  options.signal?.addEventListener('abort', abort)
  try {
    const entries = performed && (await Promise.race([performed, aborted(end.signal)]))
    if (entries) {
      const state = await stateIn(session, run, entries)
      if (isSettled(state, options)) return state
    }
    const { seq, openRuns } = await session.head()
    // One that is under way is told of by what it writes.
    if (openRuns.find((open) => open.run === run)?.status !== 'running') {
      const state = await stateOf(session, run)
      if (isSettled(state, options)) return state
    }
    for await (const entry of session.follow(seq, end.signal)) {
      if (entry.run !== run || !telling.has(entry.kind)) continue
      const now = await stateOf(session, run)
      if (isSettled(now, options)) return now
    }
    return await stateOf(session, run)
  } finally {
    if (timer) clearTimeout(timer)
    options.signal?.removeEventListener('abort', abort)
    abort()
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null))
  })
}

function isSettled({ status, reason, approvals, questions }: RunState, { until }: Options): boolean {
  if (status === 'queued' || status === 'running') return false
  if (status !== 'waiting') return true
  if (until === 'end') return false
  // What it waited for has come: it is about to go on.
  if (reason === 'approval') return approvals.some((one) => one.status === 'open')
  if (reason === 'question') return questions.some((one) => one.status === 'open')
  return true
}
