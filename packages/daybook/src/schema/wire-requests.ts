// The shapes of requests on the wire: strict bodies, queries whose texts become numbers and booleans.

import { type Static, Type } from 'typebox'
import { limits } from './json.ts'
import { kindNames } from './kinds.ts'
import { Count, Id, Label, Message, OpenObject, oneOf, SeqNumber, Text } from './parts.ts'
import { roles, statuses } from './states.ts'
import { Attachment, closed } from './wire-shapes.ts'

/** Ids that callers may name: no system sessions. */
export const SessionIdText = Type.String({
  minLength: 1,
  maxLength: limits.idLength,
  pattern: '^(?!\\.+$)[A-Za-z0-9._:-]+$',
  description: 'A whole id, never a tail.',
})

const expect = { expect: Type.Optional(Type.Integer({ minimum: 0, description: 'The exact seq before this write.' })) }
/** As `provider/model`. */
export const ModelName = Type.String({ pattern: String.raw`^[^/\s]+/\S+$`, maxLength: 256 })
const named = {
  name: Type.Optional(Type.Union([Text(512), Type.Null()])),
  model: Type.Optional(
    Type.Union([ModelName, Type.Null()], {
      description: 'What is asked in the place of what agents name, as `provider/model`; null: nothing is.',
    }),
  ),
  agent_id: Type.Optional(Label),
  user_id: Type.Optional(Label),
  team_id: Type.Optional(Label),
  workflow_id: Type.Optional(Label),
  branch: Type.Optional(Label),
  repository: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
}

const beginnings = {
  ...named,
  metadata: Type.Optional(OpenObject),
  state: Type.Optional(OpenObject),
  agent_data: Type.Optional(OpenObject),
}

export const NewSession = Type.Object(
  { session_id: Type.Optional(SessionIdText), ...beginnings },
  { ...closed, title: 'NewSession' },
)
export type NewSession = Static<typeof NewSession>

/** What a session begins with that another call opens. */
export const Opening = Type.Object(beginnings, {
  ...closed,
  title: 'Opening',
  description: 'What the session begins with where this call opens it; else it is passed over.',
})
export type Opening = Static<typeof Opening>

export const SessionPatch = Type.Object(
  {
    ...named,
    metadata: Type.Optional(OpenObject),
    state: Type.Optional(OpenObject),
    agent_data: Type.Optional(OpenObject),
    ...expect,
  },
  {
    ...closed,
    title: 'SessionPatch',
    description: 'RFC 7396: metadata, state and agent_data merge, and a null inside them removes a member.',
  },
)
export type SessionPatch = Static<typeof SessionPatch>

export const SessionReplacement = Type.Object(
  {
    ...named,
    metadata: Type.Optional(OpenObject),
    state: Type.Optional(OpenObject),
    agent_data: Type.Optional(OpenObject),
    ...expect,
  },
  { ...closed, title: 'SessionReplacement', description: 'Replaces the fields that are given and leaves the others.' },
)
export type SessionReplacement = Static<typeof SessionReplacement>

export const NewMessage = Type.Object(
  {
    ...Message.properties,
    role: oneOf([...roles, 'developer'] as const, 'Who speaks. developer is kept as system.'),
    ...expect,
  },
  { ...closed, title: 'NewMessage' },
)
export type NewMessage = Static<typeof NewMessage>

const entryFields = {
  kind: Type.String({
    maxLength: 64,
    description: 'message, note, pin, state.changed or foreign.recorded; the rest is written by the engine.',
  }),
  data: Type.Unknown({ description: 'As the kind says.' }),
  run_id: Type.Optional(Id),
  cause: Type.Optional(SeqNumber),
}
export const NewEntry = Type.Object(entryFields, { ...closed, title: 'NewEntry' })
export type NewEntryShape = Static<typeof NewEntry>
const NewEntryWithExpect = Type.Object({ ...entryFields, ...expect }, { ...closed, title: 'NewEntryWithExpect' })
const entryArray = Type.Array(NewEntry, { minItems: 1, maxItems: limits.appendEntries })
const NewEntries = Type.Object({ entries: entryArray, ...expect }, { ...closed, title: 'NewEntries' })
/** One entry, an array of them, or an object that also says what is expected. All or nothing is written. */
export const EntriesBody = Type.Union([NewEntryWithExpect, entryArray, NewEntries])
export type EntriesBody = Static<typeof EntriesBody>

