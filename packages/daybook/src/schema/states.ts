// The tables of states: places and statuses of a session, run states with their closed reasons, message roles.

export const places = ['open', 'archived', 'trash', 'deleted'] as const
/** Where a session is kept. */
export type Place = (typeof places)[number]

export const placeEvents = ['write', 'archive', 'trash', 'restore', 'delete'] as const
export type PlaceEvent = (typeof placeEvents)[number]

/**
 * What becomes of a session's place; a string that is no place is the error code of the refusal.
 * A write to an archived session reopens it: the engine puts `session.reopened` in front of the same append.
 */
export const placeTable: Readonly<
  Record<Place, Readonly<Record<PlaceEvent, Place | 'trashed' | 'gone' | 'invalid_state'>>>
> = {
  open: { write: 'open', archive: 'archived', trash: 'trash', restore: 'invalid_state', delete: 'deleted' },
  archived: { write: 'open', archive: 'invalid_state', trash: 'trash', restore: 'open', delete: 'deleted' },
  trash: { write: 'trashed', archive: 'trashed', trash: 'invalid_state', restore: 'open', delete: 'deleted' },
  deleted: { write: 'gone', archive: 'gone', trash: 'gone', restore: 'gone', delete: 'gone' },
}

export const statuses = ['idle', 'queued', 'running', 'waiting', 'failed', 'blocked'] as const
/** What a session is doing, folded from its runs. Blocked: only an operator, or a budget with room, lets it go on. */
export type Status = (typeof statuses)[number]

export const runStatuses = ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const
export type RunStatus = (typeof runStatuses)[number]

/** The closed reasons of each run status; `done` has none. */
export const runReasons = {
  queued: ['busy', 'retry'],
  running: [],
  waiting: ['approval', 'question', 'until', 'child', 'operator', 'budget_paused'],
  done: [],
  failed: [
    'error',
    'timeout',
    'idle_timeout',
    'lost',
    'resume_failed',
    'outcome_unknown',
    'denied',
    'expired',
    'budget',
    'invalid_output',
    'refused',
    'undone',
  ],
  cancelled: ['user', 'interrupted', 'withdrawn', 'superseded', 'undone', 'shutdown'],
} as const satisfies Record<RunStatus, readonly string[]>

export const runEvents = [
  'claim',
  'wait',
  'wake',
  'finish',
  'fail',
  'cancel',
  'lease_lost',
  'resolve',
  'withdraw',
] as const
export type RunEvent = (typeof runEvents)[number]

/** What becomes of a run; `invalid_state` refuses the event. */
export const runTable: Readonly<Record<RunStatus, Readonly<Record<RunEvent, RunStatus | 'invalid_state'>>>> = {
  queued: row({ claim: 'running', cancel: 'cancelled', withdraw: 'cancelled', fail: 'failed' }),
  running: row({
    wait: 'waiting',
    finish: 'done',
    fail: 'failed',
    cancel: 'cancelled',
    lease_lost: 'queued',
    resolve: 'running',
  }),
  waiting: row({ wake: 'running', fail: 'failed', cancel: 'cancelled', resolve: 'running', lease_lost: 'waiting' }),
  done: row({}),
  failed: row({}),
  cancelled: row({}),
}

function row(allowed: Partial<Record<RunEvent, RunStatus>>): Readonly<Record<RunEvent, RunStatus | 'invalid_state'>> {
  const pairs = runEvents.map((event) => [event, allowed[event] ?? 'invalid_state'] as const)
  return Object.freeze(Object.fromEntries(pairs)) as Record<RunEvent, RunStatus | 'invalid_state'>
}

export const skillRisks = ['low', 'medium', 'high'] as const
/** What a wrong call of a skill may cost; `high` waits for an approval. */
export type SkillRisk = (typeof skillRisks)[number]

export const stepResolutions = ['retry', 'done', 'fail'] as const
/** What an operator says of a step whose outcome nobody knows. */
export type StepResolution = (typeof stepResolutions)[number]

export const roles = ['system', 'user', 'assistant', 'tool'] as const
/** Role of a message; `developer` of other systems is read as `system`. */
export type Role = (typeof roles)[number]

export const noteTypes = ['decision', 'problem', 'insight', 'idea', 'todo', 'instruction'] as const
export type NoteType = (typeof noteTypes)[number]

/** The agent a session starts with unless it names another. */
export const firstAgent = 'orchestrator'

/** How a program is worked with: a protocol of agents, one process for each prompt, or a pseudo-terminal. */
export const driverNames = ['acp', 'headless', 'pty'] as const
export type DriverName = (typeof driverNames)[number]

/** By what something is known of a program's state, the surest first. */
export const signs = ['protocol', 'signal', 'prompt', 'tick', 'quiet'] as const
export type Sign = (typeof signs)[number]

/** What git can have left half done in a work tree. */
export const gitKinds = ['merge', 'rebase', 'am', 'cherry-pick', 'revert', 'bisect', 'unmerged'] as const
export type GitKind = (typeof gitKinds)[number]

export const budgetScopes = ['session', 'user', 'agent', 'day'] as const
/** Whose calls count together: those of a session for its whole life, or of a user, an agent, or all on one day (UTC). */
export type BudgetScope = (typeof budgetScopes)[number]
