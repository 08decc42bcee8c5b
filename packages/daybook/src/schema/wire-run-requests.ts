// The shapes of requests about work: strict bodies and queries of runs, decisions, skills, agents and metrics.

import { type Static, Type } from 'typebox'
import { limits } from './json.ts'
import { Label, Moment, OpenObject, oneOf, SeqNumber, Text } from './parts.ts'
import { stepResolutions } from './states.ts'
import { ModelName, Opening, SessionIdText } from './wire-requests.ts'
import { runGroups } from './wire-runs.ts'
import { closed } from './wire-shapes.ts'

/** Milliseconds that an answer waits at most, and when nothing is said. */
export const longestWait = 600_000
export const usualWait = 60_000

/** Ids of runs, approvals, questions and steps as paths carry them. */
export const RunIdText = Type.String({ minLength: 1, maxLength: limits.idLength, pattern: '^[A-Za-z0-9._:-]+$' })
export const SkillIdText = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[a-z0-9._/-]+$',
  description: 'A slash in it stands as %2F.',
})
export const AgentIdText = Type.String({ minLength: 1, maxLength: 256, description: 'The name of an agent.' })

const Milliseconds = (maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum, description }))
const wait_ms = Milliseconds(longestWait, 'Milliseconds to wait at most; default 60,000.')
const RunIdOrNull = Type.Union([RunIdText, Type.Null()])

/** Who asks: never a part of what the skill is given. */
const asking = {
  role: Type.Optional(Type.Unsafe<string>({ ...Label, description: 'Of the caller; never part of the input.' })),
  attributes: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...OpenObject,
      description: 'Of the caller; never part of the input.',
    }),
  ),
}
const said = Type.Unknown({
  description:
    'A text; for an agent also {text, files: [{blob, name, media_type, size}]} with blobs that were put before; for a skill any JSON.',
})
const input = Type.Optional(said)
const model = Type.Optional(
  Type.Unsafe<string>({
    ...ModelName,
    description: 'Asked in this run, as `provider/model`; default: as the session or the agent says.',
  }),
)
const timeout_ms = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 2_592_000_000, description: 'The run fails with `timeout` after so long.' }),
)
const answering = {
  wait: Type.Optional(Type.Boolean({ description: 'Answer when the run has ended or waits for somebody.' })),
  wait_ms,
  stream: Type.Optional(Type.Boolean({ description: 'Answer with the run as a stream of events.' })),
}

export const NewRun = Type.Object(
  {
    input,
    agent: Type.Optional(Type.Unsafe<string>({ ...Label, description: 'Default: the current agent of the session.' })),
    skill: Type.Optional(Type.Unsafe<string>({ ...SkillIdText, description: 'Instead of finding one for the text.' })),
    model,
    on_busy: Type.Optional(
      oneOf(
        ['queue', 'reject', 'steer', 'interrupt'] as const,
        'While another run is under way: stand behind it (default), be refused, go into it, or end it.',
      ),
    ),
    timeout_ms,
    instead_of: Type.Optional(
      Type.Unsafe<number | 'last'>({
        anyOf: [
          { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'string', enum: ['last'] },
        ],
        description:
          'The seq of a message of a person, or last: the run takes its place and that of all behind it, in one write; without input it is asked the same again.',
      }),
    ),
    opens: Type.Optional(Opening),
    ...asking,
    ...answering,
  },
  { ...closed, title: 'NewRun' },
)
export type NewRun = Static<typeof NewRun>

export const AgentRun = Type.Object(
  {
    input: said,
    session_id: Type.Optional(SessionIdText),
    user_id: Type.Optional(Type.Unsafe<string>({ ...Label, description: 'Of a session that this call opens.' })),
    model,
    timeout_ms,
    ...asking,
    wait_ms,
  },
  { ...closed, title: 'AgentRun' },
)
export type AgentRun = Static<typeof AgentRun>

export const SkillRun = Type.Object(
  { input, session_id: Type.Optional(SessionIdText), timeout_ms, ...asking, ...answering },
  { ...closed, title: 'SkillRun', description: 'Without session_id a session is opened.' },
)

export const RunQuery = Type.Object(
  {
    query: Type.Optional(Type.String({ description: 'The text; input is another name of it.' })),
    input: Type.Optional(Type.String()),
    session_id: Type.Optional(SessionIdText),
    ...asking,
    execute: Type.Optional(Type.Boolean({ description: 'false: only say where the text would go. Default true.' })),
    wait_ms,
  },
  { ...closed, title: 'RunQuery', description: 'Exactly one of query and input.' },
)
export type RunQuery = Static<typeof RunQuery>

export const RunChanges = Type.Object(
  {
    input,
    before: Type.Optional(
      Type.Unsafe<string | null>({
        ...RunIdOrNull,
        description: 'The queued run to stand in front of; null: the end.',
      }),
    ),
    expect: Type.Optional(
      Type.Unsafe<number>({ ...SeqNumber, description: 'The seq of its last change, as the queue tells it.' }),
    ),
  },
  { ...closed, title: 'RunChanges' },
)
export type RunChanges = Static<typeof RunChanges>
export const Deciding = Type.Object(
  {
    decision: oneOf(['approved', 'denied'] as const),
    digest: Type.String({ minLength: 1, maxLength: 256, description: 'As the approval tells it.' }),
    comment: Type.Optional(Text(8192)),
  },
  { ...closed, title: 'Deciding' },
)
export const Answering = Type.Object(
  { answer: Type.Unknown({ description: 'Any JSON.' }) },
  { ...closed, title: 'Answering' },
)
export const Resolving = Type.Object(
  {
    step_id: RunIdText,
    resolution: oneOf(stepResolutions, 'Do it again, take it as done, or let the run fail.'),
    reason: Type.String({ minLength: 1, maxLength: 4096 }),
    output: Type.Optional(Type.Unknown({ description: 'With done: what the step gave.' })),
  },
  { ...closed, title: 'Resolving' },
)
export const NoBody = Type.Object({}, closed)

export const WaitQuery = Type.Object(
  {
    wait: Milliseconds(longestWait, 'Milliseconds to wait for the end, or for a wait for somebody.'),
    until: Type.Optional(oneOf(['end'] as const, 'end: also through waits for somebody.')),
  },
  closed,
)
export const ExpectQuery = Type.Object({ expect: Type.Optional(SeqNumber) }, closed)
export const RunStreamQuery = Type.Object(
  { after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })) },
  closed,
)
export const ApprovalsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Sessions of a page; default 50.' })),
    cursor: Type.Optional(Text(1024)),
  },
  closed,
)
export const RouteQuery = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 8192 }), role: Type.Optional(Label) },
  closed,
)
export const RunMetricsQuery = Type.Object(
  {
    group: Type.Optional(oneOf(runGroups, 'Default: day.')),
    since: Type.Optional(Type.Unsafe<string>({ ...Moment, description: 'Default: 30 days before until.' })),
    until: Type.Optional(Type.Unsafe<string>({ ...Moment, description: 'Default: now.' })),
    agent: Type.Optional(Label),
    user: Type.Optional(Label),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Groups; default 100.' })),
  },
  closed,
)