export const Fork = Type.Object(
  { at: Type.Optional(SeqNumber), session_id: Type.Optional(SessionIdText), name: Type.Optional(Text(512)) },
  { ...closed, title: 'Fork', description: 'at: the last entry that the copy shares; default the newest.' },
)
export const Rewind = Type.Object({ to: SeqNumber, ...expect }, { ...closed, title: 'Rewind' })
export const Expecting = Type.Object({ ...expect }, { ...closed, title: 'Expecting' })
export const Handoff = Type.Object(
  { to: Label, reason: Type.Optional(Text(4096)), ...expect },
  { ...closed, title: 'Handoff' },
)
export const HandoffTo = Type.Object(
  { target_agent: Label, reason: Type.Optional(Text(4096)), ...expect },
  { ...closed, title: 'HandoffTo' },
)
export const NewSummary = Type.Object(
  {
    text: Type.Optional(Type.String({ minLength: 1 })),
    model: Type.Optional(
      Type.String({
        pattern: String.raw`^[^/\s]+/\S+$`,
        maxLength: 256,
        description: 'What writes it, as `provider/model`.',
      }),
    ),
    ...expect,
  },
  {
    ...closed,
    title: 'NewSummary',
    description: 'Either the text or a model; with neither a plain one is made from the log.',
  },
)
export const NewMarks = Type.Object(
  {
    version: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The version this replaces; 0 for the first.',
    }),
    seen: Type.Optional(Count),
    draft: Type.Optional(Text(limits.cellBytes)),
    attachments: Type.Optional(
      Type.Array(Attachment, {
        maxItems: 64,
        description:
          'Of the draft: blobs that were put before. What only a draft names is kept for 24 hours after it was put.',
      }),
    ),
    pinned: Type.Optional(Type.Boolean()),
  },
  { ...closed, title: 'NewMarks', description: 'Replaces all of them; what is absent is unset.' },
)
export type NewMarks = Static<typeof NewMarks>
export const Cleanup = Type.Object(
  { max_age_hours: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, description: 'Default 24.' })) },
  { ...closed, title: 'Cleanup' },
)

const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: limits.pageItems, description: 'Default 50; at most 1000.' }),
)
const cursor = Type.Optional(Text(1024))
const flag = Type.Optional(Type.Boolean())
const until = Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))

const listFields = ['metadata', 'state', 'agent_data'] as const
export const ListQuery = Type.Object(
  {
    agent_id: Type.Optional(Label),
    user_id: Type.Optional(Label),
    team_id: Type.Optional(Label),
    workflow_id: Type.Optional(Label),
    branch: Type.Optional(Label),
    repository: Type.Optional(Text(1024)),
    parent: Type.Optional(Type.Unsafe<string>({ ...SessionIdText, description: 'Only direct forks of this session.' })),
    status: Type.Optional(oneOf(statuses)),
    attention: Type.Optional(oneOf(['true'] as const, 'Only sessions that need somebody.')),
    pinned: Type.Optional(oneOf(['true'] as const, 'Only sessions that the caller pinned.')),
    archived: flag,
    trashed: flag,
    tail: Type.Optional(Type.String({ minLength: 4, maxLength: limits.idLength, description: 'The end of an id.' })),
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'Part of the name or title.' })),
    ref: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 1024,
        description:
          'Only the session that this names, wherever it stands: run:<id>, branch:<repository>:<name>, foreign.<agent>:<id>. With no filter beside it.',
      }),
    ),
    include: Type.Optional(Type.Array(oneOf(listFields), { maxItems: 3 })),
    limit,
    cursor,
    offset: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: 'For clients that count; not with cursor.' }),
    ),
  },
  closed,
)
export type ListQuery = Static<typeof ListQuery>

export const SessionQuery = Type.Object(
  {
    include: Type.Optional(Type.Array(oneOf(['runs', 'summary'] as const), { maxItems: 2 })),
    until: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'As it was at this entry, without open objects.',
      }),
    ),
  },
  closed,
)
export const DeleteQuery = Type.Object({ now: flag }, closed)
export const EntriesQuery = Type.Object(
  {
    after: Type.Optional(Count),
    until,
    around: Type.Optional(SeqNumber),
    limit,
    order: Type.Optional(oneOf(['asc', 'desc'] as const)),
    kind: Type.Optional(
      Type.Array(oneOf(kindNames), {
        maxItems: kindNames.length,
        description: 'Several: joined by commas or repeated.',
      }),
    ),
    deltas: Type.Optional(Type.Boolean({ description: 'With text/event-stream: unfinished output too, without ids.' })),
  },
  closed,
)
export type EntriesQuery = Static<typeof EntriesQuery>
export const UntilQuery = Type.Object({ until }, closed)
export const HistoryQuery = Type.Object(
  { until, before: Type.Optional(SeqNumber), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) },
  closed,
)
export const ExportQuery = Type.Object(
  { format: oneOf(['markdown', 'html', 'codex', 'gemini', 'opencode', 'claude'] as const, 'What is written.') },
  closed,
)
export type ExportQuery = Static<typeof ExportQuery>
export const FeedQuery = Type.Object(
  {
    cursor,
    limit,
    watch: Type.Optional(
      Type.Array(SessionIdText, {
        maxItems: 16,
        description:
          'With text/event-stream: sessions whose unfinished output and watchers are told too. Joined by commas or repeated.',
      }),
    ),
  },
  closed,
)
export type FeedQuery = Static<typeof FeedQuery>
export const NewPresence = Type.Object(
  {
    client: Type.String({ minLength: 1, maxLength: 64, description: 'One window; the same while it is open.' }),
    seq: Type.Union([Count, Type.Null()], { description: 'The entry that it looks at; null: it looks away.' }),
    name: Type.Optional(Text(64)),
  },
  { ...closed, title: 'NewPresence', description: 'Said again every 10 s while it is so; forgotten after 30 s.' },
)
export type NewPresence = Static<typeof NewPresence>
export const NoQuery = Type.Object({}, closed)
