// The shapes of work on the wire: runs with what they ask, the queue, skills, agents, routing, metrics over sessions.

import { type Static, Type } from 'typebox'
import { Count, HashText, Id, Label, OpenObject, oneOf, SeqNumber } from './parts.ts'
import { driverNames, gitKinds, runStatuses, skillRisks } from './states.ts'
import { closed, RunShape, Time } from './wire-shapes.ts'

const TimeOrNull = Type.Union([Time, Type.Null()])
const NumberOrNull = Type.Union([Type.Number({ minimum: 0 }), Type.Null()])
const CursorOrNull = Type.Union([Type.String(), Type.Null()], {
  description: 'Opaque; give it back to go on. null at the end.',
})
const Confidence = Type.Number({ minimum: 0, maximum: 1 })

const Approval = Type.Object(
  {
    approval_id: Id,
    summary: Type.String(),
    digest: Type.String({ description: 'Of what exactly is asked; a decision names it.' }),
    input: Type.Optional(Type.Unknown()),
    deciders: Type.Array(Type.String(), { description: 'Who may decide; empty: the owner of the session.' }),
    until: TimeOrNull,
    status: oneOf(['open', 'approved', 'denied', 'expired'] as const),
    by: Type.Optional(Type.String()),
    comment: Type.Optional(Type.String()),
  },
  { ...closed, title: 'Approval' },
)
const Question = Type.Object(
  {
    question_id: Id,
    summary: Type.String(),
    until: TimeOrNull,
    status: oneOf(['open', 'answered'] as const),
    answer: Type.Optional(Type.Unknown()),
  },
  { ...closed, title: 'Question' },
)

export const RunState = Type.Object(
  { ...RunShape.properties, approvals: Type.Array(Approval), questions: Type.Array(Question) },
  { ...closed, title: 'RunState', description: 'A run with everything it has asked for.' },
)
export type RunStateShape = Static<typeof RunState>

export const RunReceipt = Type.Object(
  {
    run_id: Id,
    session_id: Id,
    seq: Type.Unsafe<number>({ ...SeqNumber, description: 'Of the entry that recorded it.' }),
    position: Type.Unsafe<number>({
      ...Count,
      description: '0: the next, or under way; else how many runs stand before it.',
    }),
    steered: Type.Boolean({ description: 'The input went into the run that is under way; run_id is that one.' }),
  },
  { ...closed, title: 'RunReceipt', description: 'The run is stored, and begins by itself.' },
)
export type RunReceiptShape = Static<typeof RunReceipt>

export const QueuedRun = Type.Object(
  {
    run_id: Id,
    position: Count,
    input: Type.Optional(Type.Unknown()),
    agent: Type.Optional(Type.String()),
    skill: Type.Optional(Type.String()),
    queued_at: Time,
    seq: Type.Unsafe<number>({ ...SeqNumber, description: 'Of its last change: what expect has to name.' }),
  },
  { ...closed, title: 'QueuedRun' },
)
export const Queue = Type.Object(
  { session_id: Id, runs: Type.Array(QueuedRun, { description: 'In the order in which they will begin.' }) },
  { ...closed, title: 'Queue' },
)
export type QueueShape = Static<typeof Queue>

const AttentionItem = Type.Object(
  {
    kind: oneOf(['approval', 'question', 'blocked', 'budget'] as const),
    session_id: Id,
    run_id: Type.Union([Id, Type.Null()]),
    id: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'Of the approval or the question.' })),
    step_id: Type.Optional(
      Type.Unsafe<string>({ ...Id, description: 'Blocked: the step whose outcome nobody knows.' }),
    ),
    summary: Type.String(),
    since: Time,
    digest: Type.Optional(Type.String()),
    input: Type.Optional(Type.Unknown()),
    deciders: Type.Optional(Type.Array(Type.String())),
    until: Type.Optional(TimeOrNull),
  },
  { ...closed, title: 'AttentionItem', description: 'One thing that waits for a person.' },
)
export const AttentionList = Type.Object(
  { items: Type.Array(AttentionItem), cursor: CursorOrNull },
  { ...closed, title: 'AttentionList', description: 'Of the sessions of a page, newest activity first.' },
)
export type AttentionListShape = Static<typeof AttentionList>

