// What the run engine offers: starting runs, the queue, decisions, waiting for an end, and what a performer is given.

import type { RunId, Seq, SessionId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { SkillRisk, StepResolution } from '../schema/states.ts'
import type { Caller, OpenFields, WriteOptions } from '../session/contract.ts'
import type { RunView } from '../session/views/contract.ts'
import type { Scope, SessionRef } from '../store/store.ts'
import type { Agents } from './performer.ts'
import type { RunCaller, Skills } from './skills/contract.ts'

export const onBusy = ['queue', 'reject', 'steer', 'interrupt'] as const
/** What a new run does where another one is under way: stand behind it, be refused, go into it, or end it. */
export type OnBusy = (typeof onBusy)[number]

export interface RunFields {
  readonly input?: Json
  /** Who takes the turn; default: the session's current agent. */
  readonly agent?: string
  /** A skill by its id, instead of finding one for the text. */
  readonly skill?: string
  /** Asked in the place of what the session and its agents name, as `provider/model`. */
  readonly model?: string
  readonly caller?: RunCaller
  /** Default: `queue`. */
  readonly onBusy?: OnBusy
  /** Milliseconds from now after which the run fails with `timeout`; default: none. */
  readonly timeoutMs?: number
  /**
   * The run takes the place of this message of a person, or of their last one, and of all behind it: the active history is
   * rewound with the same append. Without an input it is asked the same again. `busy` with open work.
   */
  readonly insteadOf?: Seq | 'last'
}

export interface RunReceipt {
  readonly session: SessionId
  readonly run: RunId
  /** Of the entry that recorded it. */
  readonly seq: Seq
  /** 0 when it is the next or under way; else how many runs stand before it. */
  readonly position: number
  /** The input went into the run that is under way. */
  readonly steered: boolean
  readonly replayed: boolean
}

/** What a change of a run has written. */
export interface RunChange {
  readonly session: SessionId
  /** Of the last entry. */
  readonly seq: Seq
  /** True when this call had been answered before. */
  readonly replayed: boolean
}

export interface QueuedRun {
  readonly run: RunId
  readonly position: number
  readonly input?: Json
  readonly agent?: string
  readonly skill?: string
  readonly queuedAt: number
  /** Seq of its last change: what an edit has to expect. */
  readonly seq: Seq
}

export interface RunState extends RunView {
  readonly session: SessionId
  readonly approvals: readonly ApprovalView[]
  readonly questions: readonly QuestionView[]
}

export interface ApprovalView {
  readonly id: string
  readonly summary: string
  /** Of what exactly is asked: the step and its input. */
  readonly digest: string
  readonly input?: Json
  /** Who may decide; empty: the owner. */
  readonly deciders: readonly string[]
  readonly until: number | null
  readonly status: 'open' | 'approved' | 'denied' | 'expired'
  readonly by?: string
  readonly comment?: string
}

export interface QuestionView {
  readonly id: string
  readonly summary: string
  readonly until: number | null
  readonly status: 'open' | 'answered'
  readonly answer?: Json
}

/** Runs of everything that a scope may see. */
export interface ScopedWork {
  /**
   * Queues a run; it is durable when this resolves, and begins by itself. Without a session one is opened, with the fields
   * of `opens` also where `session` names one that is not there. `busy` with `reject`, and over 512 open runs.
   */
  start(session: SessionId | null, fields: RunFields, options?: StartOptions): Promise<RunReceipt>
  /** `not_found` for unknown runs and those of sessions that the scope cannot see. */
  get(run: RunId): Promise<RunState>
  /** Resolves when the run has ended or waits for somebody; with `timeoutMs` at the latest then, as it is. */
  settled(
    run: RunId,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal; readonly until?: 'end' },
  ): Promise<RunState>
  queue(session: SessionId): Promise<readonly QueuedRun[]>
  /** Replaces the input of a queued run; `conflict` where `expect` is not the seq of its last change. */
  edit(run: RunId, input: Json, options?: QueueOptions): Promise<RunChange>
  /** In front of another queued run, or with null to the end. */
  move(run: RunId, before: RunId | null, options?: QueueOptions): Promise<RunChange>
  /** Edits and moves at once. `invalid` when neither is asked for. */
  change(run: RunId, fields: QueueFields, options?: QueueOptions): Promise<RunChange>
  /** Takes a queued run out. `invalid_state` once it began. */
  withdraw(run: RunId, options?: QueueOptions): Promise<RunChange>
  /** Ends an open run at once; what it had produced is kept. */
  cancel(run: RunId, options?: WorkOptions): Promise<RunChange>
  /** Exactly one decision counts: `invalid_state` after it, `conflict` for another digest, `forbidden` for who may not. */
  decide(run: RunId, approval: string, decision: Decision, options?: WorkOptions): Promise<RunChange>
  answer(run: RunId, question: string, answer: Json, options?: WorkOptions): Promise<RunChange>
  /** Says what became of a step whose outcome nobody knows; the run goes on. */
  resolve(run: RunId, step: string, resolution: Resolution, options?: WorkOptions): Promise<RunChange>
  /** Queues a run that undoes the finished steps of another, last one first. `invalid_state` when there is none to undo. */
  undo(run: RunId, options?: WorkOptions): Promise<RunReceipt>
  /** Where a text would go, without running it. */
  route(text: string, caller?: RunCaller): Route
}

