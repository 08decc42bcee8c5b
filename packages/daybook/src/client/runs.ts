// Runs of a server: starting them, waiting for them, deciding for them, and following one to its end.

import type { BudgetListShape, BudgetShape, NewBudget, TeamListShape } from '../schema/wire-budgets.ts'
import type { ModelList } from '../schema/wire-models.ts'
import type { AgentRun, NewRun, RunChanges, RunQuery } from '../schema/wire-run-requests.ts'
import type {
  AgentListShape,
  AttentionListShape,
  QueueShape,
  RouteShape,
  RunAnswerShape,
  RunMetricsShape,
  RunReceiptShape,
  RunStateShape,
  SkillListShape,
} from '../schema/wire-runs.ts'
import type { EntryShape } from '../schema/wire-shapes.ts'
import { type FollowOptions, follow } from './follow.ts'
import { type CallOptions, type Delta, prefix, type WriteOptions, written } from './session.ts'
import type { ServerSentEvent } from './sse.ts'
import type { Request, Transport } from './transport.ts'

export type { AttentionListShape, QueueShape, RunAnswerShape, RunMetricsShape, RunReceiptShape, RunStateShape }

/** Of writes that expect no seq of a session. */
export type KeyOptions = Omit<WriteOptions, 'expect'>
export type RunFields = Omit<NewRun, 'wait' | 'wait_ms' | 'stream'>

/** What comes of a run: its entries, unfinished output, and as the last item the run itself. */
export type RunItem = EntryShape | Delta | { readonly run: RunStateShape }

export interface WaitOptions extends CallOptions {
  /** Milliseconds; default: for ever. */
  readonly timeoutMs?: number
  /** Also through waits for somebody. */
  readonly until?: 'end'
}

export interface RemoteRuns {
  /** Durable when it resolves; the run begins by itself. Opens the session when its id is not known yet. */
  start(session: string, fields: RunFields, options?: KeyOptions): Promise<RunReceiptShape>
  get(run: string, options?: CallOptions): Promise<RunStateShape>
  /** The run once it has ended or waits for somebody, or as it is when the time is over. */
  wait(run: string, options?: WaitOptions): Promise<RunStateShape>
  cancel(run: string, options?: KeyOptions): Promise<RunStateShape>
  decide(run: string, approval: string, decision: DecisionFields, options?: KeyOptions): Promise<RunStateShape>
  answer(run: string, question: string, answer: unknown, options?: KeyOptions): Promise<RunStateShape>
  resolve(run: string, resolution: ResolutionFields, options?: KeyOptions): Promise<RunStateShape>
  undo(run: string, options?: KeyOptions): Promise<RunReceiptShape>
  queue(session: string, options?: CallOptions): Promise<QueueShape>
  /** A new input for a queued run, or another place. `expect` is the seq of its last change, as the queue tells it. */
  edit(run: string, changes: Omit<RunChanges, 'expect'>, options?: WriteOptions): Promise<RunStateShape>
  withdraw(run: string, options?: WriteOptions): Promise<RunStateShape>
  /**
   * The entries of a run behind `after` and what comes, over lost connections, until it has ended or waits for somebody: then
   * the run itself, and the end.
   */
  stream(run: string, options?: FollowOptions & { readonly after?: number }): AsyncGenerator<RunItem>
  /** Finds the skill for a text, runs it, and waits. */
  run(query: RunQuery, options?: KeyOptions): Promise<RunAnswerShape>
  runAgent(agent: string, fields: AgentRun, options?: KeyOptions): Promise<RunStateShape>
  /** What waits for a person, over all sessions. */
  approvals(
    query?: { readonly limit?: number; readonly cursor?: string },
    options?: CallOptions,
  ): Promise<AttentionListShape>
  route(text: string, role?: string, options?: CallOptions): Promise<RouteShape>
  skills(options?: CallOptions): Promise<SkillListShape>
  agents(options?: CallOptions): Promise<AgentListShape['agents']>
  /** Those that can be asked, and why others cannot. */
  models(options?: CallOptions): Promise<ModelList>
  /** Of the day, and those that were set or are asked for. */
  budgets(query?: BudgetsQuery, options?: CallOptions): Promise<BudgetListShape>
  setBudget(budget: NewBudget, options?: KeyOptions): Promise<BudgetShape>
  teams(options?: CallOptions): Promise<TeamListShape['teams']>
  /** The same, with what is wrong with files of agents. */
  agentList(options?: CallOptions): Promise<AgentListShape>
  metrics(query?: MetricsQuery, options?: CallOptions): Promise<RunMetricsShape>
}

export interface DecisionFields {
  readonly decision: 'approved' | 'denied'
  /** As the approval tells it. */
  readonly digest: string
  readonly comment?: string
}