const Reason = Type.Object(
  { word: Type.String(), field: Type.String(), term: Type.String(), match: Type.String() },
  { ...closed, title: 'RouteReason', description: 'A word of the text, and what of the skill it speaks for.' },
)
export const Route = Type.Object(
  {
    skill: Type.Union([Type.String(), Type.Null()], { description: 'null: nothing fits.' }),
    confidence: Confidence,
    why: Type.Array(Reason),
    alternatives: Type.Array(Type.Object({ skill: Type.String(), confidence: Confidence }, closed)),
  },
  { ...closed, title: 'Route', description: 'Where a text would go.' },
)
export type RouteShape = Static<typeof Route>

export const RunAnswer = Type.Object(
  {
    session_id: Type.Union([Id, Type.Null()]),
    run_id: Type.Union([Id, Type.Null()]),
    status: oneOf([...runStatuses, 'routed'] as const, 'routed: a skill was found and, as asked, not run.'),
    output: Type.Unknown({
      description: 'What the skill gave; where nothing fits, the sentence that says so; else null.',
    }),
    skill_id: Type.Union([Type.String(), Type.Null()]),
    confidence: Type.Union([Confidence, Type.Null()], { description: 'null: no skill was looked for.' }),
    alternatives: Type.Array(Type.Object({ skill_id: Type.String(), confidence: Confidence }, closed)),
    why: Type.Optional(Type.Array(Reason, { description: 'Only with execute=false.' })),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() }, closed)),
    approval: Type.Optional(Approval),
    question: Type.Optional(Question),
  },
  { ...closed, title: 'RunAnswer' },
)
export type RunAnswerShape = Static<typeof RunAnswer>

export const Skill = Type.Object(
  {
    skill_id: Type.String(),
    name: Type.String(),
    description: Type.String(),
    version: Type.String({ description: 'What its author calls it.' }),
    hash: HashText,
    tags: Type.Array(Type.String()),
    roles: Type.Array(Type.String(), { description: 'Who may call it; empty: everybody.' }),
    risk: oneOf(skillRisks),
    source: Type.String({ description: 'built-in, or the folder it was read from.' }),
    durable: Type.Boolean(),
    idempotent: Type.Boolean(),
    undoable: Type.Boolean({ description: 'What it did can be taken back.' }),
    runnable: Type.Boolean({ description: 'false: instructions for a model only.' }),
    input: Type.Union([OpenObject, Type.Null()], { description: 'JSON Schema; null: anything.' }),
    output: Type.Union([OpenObject, Type.Null()], { description: 'JSON Schema; null: anything.' }),
    instructions: Type.Union([Type.String(), Type.Null()]),
  },
  { ...closed, title: 'Skill' },
)
export type SkillShape = Static<typeof Skill>
export const SkillFault = Type.Object(
  { folder: Type.String(), message: Type.String(), since: Time },
  { ...closed, title: 'SkillFault', description: 'A folder that cannot be read; the last good version stays in use.' },
)
export const SkillList = Type.Object(
  { skills: Type.Array(Skill), faults: Type.Array(SkillFault) },
  { ...closed, title: 'SkillList' },
)
export type SkillListShape = Static<typeof SkillList>

export const Agent = Type.Object(
  {
    name: Label,
    kind: oneOf(['skills', 'model', 'team', 'program'] as const, 'What stands behind it.'),
    description: Type.String(),
    usable: Type.Boolean({ description: 'It can take a turn as things are.' }),
    why: Type.Union([Type.String(), Type.Null()], { description: 'Why it cannot, in a sentence for people.' }),
    models: Type.Array(Type.String(), { description: 'Asked in this order; none: the standard model, if any.' }),
    handoffs: Type.Array(Type.String(), { description: 'Whom it may hand over to; of a team, who is in it.' }),
    source: Type.Union([Type.String(), Type.Null()], { description: '`built-in`, or the path of its file.' }),
  },
  { ...closed, title: 'Agent' },
)
export const AgentFault = Type.Object(
  { path: Type.String(), message: Type.String(), since: Time },
  { ...closed, title: 'AgentFault', description: 'A file that cannot be read; its last good version stays in use.' },
)
export const AgentList = Type.Object(
  { agents: Type.Array(Agent), faults: Type.Array(AgentFault) },
  { ...closed, title: 'AgentList' },
)
export type AgentListShape = Static<typeof AgentList>

