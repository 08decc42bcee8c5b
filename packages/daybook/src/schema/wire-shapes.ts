// The shapes of answers on the wire, as TypeBox schemas. A schema with a title is a component of the OpenAPI document.

import { type Static, Type } from 'typebox'
import { errorCodes } from './errors.ts'
import { kindNames } from './kinds.ts'
import { Count, HashText, Id, OpenObject, oneOf, SeqNumber } from './parts.ts'
import { MetBudget } from './run-parts.ts'
import { places, statuses } from './states.ts'

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds.' })
const TextOrNull = Type.Union([Type.String(), Type.Null()])
const TimeOrNull = Type.Union([Time, Type.Null()])
/** Shapes of answers are closed too: what is not described is not sent. */
export const closed = { additionalProperties: false } as const

export const Attention = Type.Object(
  {
    kind: oneOf(['approval', 'question', 'failed', 'blocked', 'budget'] as const),
    since: Time,
    run_id: Type.Optional(Id),
    id: Type.Optional(Id),
    summary: Type.String(),
  },
  { ...closed, title: 'Attention', description: 'Who must act, and why.' },
)

const StepShape = Type.Object(
  {
    step_id: Id,
    name: Type.String(),
    status: oneOf(['running', 'done', 'failed', 'unknown', 'undone'] as const),
    attempt: Count,
    started_at: Time,
    finished_at: TimeOrNull,
  },
  { ...closed, title: 'Step' },
)

export const RoutingShape = Type.Object(
  {
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    alternatives: Type.Array(Type.Object({ skill: Type.String(), confidence: Type.Number() }, closed)),
  },
  { ...closed, title: 'Routing', description: 'How a skill was found from free text.' },
)

const PausedBy = Type.Object(MetBudget.properties, {
  ...closed,
  title: 'PausedBy',
  description:
    'While reason is budget_paused: the budget that leaves no room, and its limit. A higher one lets the run go on.',
})

export const RunShape = Type.Object(
  {
    run_id: Id,
    session_id: Id,
    parent: Type.Optional(Id),
    status: oneOf(['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const),
    reason: Type.Optional(Type.String()),
    agent: Type.Optional(Type.String()),
    skill: Type.Optional(Type.String()),
    version: Type.Optional(Type.String({ description: 'Content hash of the skill that ran.' })),
    model: Type.Optional(Type.String()),
    input: Type.Optional(Type.Unknown()),
    routing: Type.Optional(RoutingShape),
    undoes: Type.Optional(Id),
    until: Type.Optional(Time),
    summary: Type.Optional(Type.String({ description: 'While it waits: what for.' })),
    budget: Type.Optional(PausedBy),
    output: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() }, closed)),
    usage: Type.Optional(
      Type.Object(
        { input_tokens: Type.Optional(Count), output_tokens: Type.Optional(Count), total_tokens: Count },
        closed,
      ),
    ),
    cost: Type.Optional(Type.Number()),
    queued_at: Time,
    started_at: TimeOrNull,
    finished_at: TimeOrNull,
    duration_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    steps: Type.Array(StepShape),
    seq: SeqNumber,
  },
  { ...closed, title: 'Run', description: 'One piece of work; seq is that of its first entry.' },
)
export type RunShape = Static<typeof RunShape>

export const Summary = Type.Object(
  {
    content: Type.String(),
    covers_seq: Count,
    model: Type.Union([Type.String(), Type.Null()], { description: 'What wrote it; null: no model did.' }),
    run_count: Count,
    total_tokens: Count,
    created_at: Time,
  },
  { ...closed, title: 'Summary', description: 'Text that covers the entries up to covers_seq; the entries stay.' },
)
export type SummaryShape = Static<typeof Summary>

export const Session = Type.Object(
  {
    session_id: Id,
    tail: Type.String({ description: 'The end of the id that people type.' }),
    name: Type.Union([Type.String(), Type.Null()], { description: 'Given by a person.' }),
    title: Type.Union([Type.String(), Type.Null()], { description: 'First line of the first user message.' }),
    place: oneOf(places),
    status: oneOf(statuses),
    attention: Type.Optional(Attention),
    last: Type.Union([
      Type.Object({ text: Type.String(), at: Time, by: Type.String() }, { ...closed, title: 'LastLine' }),
      Type.Null(),
    ]),
    owner: Type.String(),
    agent_id: TextOrNull,
    user_id: TextOrNull,
    team_id: TextOrNull,
    workflow_id: TextOrNull,
    branch: TextOrNull,
    repository: TextOrNull,
    metadata: Type.Optional(OpenObject),
    state: Type.Optional(OpenObject),
    agent_data: Type.Optional(OpenObject),
    current_agent: Type.String(),
    model: Type.Optional(Type.String({ description: 'Chosen by a person, in the place of what agents name.' })),
    message_count: Count,
    run_count: Count,
    switch_count: Count,
    total_tokens: Count,
    cost: Type.Number({ description: 'US dollars.' }),
    seq: SeqNumber,
    last_activity: Time,
    created_at: Time,
    updated_at: Time,
    trashed_at: Type.Optional(Time),
    parent: Type.Optional(Type.Object({ session_id: Id, seq: Count }, { ...closed, title: 'Parent' })),
    runs: Type.Optional(Type.Array(RunShape, { description: 'Only with include=runs.' })),
    summary: Type.Optional(Type.Union([Summary, Type.Null()], { description: 'Only with include=summary.' })),
  },
  {
    ...closed,
    title: 'Session',
    description: 'A session. Lists leave out metadata, state and agent_data unless included.',
  },
)
export type SessionShape = Static<typeof Session>

