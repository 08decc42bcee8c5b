// The part of the backend that starts runs and decides for them: the same calls on a server and in this process.

import type { RemoteRuns, RunFields } from '../client/client.ts'
import type { RunReceiptShape, RunStateShape } from '../schema/wire-runs.ts'
import type { Route } from '../work/contract.ts'

export type ApprovalShape = RunStateShape['approvals'][number]
export type QuestionShape = RunStateShape['questions'][number]

type SameCall = 'get' | 'queue' | 'undo' | 'agents' | 'agentList' | 'skills' | 'models' | 'budgets' | 'setBudget'
type Change = 'withdraw' | 'cancel' | 'decide' | 'answer'

export type Runs = Pick<RemoteRuns, SameCall> & {
  /** The run afterwards is asked for where somebody wants it. */
  readonly [Name in Change]: (...given: Parameters<RemoteRuns[Name]>) => Promise<unknown>
} & {
  /** No server works on the store: what is started here is performed by this process, while it lasts. */
  readonly here: boolean
  /** Where a text would go, and why. */
  route(text: string): Promise<Route>
  /** Without a session a new one is opened. Durable when it resolves. */
  start(session: string | null, fields: RunFields & { readonly input?: string }): Promise<RunReceiptShape>
}