export const ProgramList = Type.Object(
  {
    programs: Type.Array(
      Type.Object(
        {
          name: Label,
          description: Type.String(),
          drivers: Type.Array(oneOf(driverNames), { description: 'In the order in which they are tried.' }),
          prompt_timeout_ms: Type.Integer({ minimum: 0, description: 'So long one prompt may take.' }),
          idle_timeout_ms: Type.Integer({ minimum: 0, description: 'So long it may print nothing.' }),
        },
        { ...closed, title: 'Program' },
      ),
    ),
  },
  { ...closed, title: 'ProgramList' },
)
export const ProgramHelp = Type.Object(
  { name: Label, help: Type.String({ description: 'Its own text, or `no help available: <reason>`.' }) },
  { ...closed, title: 'ProgramHelp' },
)

const GitState = Type.Object(
  {
    branch: Type.Union([Type.String(), Type.Null()], { description: 'null while no branch is checked out.' }),
    busy: Type.Boolean({ description: 'Somebody is changing the index now.' }),
    conflict: Type.Boolean(),
    kinds: Type.Array(oneOf(gitKinds, 'What is not finished.')),
    more: Type.Boolean({ description: 'More commits will follow when this one is done.' }),
    files: Type.Array(
      Type.Object(
        {
          path: Type.String({ description: 'From the top folder of the work tree on.' }),
          code: Type.String({ description: 'Who did what: UU, AA, DD, AU, UA, DU or UD.' }),
        },
        { ...closed, title: 'GitConflict' },
      ),
    ),
  },
  { ...closed, title: 'GitState' },
)
export const SessionGit = Type.Object(
  {
    session_id: Id,
    workdir: Type.String({ description: 'The folder that the session works in.' }),
    state: Type.Union([GitState, Type.Null()], { description: 'null: it is in no work tree.' }),
  },
  { ...closed, title: 'SessionGit' },
)

export const runGroups = ['session', 'agent', 'model', 'skill', 'user', 'day'] as const
const figures = {
  runs: Count,
  done: Count,
  failed: Count,
  success_rate: Type.Union([Confidence, Type.Null()], { description: 'Done, of done and failed; null without any.' }),
  avg_response_time_ms: NumberOrNull,
  p95_response_time_ms: NumberOrNull,
  total_tokens: Count,
  cached_tokens: Type.Unsafe<number>({
    ...Count,
    description: 'Of the questions, what providers had in their caches.',
  }),
  written_tokens: Type.Unsafe<number>({
    ...Count,
    description: 'Of the questions, what providers put into their caches.',
  }),
  cost: Type.Number({ minimum: 0, description: 'US dollars.' }),
}
const RunFigures = Type.Object(figures, { ...closed, title: 'RunFigures' })
const RunGroup = Type.Object(
  { key: Type.Union([Type.String(), Type.Null()], { description: 'null: it has none.' }), ...figures },
  { ...closed, title: 'RunGroup' },
)
export const RunMetrics = Type.Object(
  {
    group: oneOf(runGroups),
    since: Time,
    until: Time,
    total: RunFigures,
    groups: Type.Array(RunGroup, { description: 'Most runs first; days in their order.' }),
    group_count: Type.Unsafe<number>({ ...Count, description: 'All there are, also beyond limit.' }),
  },
  { ...closed, title: 'RunMetrics', description: 'Over the runs that were queued from since on and before until.' },
)
export type RunMetricsShape = Static<typeof RunMetrics>