const CursorOrNull = Type.Union([Type.String(), Type.Null()], {
  description: 'Opaque; give it back to go on. null at the end.',
})

export const SessionList = Type.Object(
  {
    sessions: Type.Array(Session),
    total: Count,
    total_is: oneOf(['exact', 'at_least'] as const, 'Whether total was counted or is a lower bound.'),
    cursor: CursorOrNull,
  },
  { ...closed, title: 'SessionList', description: 'Newest activity first.' },
)
export type SessionListShape = Static<typeof SessionList>

export const Entry = Type.Object(
  {
    seq: SeqNumber,
    kind: oneOf(kindNames),
    v: Type.Integer({ minimum: 1, description: 'Version of the shape of data.' }),
    at: Time,
    actor: Type.String({ description: 'Who caused it.' }),
    run_id: Type.Optional(Id),
    cause: Type.Optional(SeqNumber),
    data: Type.Unknown({ description: 'As the kind says; null once erased.' }),
    erased: Type.Optional(Type.Literal(true)),
    data_hash: HashText,
    hash: HashText,
  },
  { ...closed, title: 'Entry', description: 'One immutable record of the log.' },
)
export type EntryShape = Static<typeof Entry>

export const EntryList = Type.Object(
  {
    entries: Type.Array(Entry),
    cursor: Type.Union([Count, Type.Null()], {
      description: 'The seq to go on from: after (order=asc) or until (order=desc). null at the end.',
    }),
  },
  { ...closed, title: 'EntryList' },
)
export type EntryListShape = Static<typeof EntryList>

export const Receipt = Type.Object(
  { first: SeqNumber, last: SeqNumber, entries: Type.Array(Entry) },
  { ...closed, title: 'Receipt', description: 'What was written, as stored.' },
)
export type ReceiptShape = Static<typeof Receipt>

/** A blob that is put, as a draft names it before a message does. */
export const Attachment = Type.Object(
  {
    blob: HashText,
    name: Type.Optional(Type.String({ maxLength: 1024 })),
    media_type: Type.Optional(Type.String({ maxLength: 256 })),
    size: Type.Optional(Count),
  },
  { ...closed, title: 'Attachment' },
)
export type AttachmentShape = Static<typeof Attachment>

export const Mark = Type.Object(
  {
    session_id: Id,
    version: Count,
    seen: Type.Union([Count, Type.Null()]),
    draft: TextOrNull,
    attachments: Type.Array(Attachment, { description: 'Of the draft.' }),
    pinned: Type.Boolean(),
    pinned_at: TimeOrNull,
  },
  { ...closed, title: 'Marks', description: 'What the caller keeps about a session, outside its log.' },
)
export type MarkShape = Static<typeof Mark>

export const FeedItem = Type.Object(
  { cursor: Type.String(), session_id: Id, entry: Entry, session: Type.Optional(Session) },
  { ...closed, title: 'FeedItem', description: 'session stands with the newest entry of each session in the page.' },
)
export const FeedPage = Type.Object(
  { items: Type.Array(FeedItem), cursor: Type.String({ description: 'Opaque; give it back to go on.' }) },
  { ...closed, title: 'FeedPage' },
)
export type FeedPageShape = Static<typeof FeedPage>

export const Deleted = Type.Object(
  {
    session_id: Id,
    deleted: Type.Literal(true),
    forgotten: Type.Boolean({ description: 'false: in the trash, restorable.' }),
  },
  { ...closed, title: 'Deleted' },
)
export const Cleaned = Type.Object(
  { deleted_count: Count },
  { ...closed, title: 'Cleaned', description: 'How many were archived.' },
)

export const Blob = Type.Object({ blob: HashText, size: Count }, { ...closed, title: 'Blob' })

export const Health = Type.Object(
  { status: Type.Literal('ok'), version: Type.String() },
  { ...closed, title: 'Health' },
)
export const Ready = Type.Object(
  {
    status: Type.Literal('ready'),
    version: Type.String(),
    store: Type.Object(
      {
        name: Type.String(),
        durable: oneOf(['none', 'process', 'power'] as const),
        shared: oneOf(['process', 'host', 'network'] as const),
      },
      closed,
    ),
    peers: Type.Array(Type.Object({ url: Type.String(), version: Type.String() }, closed), {
      description: 'Other servers on the same store, as far as they were heard of lately.',
    }),
  },
  { ...closed, title: 'Ready' },
)

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:daybook:error: and the code.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    code: oneOf(errorCodes),
    retry: oneOf(['no', 'yes', 'reread', 'restore', 'after'] as const),
    seq: Type.Optional(Type.Integer({ minimum: 0, description: 'The true seq.' })),
    field: Type.Optional(Type.String({ description: 'The guilty field.' })),
    hint: Type.Optional(Type.String()),
    deleted: Type.Optional(
      Type.Object({ at: Time, by: Type.String() }, { ...closed, description: 'Of a session: when, and who did it.' }),
    ),
  },
  { ...closed, title: 'Problem', description: 'RFC 9457. Decide by code, never by the texts.' },
)
export type ProblemShape = Static<typeof Problem>