export interface ResolutionFields {
  readonly step_id: string
  readonly resolution: 'retry' | 'done' | 'fail'
  readonly reason: string
  readonly output?: unknown
}

export interface BudgetsQuery {
  readonly session_id?: string
  readonly agent?: string
  readonly user?: string
}

export interface MetricsQuery {
  readonly group?: RunMetricsShape['group']
  /** RFC 3339. */
  readonly since?: string
  readonly until?: string
  readonly agent?: string
  readonly user?: string
  readonly limit?: number
}

/** Of one call: what stands between may cut longer ones. */
const longestCall = 60_000

export function remoteRuns(transport: Transport): RemoteRuns {
  const read = <T>(path: string, options: CallOptions = {}, query?: Request['query']): Promise<T> =>
    transport.json({ path: `${prefix}${path}`, query, signal: options.signal })
  const write = <T>(method: string, path: string, body?: object, options: KeyOptions = {}): Promise<T> =>
    transport.json({ ...written(options), method, path: `${prefix}${path}`, body })
  return {
    start: (session, fields, options) => write('POST', `/sessions/${encode(session)}/runs`, fields, options),
    get: (run, options) => read(pathOf(run), options),
    wait: (run, options) => wait(read, run, options),
    cancel: (run, options) => write('POST', `${pathOf(run)}/cancel`, {}, options),
    decide: (run, approval, decision, options) =>
      write('POST', `${pathOf(run)}/approvals/${encode(approval)}`, decision, options),
    answer: (run, question, answer, options) =>
      write('POST', `${pathOf(run)}/questions/${encode(question)}`, { answer }, options),
    resolve: (run, resolution, options) => write('POST', `${pathOf(run)}/resolve`, resolution, options),
    undo: (run, options) => write('POST', `${pathOf(run)}/undo`, {}, options),
    queue: (session, options) => read(`/sessions/${encode(session)}/queue`, options),
    edit: (run, changes, { expect, ...options } = {}) => write('PATCH', pathOf(run), { ...changes, expect }, options),
    withdraw: (run, { expect, ...options } = {}) =>
      transport.json({ ...written(options), method: 'DELETE', path: `${prefix}${pathOf(run)}`, query: { expect } }),
    stream: (run, options) => stream(transport, run, options),
    run: (query, options) => write('POST', '/run', query, options),
    runAgent: (agent, fields, options) => write('POST', `/agents/${encode(agent)}/run`, fields, options),
    approvals: (query, options) => read('/approvals', options, { ...query }),
    route: (text, role, options) => read('/skills/route', options, { text, role }),
    skills: (options) => read('/skills', options),
    agents: async (options) => (await read<AgentListShape>('/agents', options)).agents,
    agentList: (options) => read<AgentListShape>('/agents', options),
    models: (options) => read('/models', options),
    budgets: (query, options) => read('/budgets', options, { ...query }),
    setBudget: (budget, options) => write('PUT', '/budgets', budget, options),
    teams: async (options) => (await read<TeamListShape>('/teams', options)).teams,
    metrics: (query, options) => read('/metrics/runs', options, { ...query }),
  }
}

function encode(part: string): string {
  return encodeURIComponent(part)
}

function pathOf(run: string): string {
  return `/runs/${encode(run)}`
}

type Read = (path: string, options?: CallOptions, query?: Request['query']) => Promise<RunStateShape>

/** Asks again and again: one call that waits for long would be cut by whatever stands between. */
async function wait(read: Read, run: string, options: WaitOptions = {}): Promise<RunStateShape> {
  const { timeoutMs = Number.POSITIVE_INFINITY, until } = options
  const end = performance.now() + timeoutMs
  for (;;) {
    const left = Math.max(0, Math.ceil(end - performance.now()))
    const state = await read(pathOf(run), options, { wait: Math.min(left, longestCall), until })
    const { status } = state
    const open = status === 'queued' || status === 'running' || (status === 'waiting' && until === 'end')
    if (!open || left <= longestCall) return state
  }
}

async function* stream(
  transport: Transport,
  run: string,
  { after = 0, ...options }: FollowOptions & { readonly after?: number } = {},
): AsyncGenerator<RunItem> {
  let last = after
  const path = `${prefix}${pathOf(run)}/stream`
  const request = (): Request => ({ path, query: { after: last }, headers: { accept: 'text/event-stream' } })
  for await (const item of follow<RunItem>(transport, { request, take }, options)) {
    yield item
    if ('run' in item) return
  }

  function take(event: ServerSentEvent): RunItem | null {
    if (event.name === 'end') return { run: JSON.parse(event.data) as RunStateShape }
    if (!event.numbered) return event.name === 'delta' ? { delta: JSON.parse(event.data) } : null
    const seq = Number(event.id)
    if (!(seq > last)) return null
    last = seq
    return event.data === '' ? null : (JSON.parse(event.data) as EntryShape)
  }
}