export interface StartOptions {
  readonly key?: WriteOptions['key']
  readonly opens?: OpenFields | true
}

export interface WorkOptions {
  readonly key?: WriteOptions['key'] | undefined
}

export interface QueueOptions extends WorkOptions {
  readonly expect?: Seq
}

export interface QueueFields {
  readonly input?: Json
  /** In front of this queued run; null: to the end. */
  readonly before?: RunId | null
}

export interface Decision {
  readonly decision: 'approved' | 'denied'
  readonly digest: string
  readonly comment?: string
}

export interface Resolution {
  readonly resolution: StepResolution
  readonly reason: string
  /** With `done`: what the step gave. */
  readonly output?: Json
}

export interface Route {
  readonly skill: string | null
  readonly confidence: number
  readonly why: readonly {
    readonly word: string
    readonly field: string
    readonly term: string
    readonly match: string
  }[]
  readonly alternatives: readonly { readonly skill: string; readonly confidence: number }[]
}

/** A root run that came to its end in this process. */
export interface EndedRun {
  readonly run: RunId
  readonly status: 'done' | 'failed' | 'cancelled'
  /** Milliseconds that this process worked on it, from when it was last taken up. */
  readonly ms: number
}

export interface WorkCaller extends Pick<Caller, 'actor'> {
  /** May give prompts to programs, which is to say run commands on this machine. Default: true. */
  readonly programs?: boolean
}

export interface Work extends AsyncDisposable {
  readonly skills: Skills
  readonly agents: Agents
  /** Root runs that this process performs now, sessions with due work that wait for room, and sessions that it looks at. */
  readonly load: { readonly active: number; readonly waiting: number; readonly held: number }
  /** Called with each run that ends here; returns the call that ends it. */
  onEnded(listener: (run: EndedRun) => void): () => void
  /** Runs of a scope, acting as `caller` (default: the first subject). */
  within(scope: Scope, caller?: WorkCaller): ScopedWork
  /** One look for due work; the loop does so by itself. Resolves when what was due has begun. */
  tick(): Promise<void>
  /** Looks at this session now: something in it may have come due. */
  poke(session: Pick<SessionRef, 'tenant' | 'session'>): void
  /** Takes no new work, lets what runs come to its next step, gives its leases back. Idempotent. */
  close(): Promise<void>
}

export interface StepOptions {
  /** What it works on: recorded, and part of the digest of an approval. */
  readonly input?: Json
  /** May be done again when its outcome is unknown after a crash. Default: false. */
  readonly idempotent?: boolean
  /** What happens otherwise: the run fails with `outcome_unknown` (default), or waits for an operator. */
  readonly onUnknown?: 'fail' | 'operator'
  /**
   * Its effect goes on by itself when this process ends: it is left at once then, and its signal is aborted. What it throws
   * from there on is recorded nowhere. The next attempt takes it up. Default: false.
   */
  readonly leavable?: boolean
  /** `high` waits for an approval first. Default: `low`. */
  readonly risk?: SkillRisk
  /** Called before an approval is asked for: what it throws ends the step, and nobody is asked. */
  readonly check?: () => Promise<void>
  /** What the approval says; default: the step's name. */
  readonly summary?: string
  /** Subjects that may approve; default: the owner of the session. */
  readonly deciders?: readonly string[]
  /** Milliseconds an approval stays open; default 24 hours, so that a stale one never blocks the queue for ever. */
  readonly approvalMs?: number
  /** Further attempts after a failure, each so many milliseconds later, doubling. Default: none. */
  readonly retries?: number
  readonly retryMs?: number
  /** What stands in the log in place of its input, where that stands there already. */
  readonly inputNamed?: Json
  /** In whose name its message is told, where that is not the agent of the run. */
  readonly speaker?: string
}
