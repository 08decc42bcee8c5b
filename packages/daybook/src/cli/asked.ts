// What sessions ask of a person: open approvals and questions, found through the runs that wait.

import { limits } from '../schema/json.ts'
import type { RunStateShape } from '../schema/wire-runs.ts'
import type { SessionShape } from '../schema/wire-shapes.ts'
import type { Backend } from './backend.ts'
import type { ApprovalShape, QuestionShape } from './runs.ts'

export interface Asked<T> {
  readonly session: SessionShape
  readonly run: RunStateShape
  readonly ask: T
}

/** Open approvals of a session, oldest run first. */
export async function approvalsIn(backend: Backend, session: SessionShape): Promise<readonly Asked<ApprovalShape>[]> {
  const runs = await waitingRuns(backend, session)
  return runs.flatMap((run) =>
    run.approvals.filter(({ status }) => status === 'open').map((ask) => ({ session, run, ask })),
  )
}

/** Open questions of a session, oldest run first. */
export async function questionsIn(backend: Backend, session: SessionShape): Promise<readonly Asked<QuestionShape>[]> {
  const runs = await waitingRuns(backend, session)
  return runs.flatMap((run) =>
    run.questions.filter(({ status }) => status === 'open').map((ask) => ({ session, run, ask })),
  )
}

/** Sessions where an approval is the first thing that needs somebody. */
export async function sessionsToApprove(backend: Backend): Promise<readonly SessionShape[]> {
  const { sessions } = await backend.list({ attention: true, limit: limits.pageItems })
  return sessions.filter(({ attention }) => attention?.kind === 'approval')
}

async function waitingRuns(
  backend: Backend,
  { session_id, attention }: SessionShape,
): Promise<readonly RunStateShape[]> {
  if (attention === undefined) return []
  const { runs } = await backend.session(session_id).view('runs')
  const waiting = runs.filter(({ status, parent }) => status === 'waiting' && parent === undefined)
  return Promise.all(waiting.map(({ run_id }) => backend.runs.get(run_id)))
}
